"""Do the image rules and lengths that `modelkit import` reads say what the hub's files mean? usage: import_rules.py"""
import json
import pathlib
import sys
import tempfile

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).parents[2]))
from modelkit import hubs, lengths, towers  # noqa: E402
from tests.support.traced import traced_tower  # noqa: E402

CLIP = {"do_resize": True, "do_center_crop": True, "do_normalize": True, "resample": 3, "image_mean": hubs.CLIP_MEAN, "image_std": hubs.CLIP_STD}
ZERO, ONE, HALF = [0.0] * 3, [1.0] * 3, [0.5] * 3
TRANSFORMERS = [
    # CLIP as it was first published, and as it is written now.
    ({**CLIP, "feature_extractor_type": "CLIPFeatureExtractor", "size": 224, "crop_size": 224},
     {"edge_px": 224, "resize": "crop", "filter": "bicubic", "mean": hubs.CLIP_MEAN, "std": hubs.CLIP_STD}),
    ({**CLIP, "image_processor_type": "CLIPImageProcessor", "size": {"shortest_edge": 224}, "crop_size": {"height": 224, "width": 224}, "rescale_factor": 0.00392156862745098},
     {"edge_px": 224, "resize": "crop", "filter": "bicubic", "mean": hubs.CLIP_MEAN, "std": hubs.CLIP_STD}),
    # A margin around the crop.
    ({**CLIP, "size": {"shortest_edge": 288}, "crop_size": 256, "resample": 2, "do_normalize": False},
     {"edge_px": 256, "resize": "crop", "short_px": 288, "filter": "bilinear", "mean": ZERO, "std": ONE}),
    # SigLIP 2, MobileCLIP.
    ({"image_processor_type": "SiglipImageProcessor", "size": {"height": 256, "width": 256}, "resample": 2, "image_mean": HALF, "image_std": HALF, "rescale_factor": 1 / 255},
     {"edge_px": 256, "resize": "squash", "filter": "bilinear", "mean": HALF, "std": HALF}),
    ({"image_processor_type": "CLIPImageProcessor", "size": {"shortest_edge": 256}, "crop_size": {"height": 256, "width": 256}, "resample": 2, "do_normalize": False},
     {"edge_px": 256, "resize": "crop", "filter": "bilinear", "mean": ZERO, "std": ONE}),
    # Values that stay in 0..255, and others that are scaled to -1..1 by the factor alone.
    ({"size": 64, "do_rescale": False, "do_normalize": False}, {"edge_px": 64, "resize": "squash", "filter": "bilinear", "mean": ZERO, "std": [1 / 255] * 3}),
    ({"size": 64, "rescale_factor": 1 / 127.5, "image_mean": ONE, "image_std": ONE}, {"edge_px": 64, "resize": "squash", "filter": "bilinear", "mean": HALF, "std": HALF}),
]
REFUSED = [({"size": {"shortest_edge": 224}, "image_processor_type": "ViTImageProcessor"}, "keeps each picture's shape"), ({"size": {"height": 224, "width": 336}}, "see squares"),
           ({"size": 256, "do_center_crop": True, "crop_size": 224}, "cuts 224 pixels out of a square of 256"), ({"size": 224, "do_resize": False}, "leaves pictures at their size"),
           ({"size": 224, "do_pad": True}, "pads pictures"), ({**CLIP, "size": {"shortest_edge": 224}, "crop_size": 256}, "cuts 256 pixels")]
OPEN_CLIP = [({"size": [224, 224], "interpolation": "bicubic", "resize_mode": "shortest", "mean": hubs.CLIP_MEAN, "std": hubs.CLIP_STD},
              {"edge_px": 224, "resize": "crop", "filter": "bicubic", "mean": hubs.CLIP_MEAN, "std": hubs.CLIP_STD}),
             ({"resize_mode": "squash", "mean": HALF, "std": HALF}, {"edge_px": 256, "resize": "squash", "filter": "bicubic", "mean": HALF, "std": HALF}),
             ({"resize_mode": "longest", "fill_color": 9, "interpolation": "bilinear"},
              {"edge_px": 256, "resize": "letterbox", "fill": 9, "filter": "bilinear", "mean": hubs.CLIP_MEAN, "std": hubs.CLIP_STD})]


def near(found, wanted):
    return found.keys() == wanted.keys() and all(
        all(abs(a - b) < 1e-6 for a, b in zip(found[key], wanted[key], strict=True)) if isinstance(wanted[key], list) else found[key] == wanted[key] for key in wanted)


def words_of(config, **files):
    with tempfile.TemporaryDirectory() as folder:
        for name, content in {"tokenizer": {"model": {"vocab": {"<pad>": 3}}}, **files}.items():
            pathlib.Path(folder, f"{name}.json").write_text(json.dumps(content))
        words = hubs.transformers_words(config, pathlib.Path(folder, "tokenizer.json"))
    return words.length, words.padded, words.pad_id, words.clean


LENGTH = 10


def check_lengths():
    texts = [[1, 49], [1, 7, 3, 49], [1, 7, 3, 9, 20, 30, 4, 5, 49], [1, *range(2, 10), 49]]
    padded = [{"ids": np.array([text + [0] * (LENGTH - len(text))])} for text in texts]
    bare = [{"ids": np.array([text])} for text in texts]
    tower = towers.Tower(traced_tower(LENGTH), "embedding")
    found = lengths.without_padding(tower, LENGTH, padded, bare)
    assert found is not None, "a causal tower needs no padding"
    assert max(np.abs(tower.run(full) - found.run(short)).max() for full, short in zip(padded, bare)) < 1e-6
    assert lengths.without_padding(found, LENGTH, padded, bare).data == found.data, "a graph that takes any length is right as it is"
    for wrong in (traced_tower(LENGTH, causal=False), traced_tower(LENGTH, at_end_of_text=False)):
        assert lengths.without_padding(towers.Tower(wrong, "embedding"), LENGTH, padded, bare) is None, "its padding changes its vectors"


def main():
    check_lengths()
    for settings, wanted in TRANSFORMERS:
        found = hubs.transformers_rules(settings)
        assert near(found, wanted), (settings, found)
    for settings, wanted in OPEN_CLIP:
        found = hubs.open_clip_rules(settings, 256)
        assert near(found, wanted), (settings, found)
    for settings, words in REFUSED:
        try:
            answer = hubs.transformers_rules(settings)
        except towers.Refusal as refusal:
            answer = str(refusal)
        assert words in answer, (settings, answer)
    assert words_of({"model_type": "clip", "text_config": {"max_position_embeddings": 77}}) == (77, False, 0, "")
    assert words_of({"model_type": "siglip2"}, tokenizer_config={"pad_token": {"content": "<pad>"}, "model_max_length": 10**30}) == (64, True, 3, "lower")
    assert words_of({"model_type": "siglip", "text_config": {"max_position_embeddings": 16}}, tokenizer_config={"pad_token": "<pad>"}) == (16, True, 3, "")
    assert words_of({"model_type": "clip"}, tokenizer={"padding": {"pad_id": 7}, "model": {}}) == (77, False, 7, "")
    print("every rule reads as it is meant")


if __name__ == "__main__":
    main()
