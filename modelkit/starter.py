"""The starter pack, step by step."""
from dataclasses import dataclass

import numpy as np

from . import align, backbones, export, flickr8k, labels, pack, pictures, quantise, text_encoder
from .graph import Graph
from .runtime import embed_texts, session
from .tokens import Tokeniser

EDGE = 224
BACKBONES = (0,)
CAPTION_DIMENSION, LABEL_DIMENSION = 256, 128
RIDGE_IMAGE, RIDGE_TEXT = 1.0, 0.05
SHARPNESS = 1.0          # inverse temperature of the classifier's shares
LABEL_SHARE = NAME_SHARE = 0.6
CALIBRATION_PHOTOS = 128


@dataclass
class Recipe:
    """All that the alignment learned; export turns it into graphs."""
    edge: int
    backbones: tuple
    scaling: tuple               # mean and deviation of the square roots of the features
    image: align.Projection      # standardised features to the caption space
    text: align.Projection       # pooled sentence to the caption space
    labels: align.Projection     # class shares to the label space
    names: align.Projection      # sentence at unit length to the label space
    label_share: float
    name_share: float
    sharpness: float

    @property
    def dimension(self):
        return self.image.matrix.shape[1] + self.labels.matrix.shape[1]


def features_of(photos):
    """Pooled features of the photos, the backbones side by side: float32 [n, 1280 * backbones]."""
    opened = session(export.feature_model(BACKBONES, EDGE))
    return np.concatenate([opened.run(None, {"pixels": batch})[0] for batch in pictures.batches(photos, EDGE, 16)])


def sentences_of(tokeniser, texts):
    """Mean-pooled encoder output of the texts: float32 [n, 384]."""
    graph = Graph("sentences")
    ids, mask, column = text_encoder.add_inputs(graph)
    (pooled,) = text_encoder.add_encoder(graph, text_encoder.load_weights(), ids, mask, column, [text_encoder.LAYERS])
    graph.output(pooled, "sentence", ["n", text_encoder.WIDTH])
    return embed_texts(session(graph.model()), tokeniser, texts)[0]


def fit(features, sentences, label_vectors):
    """The recipe from training features [n, f], their captions' sentences [5 n, 384] and the label vectors [1000, 384]."""
    roots = np.sqrt(features)
    scaling = roots.mean(axis=0), roots.std(axis=0) + 1e-3
    standard = (roots - scaling[0]) / scaling[1]
    image, text = align.fit_cca(np.repeat(standard, flickr8k.CAPTIONS_PER_PHOTO, axis=0), sentences, CAPTION_DIMENSION, RIDGE_IMAGE, RIDGE_TEXT)
    centre = label_vectors.mean(axis=0)
    _, _, axes = np.linalg.svd(label_vectors - centre, full_matrices=False)
    axes = axes[:LABEL_DIMENSION].T
    known = align.Projection(np.zeros(len(label_vectors)), (label_vectors - centre) @ axes)
    return Recipe(EDGE, BACKBONES, scaling, image, text, known, align.Projection(centre, axes), LABEL_SHARE, NAME_SHARE, SHARPNESS)


def background(recipe_vectors):
    """Mean and deviation of the scores of texts against photos that are not theirs."""
    pictures_, texts = recipe_vectors
    scores = texts @ pictures_.T
    return float(scores.mean()), float(scores.std())


def build(data, out):
    """Photos and captions under `data` to a pack in `out`."""
    train, tokeniser = flickr8k.read(data, "train"), Tokeniser()
    features, sentences = features_of(train.photos), sentences_of(tokeniser, train.captions)
    known = labels.label_vectors(lambda texts: align.unit(sentences_of(tokeniser, texts)))
    recipe = fit(features, sentences, known)
    finish(recipe, train, tokeniser, out)


def finish(recipe, train, tokeniser, out):
    calibration = list(pictures.batches(train.photos[:CALIBRATION_PHOTOS], EDGE, 16))
    image = quantise.image_to_int8(export.image_model(recipe), calibration)
    text = quantise.text_to_int8(export.text_model(recipe))
    seen = session(image)
    pictures_ = np.concatenate([seen.run(None, {"pixels": batch})[0] for batch in calibration])
    texts = embed_texts(session(text), tokeniser, train.captions[-1000:])[0]
    pack.write(out, recipe, image, text, background((pictures_, texts)), {
        "name": "starter", "version": "0.1.0",
        "licence": "Apache-2.0 for the weights of EfficientNet-Lite and all-MiniLM-L6-v2; aligned on Flickr8k (research use, citation asked)",
        "origin": "EfficientNet-Lite (ImageNet), all-MiniLM-L6-v2, aligned by Vitrine's modelkit on the train split of Flickr8k"})
