#!/usr/bin/env python3
"""Do imported packs give the vectors of the implementations they come from?

usage: import_vectors.py --bin build/release/bin --data ../shared/data/flickr8k --out bench/results/import.json

Four models of the true architecture and size, random weights, in the three layouts that `modelkit import` reads: CLIP ViT-B/32
as immich has it, SigLIP 2 B/32-256 as transformers.js has it, MobileCLIP-S2 and a CLIP with MobileViT-S as image tower as
open_clip checkpoints. Each is written to a folder, imported, looked over by `vitrine doctor`, and asked for vectors through
model_probe, the product's own code. The reference is open_clip or transformers with PyTorch in float32, its own image
transforms and tokenizer. "squares": pictures that need no resizing, so that the towers alone differ; "photos": whole
photographs, through the product's resize and Pillow's. Differences are the largest of any one number of unit vectors.
Needs the packages of bench/requirements-import.txt, 8 GB of memory and 8 GB of disk.
"""
import argparse
import json
import pathlib
import platform
import shutil
import subprocess
import sys
import tempfile
import time

import numpy as np
import open_clip
import onnxruntime
import torch
import transformers
from PIL import Image

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
from modelkit import importer  # noqa: E402
from tests.support import hub_folders, probe  # noqa: E402

PHOTOS, SENTENCES = 8, 16
CLIP = {"mean": [0.48145466, 0.4578275, 0.40821073], "std": [0.26862954, 0.26130258, 0.27577711], "interpolation": "bicubic", "resize_mode": "shortest", "fill_color": 0}
MOBILE = {**CLIP, "mean": [0.0] * 3, "std": [1.0] * 3, "interpolation": "bilinear"}
SIGLIP = {"image_processor_type": "SiglipImageProcessor", "do_resize": True, "size": {"height": 256, "width": 256}, "resample": 2, "do_rescale": True,
          "rescale_factor": 1 / 255, "do_normalize": True, "image_mean": [0.5] * 3, "image_std": [0.5] * 3}
MOBILEVIT = {"embed_dim": 512, "custom_text": True,
             "vision_cfg": {"timm_model_name": "mobilevit_s", "timm_model_pretrained": False, "timm_pool": "avg", "timm_proj": "linear", "image_size": 256},
             "text_cfg": {"context_length": 77, "vocab_size": 49408, "width": 512, "heads": 8, "layers": 4}}


def plain_config(name):
    return {key: value for key, value in open_clip.get_model_config(name).items()}


def clip_vit_b_32(folder, captions):
    config, tokenizer = plain_config("ViT-B-32"), hub_folders.real_clip_tokenizer()
    model = hub_folders.open_clip_model(config)
    hub_folders.write_immich(model, config, CLIP, tokenizer, "<|endoftext|>", folder)
    return hub_folders.OpenClipReference(model, CLIP, 224, open_clip.get_tokenizer("ViT-B-32"))


def siglip2_b_32_256(folder, captions):
    tokenizer = hub_folders.gemma_tokenizer(captions, 8000)
    model, config = hub_folders.siglip_model({"vocab_size": 256000, "max_position_embeddings": 64, "projection_size": 768}, {"image_size": 256, "patch_size": 32})
    hub_folders.write_transformers(model, config, SIGLIP, tokenizer, folder)
    return hub_folders.SiglipReference(model, SIGLIP, hub_folders.reference_ids(tokenizer, 64, 0, lambda text: " ".join(text.split()).lower()))


def _checkpoint(folder, config, preprocess):
    model = hub_folders.open_clip_model(config)
    hub_folders.write_open_clip(model, config, preprocess, folder)
    return hub_folders.OpenClipReference(model, preprocess, 256, open_clip.get_tokenizer("ViT-B-32"))


def mobileclip_s2(folder, captions):
    return _checkpoint(folder, plain_config("MobileCLIP-S2"), MOBILE)


def mobilevit_s(folder, captions):
    return _checkpoint(folder, MOBILEVIT, MOBILE)


MODELS = {"CLIP ViT-B/32": ("immich", clip_vit_b_32), "SigLIP 2 B/32-256": ("transformers.js", siglip2_b_32_256),
          "MobileCLIP-S2": ("open_clip checkpoint", mobileclip_s2), "MobileViT-S image tower": ("open_clip checkpoint", mobilevit_s)}


def differences(found, wanted):
    cosines = (found * wanted).sum(axis=1) / np.linalg.norm(found, axis=1) / np.linalg.norm(wanted, axis=1)
    return {"largest_difference": float(f"{np.abs(found - wanted).max():.2e}"), "least_cosine": round(float(cosines.min()), 7)}


def compare(name, arguments, photos, captions):
    layout, make = MODELS[name]
    start = time.monotonic()
    with tempfile.TemporaryDirectory(dir=arguments.scratch) as scratch:
        folder, pack = pathlib.Path(scratch) / "hub", pathlib.Path(scratch) / "pack"
        reference = make(folder, captions)
        about = importer.write(folder, pack, name="measured", pictures=None)
        shutil.rmtree(folder)
        edge = about["image"]["edge_px"]
        squares = [photo.resize((edge, edge), Image.Resampling.BICUBIC) for photo in photos]
        sentences = captions[:: len(captions) // SENTENCES][:SENTENCES]
        doctor = subprocess.run([arguments.bin / "vitrine", "doctor", "--library", pathlib.Path(scratch) / "library", "--model", pack], capture_output=True, text=True, check=False)
        if doctor.returncode != 0:
            sys.exit(f"{name}: {doctor.stderr}")
        ask = lambda requests: probe.vectors(str(arguments.bin / "model_probe"), pack, requests)
        result = {"layout": layout, "dimension": about["dimension"], "edge_px": edge, "image_mb": round(about["image"]["bytes"] / 1e6), "text_mb": round(about["text"]["bytes"] / 1e6),
                  "squares": differences(ask([np.asarray(square) for square in squares]), np.array([reference.see(square) for square in squares])),
                  "photos": differences(ask([np.asarray(photo) for photo in photos]), np.array([reference.see(photo) for photo in photos])),
                  "sentences": differences(ask(sentences), np.array([reference.read(text) for text in sentences]))}
    print(f"{name}: {json.dumps(result)} in {time.monotonic() - start:.0f} s", flush=True)
    return result


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", type=pathlib.Path, required=True)
    parser.add_argument("--data", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--scratch", help="folder for some 4 GB; the system's if not given")
    parser.add_argument("--only", choices=MODELS, help="one model; the others' results in --out stay")
    arguments = parser.parse_args()
    torch.set_num_threads(2)
    names = arguments.data.joinpath("dev.txt").read_text().split()
    photos = [Image.open(arguments.data / "images" / name).convert("RGB") for name in names[:PHOTOS]]
    captions = [line.rsplit("\t", 1)[-1] for line in arguments.data.joinpath("captions.tsv").read_text(encoding="utf-8").splitlines()]
    results = json.loads(arguments.out.read_text())["models"] if arguments.only and arguments.out.is_file() else {}
    for name in [arguments.only] if arguments.only else MODELS:
        results[name] = compare(name, arguments, photos, captions)
    versions = {module.__name__: module.__version__ for module in (torch, open_clip, transformers, onnxruntime)}
    cpu = next((line.split(": ")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), platform.machine())
    document = {"what": "vectors of imported packs against those of the reference implementation; random weights, float32", "cpu": cpu, "reference": versions,
                "photos": PHOTOS, "sentences": SENTENCES, "tolerance": 1e-4, "models": results}
    arguments.out.write_text(json.dumps(document, indent=1) + "\n")


if __name__ == "__main__":
    main()
