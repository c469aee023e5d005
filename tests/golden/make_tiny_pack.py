#!/usr/bin/env python3
"""Writes the model pack that tests use: two towers of a few hundred weights, in which "red" means red.

usage: make_tiny_pack.py FOLDER      (needs the Python packages onnx, onnxruntime, pillow and tokenizers)

The image tower takes the mean colour of a 16 x 16 picture, less grey; the text tower the mean of one vector a word
piece; a second one, text_ids.onnx, does the same for texts padded to 16 ids and has no mask. Both go through the same projection to 8 dimensions. Expected vectors come from ONNX Runtime in Python.
"""
import hashlib
import json
import pathlib
import sys

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from PIL import Image
from tokenizers import BertWordPieceTokenizer

EDGE, DIMENSION, MAX_TOKENS = 16, 8, 16
COLOURS = {"red": (1, -1, -1), "green": (-1, 1, -1), "blue": (-1, -1, 1), "yellow": (1, 1, -1), "white": (1, 1, 1),
           "black": (-1, -1, -1)}
WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *COLOURS, "a", "the", "car", "sea", "dog", "##s", "##ish", ","]
SENTENCES = ["a red car", "the blue sea", "greenish dogs", "white, black"]
PROJECTION = np.random.default_rng(7).normal(size=(3, DIMENSION)).astype(np.float32)


def model(nodes, inputs, constants, batch_dims):
    values = [numpy_helper.from_array(value, name) for name, value in constants.items()]
    graph = helper.make_graph(nodes, "tiny", [helper.make_tensor_value_info(n, t, s) for n, t, s in inputs],
                              [helper.make_tensor_value_info("embedding", TensorProto.FLOAT, batch_dims)], values)
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.checker.check_model(made)
    return made.SerializeToString()


def image_tower():
    node = helper.make_node
    return model(
        [node("Cast", ["pixels"], ["floats"], to=TensorProto.FLOAT),
         node("ReduceMean", ["floats"], ["mean"], axes=[1, 2], keepdims=0),
         node("Sub", ["mean", "grey"], ["centred"]),
         node("MatMul", ["centred", "projection"], ["projected"]),
         node("LpNormalization", ["projected"], ["embedding"], axis=1, p=2)],
        [("pixels", TensorProto.UINT8, ["n", EDGE, EDGE, 3])],
        {"grey": np.float32(127.3), "projection": PROJECTION}, ["n", DIMENSION])


def word_vectors():
    words = np.zeros((len(WORDS), 3), np.float32)
    for i, word in enumerate(WORDS):
        words[i] = COLOURS.get(word, (0.01, 0.02, 0.03))
    return words


def text_tower():
    node = helper.make_node
    return model(
        [node("Gather", ["words", "input_ids"], ["rows"]),
         node("Cast", ["attention_mask"], ["mask"], to=TensorProto.FLOAT),
         node("Unsqueeze", ["mask", "last"], ["weights"]),
         node("Mul", ["rows", "weights"], ["weighted"]),
         node("ReduceSum", ["weighted", "first"], ["sum"], keepdims=0),
         node("MatMul", ["sum", "projection"], ["projected"]),
         node("LpNormalization", ["projected"], ["embedding"], axis=1, p=2)],
        [("input_ids", TensorProto.INT64, ["n", "length"]), ("attention_mask", TensorProto.INT64, ["n", "length"])],
        {"words": word_vectors(), "projection": PROJECTION, "last": np.array([2]), "first": np.array([1])}, ["n", DIMENSION])


def padded_text_tower():
    node = helper.make_node
    words = word_vectors()
    words[0] = 0
    return model(
        [node("Gather", ["words", "input_ids"], ["rows"]),
         node("ReduceSum", ["rows", "first"], ["sum"], keepdims=0),
         node("MatMul", ["sum", "projection"], ["projected"]),
         node("LpNormalization", ["projected"], ["embedding"], axis=1, p=2)],
        [("input_ids", TensorProto.INT32, ["n", MAX_TOKENS])],
        {"words": words, "projection": PROJECTION, "first": np.array([1])}, ["n", DIMENSION])


def write(folder, name, data):
    (folder / name).write_bytes(data)
    return {"file": name, "sha256": hashlib.sha256(data).hexdigest()}


def tower(folder, name, data):
    return {**write(folder, name, data), "bytes": len(data), "precision": "float32", "output": "embedding"}


def run(data, **feeds):
    session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
    return [round(float(x), 6) for x in session.run(["embedding"], feeds)[0][0]]


def main(folder):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    y, x = np.mgrid[0:64, 0:96]
    picture = np.stack([x * 2, y * 3, (x * y) % 251], axis=2).astype(np.uint8)
    small = np.asarray(Image.fromarray(picture).resize((EDGE, EDGE), Image.BILINEAR))
    vocabulary = write(folder, "vocab.txt", ("\n".join(WORDS) + "\n").encode())
    tokenizer = BertWordPieceTokenizer(str(folder / "vocab.txt"), lowercase=True)
    image, text = image_tower(), text_tower()

    def sentence(words):
        ids = np.array([tokenizer.encode(words).ids])
        return {"text": words, "vector": run(text, input_ids=ids, attention_mask=np.ones_like(ids))}

    pack = {
        "schema": 1, "name": "tiny", "version": "1.0.0", "licence": "Apache-2.0", "origin": "made by hand for tests",
        "dimension": DIMENSION,
        "image": {**tower(folder, "image.onnx", image), "input": "pixels", "edge_px": EDGE, "layout": "nhwc",
                  "dtype": "uint8", "resize": "squash", "filter": "bilinear", "mean": [0, 0, 0], "std": [1, 1, 1]},
        "text": {**tower(folder, "text.onnx", text), "input_ids": "input_ids", "attention_mask": "attention_mask",
                 "tokenizer": {"kind": "wordpiece", **vocabulary, "lowercase": True, "max_tokens": MAX_TOKENS},
                 "prompt": "{}"},
        "self_test": {"picture": {**write(folder, "self_test.rgb", picture.tobytes()), "width": 96, "height": 64},
                      "picture_vector": run(image, pixels=small[None]),
                      "sentences": [sentence(words) for words in SENTENCES], "min_cosine": 0.999},
        "calibration": {"text_mean_score": 0.01, "text_std_score": 0.3},
    }
    write(folder, "text_ids.onnx", padded_text_tower())
    (folder / "pack.json").write_text(json.dumps(pack, indent=1) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
