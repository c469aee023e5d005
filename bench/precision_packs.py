#!/usr/bin/env python3
"""Makes the packs that speed and losses are measured with, each with all of its precisions.

usage: precision_packs.py --data ../shared/data/flickr8k --out FOLDER [--only vit|trained]

vit: CLIP ViT-B/32 of the true architecture, random weights (seed 1), as an open_clip checkpoint in FOLDER/hub, imported to
FOLDER/vit. Its speed is that of the real one; its losses say little, for no weight was ever trained.
trained: FOLDER/trained, EfficientNet-Lite2 (ImageNet) and all-MiniLM-L6-v2 as published, joined in closed form over Flickr8k's
train split: the starter before it is tuned, in float32. Its losses are those of trained networks.
Both are judged on dev photographs that neither ranges nor heads were taken from. Needs modelkit/requirements.txt, and for vit
PyTorch and open_clip (modelkit/requirements-open_clip.txt).
"""
import argparse
import json
import pathlib
import shutil
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from modelkit import precisions  # noqa: E402

CLIP = {"mean": [0.48145466, 0.4578275, 0.40821073], "std": [0.26862954, 0.26130258, 0.27577711], "interpolation": "bicubic", "resize_mode": "shortest", "fill_color": 0}


def dev_photos(data, folder):
    """The dev split's photographs as a folder of their own, for --pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in (data / "dev.txt").read_text().split():
        if not (folder / name).exists():
            (folder / name).symlink_to((data / "images" / name).resolve())
    return folder


def vit(data, out, photos):
    import open_clip

    from modelkit import importer
    from tests.support import hub_folders

    config = dict(open_clip.get_model_config("ViT-B-32"))
    hub_folders.write_open_clip(hub_folders.open_clip_model(config), config, CLIP, out / "hub")
    shutil.rmtree(out / "vit", ignore_errors=True)
    importer.write(out / "hub", out / "vit", name="vit-b32-random", licence="none: random weights", pictures=photos, captions=data / "captions.tsv")
    precisions.write(out / "vit", photos, data / "captions.tsv")


def trained(data, out, photos):
    from modelkit import export, flickr8k, pack, starter
    from modelkit.tokens import Tokeniser

    train, tokeniser = flickr8k.read(str(data), "train"), Tokeniser()
    recipe = starter.recipe_from(starter.untuned_parts(train, tokeniser), train, tokeniser)
    image, text = export.image_model(recipe), export.text_model(recipe)
    folder = out / "trained"
    pack.write(folder, recipe, image, text, starter.background(image, text, train, tokeniser), {"name": "untuned", "version": "1", "licence": "see models/starter", "origin": "bench/precision_packs.py"})
    about = json.loads((folder / "pack.json").read_text())
    for part in ("image", "text"):
        (folder / about[part]["file"]).rename(folder / f"{part}.onnx")
        about[part] |= {"file": f"{part}.onnx", "precision": "fp32"}
    (folder / "pack.json").write_text(json.dumps(about))
    precisions.write(folder, photos, data / "captions.tsv")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--only", choices=("vit", "trained"))
    arguments = parser.parse_args()
    photos = dev_photos(arguments.data, arguments.out / "photos")
    for make in (vit, trained):
        if arguments.only in (None, make.__name__):
            make(arguments.data, arguments.out, photos)


if __name__ == "__main__":
    main()
