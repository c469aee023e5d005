#!/usr/bin/env python3
"""Makes packs in all precisions with `modelkit quantise`, for speed and losses, and writes what their rows say.

usage: precisions.py --data ../shared/data/flickr8k --work FOLDER [--only vit|trained] [--out bench/results/precisions.json]

vit: CLIP ViT-B/32 of the true architecture, random weights (seed 1), as an open_clip checkpoint in FOLDER/hub, imported to
FOLDER/vit. Its speed is that of the real one; its losses say little, for no weight was ever trained.
trained: FOLDER/trained, EfficientNet-Lite2 (ImageNet) and all-MiniLM-L6-v2 as published, joined in closed form over some of
Flickr8k's train split: the starter before it is tuned, in float32, its table of words too. Its losses are those of trained networks.
Both are judged on dev photographs that neither ranges nor heads were taken from. Needs modelkit/requirements.txt, and for vit
PyTorch and open_clip (modelkit/requirements-open_clip.txt).
"""
import argparse
import json
import os
import pathlib
import shutil
import sys

import numpy as np
from onnx import helper, numpy_helper

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
from modelkit import precisions  # noqa: E402

CLIP = {"mean": [0.48145466, 0.4578275, 0.40821073], "std": [0.26862954, 0.26130258, 0.27577711], "interpolation": "bicubic", "resize_mode": "shortest", "fill_color": 0}
VIT_PHOTOS = 160     # of the dev split: enough for random weights, a quarter of an hour less
TRAIN_PHOTOS = 2000  # of 6,000: a third of the time, and heads that are a little worse


def dev_photos(data, folder, count=None):
    """The dev split's photographs, or the first of them, as a folder of their own, for --pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in (data / "dev.txt").read_text().split()[:count]:
        if not (folder / name).exists():
            (folder / name).symlink_to((data / "images" / name).resolve())
    return folder


def vit(data, out):
    import open_clip

    from modelkit import importer
    from tests.support import hub_folders

    config = dict(open_clip.get_model_config("ViT-B-32"))
    hub_folders.write_open_clip(hub_folders.open_clip_model(config), config, CLIP, out / "hub")
    shutil.rmtree(out / "vit", ignore_errors=True)
    photos = dev_photos(data, out / "some", VIT_PHOTOS)
    importer.write(out / "hub", out / "vit", name="vit-b32-random", licence="none: random weights", pictures=photos, captions=data / "captions.tsv")
    return precisions.write(out / "vit", photos, data / "captions.tsv")


def with_float_words(model):
    """The model with its table of word vectors, which the starter stores in 8 bits, as floats again, for each precision to store in its own way."""
    graph = model.graph
    codes, scale = (numpy_helper.to_array(next(tensor for tensor in graph.initializer if tensor.name == "words." + part)) for part in ("codes", "scale"))
    ids = next(node.input[1] for node in graph.node if "words.codes" in node.input)
    nodes = [node for node in graph.node if not {"words.rows", "words.scales", "words.cast"} & {*node.output}]
    place = next(number for number, node in enumerate(nodes) if "words" in node.output)
    nodes[place] = helper.make_node("Gather", ["words.table", ids], ["words"], name=nodes[place].name)
    tensors = [tensor for tensor in graph.initializer if tensor.name not in ("words.codes", "words.scale")]
    tensors.append(numpy_helper.from_array(codes.astype(np.float32) * scale, "words.table"))
    return helper.make_model(helper.make_graph(nodes, graph.name, graph.input, graph.output, tensors), opset_imports=model.opset_import, ir_version=model.ir_version)


def trained(data, out):
    from modelkit import export, flickr8k, pack, starter
    from modelkit.tokens import Tokeniser

    train, tokeniser = flickr8k.read(str(data), "train"), Tokeniser()
    train = flickr8k.Split(train.photos[:TRAIN_PHOTOS], train.captions[:TRAIN_PHOTOS * flickr8k.CAPTIONS_PER_PHOTO])
    recipe = starter.recipe_from(starter.untuned_parts(train, tokeniser), train, tokeniser)
    image, text = export.image_model(recipe), with_float_words(export.text_model(recipe))
    folder = out / "trained"
    pack.write(folder, recipe, image, text, starter.background(image, text, train, tokeniser), {"name": "untuned", "version": "1", "licence": "see models/starter", "origin": "bench/precisions.py"})
    about = json.loads((folder / "pack.json").read_text())
    for part in ("image", "text"):
        (folder / about[part]["file"]).rename(folder / f"{part}.onnx")
        about[part] |= {"file": f"{part}.onnx", "precision": "fp32"}
    (folder / "pack.json").write_text(json.dumps(about))
    return precisions.write(folder, dev_photos(data, out / "photos"), data / "captions.tsv")


NAMES = {"vit": "CLIP ViT-B/32, random weights", "trained": "EfficientNet-Lite2 and all-MiniLM-L6-v2, trained"}


def rows(about):
    """{tower: {precision: row}} of a pack's description."""
    return {part: {entry["precision"]: entry["measured"] | {key: entry[key] for key in ("left_in_float", "left_in_8_bits") if key in entry}
                   for entry in (about[part], *about[part]["variants"])} for part in ("image", "text")}


def of_pack(about):
    return {**rows(about), "left_out": {part: about[part]["left_out"] for part in ("image", "text")}, "judged_on": about["judged_on"], "load_average": round(os.getloadavg()[0], 1)}


def cpu():
    return next(line.split(":")[1].strip() for line in open("/proc/cpuinfo", encoding="utf-8") if line.startswith("model name"))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=pathlib.Path, required=True)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--only", choices=NAMES, help="one pack; the other's rows in --out stay")
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "bench/results/precisions.json")
    arguments = parser.parse_args()
    packs = json.loads(arguments.out.read_text())["packs"] if arguments.only and arguments.out.is_file() else {}
    for make in (vit, trained):
        if arguments.only in (None, make.__name__):
            about = make(arguments.data, arguments.work)
            packs[NAMES[make.__name__]] = of_pack(about)
    document = {"schema": 1, "what": "rows that modelkit quantise writes: losses against float32 on Flickr8k dev, and speed on two threads, the precisions by turns", "cpu": cpu(),
                "cores": os.cpu_count(), "calibrated_on": precisions.CALIBRATION, "packs": packs}
    arguments.out.write_text(json.dumps(document, indent=1) + "\n")


if __name__ == "__main__":
    main()
