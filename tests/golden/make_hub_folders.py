#!/usr/bin/env python3
"""Writes tests/golden/hubs: two tiny models as hubs lay them out, with the vectors that PyTorch gives for them.

usage: make_hub_folders.py FOLDER      (needs the packages of bench/requirements-import.txt)

immich: CLIP (one layer a tower, 16 wide, 32 pixels, CLIP's kind of tokenizer). transformers: SigLIP 2 (the same sizes, a
tokenizer of Gemma's kind). Random weights. reference.json beside each: what open_clip and transformers make of drawn
pictures, through their own preprocessing, and of sentences.
"""
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[2]))
from PIL import Image  # noqa: E402

from modelkit.importer import CAPTIONS  # noqa: E402
from modelkit.selftest import SENTENCES  # noqa: E402
from tests.support import hub_folders, probe  # noqa: E402

EDGE, LENGTH, WIDTH = 32, 16, 16
SIZES = [(32, 32), (64, 48), (51, 77), (200, 90)]
TEXTS = ["a red car", "Two dogs,  running!", "na\u00efve caf\u00e9 \u2615", "\u732b", "a cup of coffee and a bicycle leaning on a wall near the sandy beach at night", ""]


def reference(model):
    pictures = [{"width": width, "height": height, "number": number, "vector": model.see(Image.fromarray(probe.drawn(width, height, number))).tolist()}
                for number, (width, height) in enumerate(SIZES)]
    return {"pictures": pictures, "sentences": [{"text": text, "vector": model.read(text).tolist()} for text in TEXTS]}


def write_reference(model, folder):
    (folder / "reference.json").write_text(json.dumps(reference(model)) + "\n", encoding="utf-8")


def immich(folder):
    tokenizer = hub_folders.clip_tokenizer([*CAPTIONS, *SENTENCES], 480)
    config = {"embed_dim": WIDTH, "vision_cfg": {"image_size": EDGE, "layers": 1, "width": WIDTH, "patch_size": 8, "head_width": 8},
              "text_cfg": {"context_length": LENGTH, "vocab_size": len(json.loads(tokenizer)["model"]["vocab"]), "width": WIDTH, "heads": 2, "layers": 1}}
    preprocess = {"mean": [0.48145466, 0.4578275, 0.40821073], "std": [0.26862954, 0.26130258, 0.27577711], "interpolation": "bicubic", "resize_mode": "shortest", "fill_color": 0}
    model = hub_folders.open_clip_model(config)
    end = len(json.loads(tokenizer)["model"]["vocab"]) - 1
    hub_folders.write_immich(model, config, preprocess, tokenizer, "<|endoftext|>", folder)
    write_reference(hub_folders.OpenClipReference(model, preprocess, EDGE, hub_folders.reference_ids(tokenizer, LENGTH, end, lambda text: " ".join(text.split()).lower())), folder)


def transformers(folder):
    tokenizer = hub_folders.gemma_tokenizer([*CAPTIONS, *SENTENCES], 420)
    text = {"vocab_size": len(json.loads(tokenizer)["model"]["vocab"]), "hidden_size": WIDTH, "intermediate_size": 4 * WIDTH, "num_hidden_layers": 1, "num_attention_heads": 2,
            "max_position_embeddings": LENGTH, "projection_size": WIDTH}
    vision = {"hidden_size": WIDTH, "intermediate_size": 4 * WIDTH, "num_hidden_layers": 1, "num_attention_heads": 2, "image_size": EDGE, "patch_size": 8}
    preprocess = {"image_processor_type": "SiglipImageProcessor", "do_resize": True, "size": {"height": EDGE, "width": EDGE}, "resample": 2, "do_rescale": True,
                  "rescale_factor": 1 / 255, "do_normalize": True, "image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5], "do_convert_rgb": None}
    model, config = hub_folders.siglip_model(text, vision)
    hub_folders.write_transformers(model, config, preprocess, tokenizer, folder)
    write_reference(hub_folders.SiglipReference(model, preprocess, hub_folders.reference_ids(tokenizer, LENGTH, 0, lambda text: " ".join(text.split()).lower())), folder)


def main(folder):
    folder = pathlib.Path(folder)
    immich(folder / "immich")
    transformers(folder / "transformers")


if __name__ == "__main__":
    main(sys.argv[1])
