"""Write a model pack: a folder with pack.json, both towers, the vocabulary and a self-test. Format: docs/models.md."""
import hashlib
import json
import os
import shutil

import numpy as np
import onnx

from . import pictures, text_encoder
from .runtime import embed_texts, session
from .selftest import HEIGHT, SENTENCES, WIDTH, drawn_picture
from .tokens import Tokeniser


def _file(folder, name):
    with open(os.path.join(folder, name), "rb") as file:
        data = file.read()
    return {"file": name, "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}


def _rounded(vector):
    return [round(float(value), 6) for value in vector]


def write(folder, recipe, image, text, background, about):
    """Writes the pack. image, text: int8 models; background: mean and deviation of text-to-image scores, mean text vector [d]; about: name, version, licence, origin."""
    os.makedirs(folder, exist_ok=True)
    onnx.save(image, os.path.join(folder, "image.int8.onnx"))
    onnx.save(text, os.path.join(folder, "text.int8.onnx"))
    shutil.copyfile(text_encoder.package_file("vocab.txt"), os.path.join(folder, "vocab.txt"))
    drawn = drawn_picture()
    drawn.tofile(os.path.join(folder, "self_test.rgb"))
    seen = session(image, 1).run(None, {"pixels": pictures.pixels(pictures.Image.fromarray(drawn), recipe.edge)[None]})[0][0]
    opened, tokeniser = session(text, 1), Tokeniser()
    said = [embed_texts(opened, tokeniser, [sentence])[0, 0] for sentence in SENTENCES]
    vocabulary = _file(folder, "vocab.txt")
    picture = _file(folder, "self_test.rgb")
    description = {
        "schema": 1, **about, "dimension": recipe.dimension,
        "image": {**_file(folder, "image.int8.onnx"), "precision": "int8", "input": "pixels", "output": "embedding", "edge_px": recipe.edge, "layout": "nhwc",
                  "dtype": "uint8", "resize": "squash", "filter": "bilinear", "mean": [0.0, 0.0, 0.0], "std": [1.0, 1.0, 1.0]},
        "text": {**_file(folder, "text.int8.onnx"), "precision": "int8", "input_ids": "input_ids", "attention_mask": "attention_mask", "output": "embedding",
                 "tokenizer": {"kind": "wordpiece", "file": "vocab.txt", "sha256": vocabulary["sha256"], "lowercase": True, "max_tokens": text_encoder.MAX_TOKENS},
                 "prompt": "{}"},
        "self_test": {"picture": {"file": "self_test.rgb", "sha256": picture["sha256"], "width": WIDTH, "height": HEIGHT}, "picture_vector": _rounded(seen),
                      "sentences": [{"text": sentence, "vector": _rounded(vector)} for sentence, vector in zip(SENTENCES, said)], "min_cosine": 0.99},
        "calibration": {"text_mean_score": round(background[0], 6), "text_std_score": round(background[1], 6), "text_mean_vector": _rounded(background[2])},
    }
    with open(os.path.join(folder, "pack.json"), "w", encoding="utf-8") as file:
        json.dump(description, file, indent=1)
        file.write("\n")
