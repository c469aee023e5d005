"""The starter pack, step by step."""
import os
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from . import align, backbones, export, flickr8k, labels, pack, pictures, quantise, text_encoder
from .runtime import embed_texts, session
from .tokens import Tokeniser

TUNED_EDGE = 224         # pictures while tuning: hard crops, which blow things up
EDGE = 256               # pictures from then on: whole ones, larger (Touvron et al. 2019); a multiple of 32, so that padding stays even
CAPTION_DIMENSION, LABEL_DIMENSION = 256, 128
RIDGE_IMAGE, RIDGE_TEXT = 1.0, 0.1
PROMPT_WORDS = ("photo", "picture", "image", "photograph")  # "a photo of a ..." announces a label
COMMON = 8               # a token in so many training captions is no longer rare
CALIBRATION_PHOTOS, BACKGROUND_PHOTOS, BACKGROUND_CAPTIONS = 160, 320, 1000
ABOUT = {
    "name": "starter", "version": "1.2.0",
    "licence": "Apache-2.0 (EfficientNet-Lite, all-MiniLM-L6-v2); tuned on Flickr8k, whose photos ask for citation and research use: see MODEL_CARD.md",
    "origin": "EfficientNet-Lite2 (ImageNet) and all-MiniLM-L6-v2, tuned and aligned by Vitrine's modelkit on the train split of Flickr8k",
}


@dataclass
class Recipe:
    """All that the build learned or chose; export turns it into the two graphs."""
    edge: int
    backbone: dict        # image weights by name
    encoder: dict         # text weights by name
    image: tuple          # square roots of the features to the caption space: matrix [1280, 256], bias
    text: tuple           # pooled layers side by side to the caption space: matrix [2304, 256], bias
    labels: tuple         # class shares to the label space: matrix [1000, 128], bias
    names: tuple          # sentence at unit length to the label space: matrix [384, 128], bias
    rarity: np.ndarray    # uint8 [vocabulary]: 0 = common in the training captions, 255 = never seen
    sharpness: float = 0.5                  # inverse temperature of the class shares
    lean: tuple = (-1.9, 1.95, 1.5)         # label share of a text: base, by shortness, by rarity (logistic)
    short_tokens: float = 7.5               # texts of fewer tokens, [CLS] and [SEP] included, count as short
    ROOT_FLOOR: ClassVar[float] = 1e-3      # keeps the square root's slope finite while tuning

    @property
    def dimension(self):
        return CAPTION_DIMENSION + LABEL_DIMENSION


def features_of(weights, photos):
    """Pooled features of the photos: float32 [n, 1280]."""
    opened = session(export.feature_model(weights, TUNED_EDGE))
    return np.concatenate([opened.run(None, {"pixels": batch})[0] for batch in pictures.batches(photos, TUNED_EDGE, 16)])


def layers_of(weights, tokeniser, texts):
    """Pooled layers of the texts side by side: float32 [n, 2304]."""
    return np.concatenate(list(embed_texts(session(export.sentence_model(weights)), tokeniser, texts)), axis=1)


def _standardised(x, floor):
    scaling = x.mean(axis=0), x.std(axis=0) + floor
    return (x - scaling[0]) / scaling[1], scaling


def untuned_parts(train, tokeniser):
    """The published weights, and both caption heads in closed form over them; of the shape tune.tune returns."""
    parts = {"backbone": backbones.load_weights(backbones.STARTER), "encoder": text_encoder.load_weights()}
    roots = np.sqrt(features_of(parts["backbone"], train.photos) + Recipe.ROOT_FLOOR)
    features, feature_scaling = _standardised(roots, 1e-2)
    layers, layer_scaling = _standardised(layers_of(parts["encoder"], tokeniser, train.captions), 1e-3)
    paired = np.repeat(features, flickr8k.CAPTIONS_PER_PHOTO, axis=0)
    image, text = align.fit_cca(paired, layers, CAPTION_DIMENSION, RIDGE_IMAGE, RIDGE_TEXT)
    return parts | {"image": (*feature_scaling, *image.at_mean_length_one(features).affine()), "text": (*layer_scaling, *text.at_mean_length_one(layers).affine())}


def anchors(train, tokeniser):
    """What tuning holds on to: the untuned label space, and what the captions of each photo mean together."""
    words = text_encoder.load_weights()
    sentences = align.unit(layers_of(words, tokeniser, train.captions)[:, -text_encoder.WIDTH:])
    meanings = align.unit(sentences.reshape(len(train.photos), flickr8k.CAPTIONS_PER_PHOTO, -1).mean(axis=1))
    return {"labels": label_space(words, tokeniser)[0][0], "sharpness": Recipe.sharpness, "meanings": meanings}


def tuned_parts(train, tokeniser, wordnet, cache):
    """The tuned weights and heads, from the file `cache` where it exists, else by tuning (and kept there)."""
    if not os.path.exists(cache):
        from . import tune  # the only step that needs PyTorch
        parts, held = untuned_parts(train, tokeniser), anchors(train, tokeniser)
        for plan in (tune.FROM_SCRATCH, tune.FURTHER):
            parts = tune.tune(train, tokeniser, parts, held, TUNED_EDGE, wordnet, plan)
        os.makedirs(os.path.dirname(os.path.abspath(cache)), exist_ok=True)
        align.save_parts(cache, parts)
    return align.load_parts(cache)


def label_space(encoder, tokeniser):
    """The classes' names as axes: both maps into the label space, (matrix, bias) each."""
    vectors = labels.label_vectors(lambda texts: align.unit(layers_of(encoder, tokeniser, texts)[:, -text_encoder.WIDTH:]))
    centre = vectors.mean(axis=0)
    _, strengths, axes = np.linalg.svd(vectors - centre, full_matrices=False)
    axes = axes[:LABEL_DIMENSION].T / strengths[:LABEL_DIMENSION] ** 0.25
    return ((vectors - centre) @ axes, np.zeros(LABEL_DIMENSION)), (axes, -centre @ axes)


def rarity_of_tokens(tokeniser, captions):
    """How unusual each token is among the captions, uint8 [vocabulary]."""
    seen = np.zeros(tokeniser.size, np.int64)
    for ids in tokeniser.ids(captions):
        seen[list(set(ids))] += 1
    rarity = np.clip(1 - np.log1p(seen) / np.log(1 + COMMON), 0, 1)
    rarity[tokeniser.wordless] = 0
    rarity[tokeniser.numbers(PROMPT_WORDS)] = 1
    return np.round(rarity * 255).astype(np.uint8)


def recipe_from(parts, train, tokeniser):
    """Joins tuned parts, label space and rarity; the heads' standardisation is folded into their matrices."""
    known, named = label_space(parts["encoder"], tokeniser)
    return Recipe(EDGE, parts["backbone"], parts["encoder"], align.folded(*parts["image"]), align.folded(*parts["text"]), known, named,
                  rarity_of_tokens(tokeniser, train.captions))


def towers_in_8_bits(recipe, train):
    """Both towers quantised, the image tower's ranges taken from training photos."""
    calibration = pictures.batches(train.photos[:CALIBRATION_PHOTOS], EDGE, 16)
    return quantise.image_to_int8(export.image_model(recipe), calibration), quantise.text_to_int8(export.text_model(recipe))


def background(image, text, train, tokeniser):
    """Mean and deviation of the scores of captions against training photos that are not theirs, and the captions' mean vector."""
    opened = session(image)
    photos = train.photos[:BACKGROUND_PHOTOS]
    seen = np.concatenate([opened.run(None, {"pixels": batch})[0] for batch in pictures.batches(photos, EDGE, 16)])
    said = embed_texts(session(text), tokeniser, train.captions[-BACKGROUND_CAPTIONS:])[0]
    scores = said @ seen.T
    return float(scores.mean()), float(scores.std()), said.mean(axis=0)


def build(data, out, wordnet, cache):
    """Photos and captions under `data` to a pack in `out`."""
    train, tokeniser = flickr8k.read(data, "train"), Tokeniser()
    parts = tuned_parts(train, tokeniser, wordnet, cache)
    recipe = recipe_from(parts, train, tokeniser)
    image, text = towers_in_8_bits(recipe, train)
    pack.write(out, recipe, image, text, background(image, text, train, tokeniser), ABOUT)
