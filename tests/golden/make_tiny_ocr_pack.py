#!/usr/bin/env python3
"""Writes the OCR pack that tests use: what is dark is text, and a red square of 8 x 8 pixels is the letter a.

usage: make_tiny_ocr_pack.py FOLDER      (needs the Python packages numpy and onnx)

The detector's map is how dark a pixel is. The recogniser takes the mean colour of each 8 pixels of a line: red is a,
green b, blue the sharp s (two bytes in UTF-8), black the blank.
"""
import hashlib
import json
import pathlib
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

HEIGHT, SHARPNESS = 8, 20.0
CHARACTERS = ["a", "b", "\N{LATIN SMALL LETTER SHARP S}"]
COLOURS = np.array([(0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1)], np.float32)  # Blank first.


def model(nodes, shape_in, shape_out, constants):
    values = [numpy_helper.from_array(value, name) for name, value in constants.items()]
    graph = helper.make_graph(nodes, "tiny", [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape_in)],
                              [helper.make_tensor_value_info("y", TensorProto.FLOAT, shape_out)], values)
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.checker.check_model(made)
    return made.SerializeToString()


def detector():
    """Pixels come as value - 1: white is 0, which is what a picture is filled up with."""
    return model([helper.make_node("ReduceMean", ["x"], ["mean"], axes=[1], keepdims=1), helper.make_node("Neg", ["mean"], ["y"])],
                 ["n", 3, "h", "w"], ["n", 1, "h", "w"], {})


def recogniser():
    """The nearest colour: -|x - c|^2 without |x|^2, which all classes share."""
    seen = COLOURS - 1
    node = helper.make_node
    return model([node("AveragePool", ["x"], ["cells"], kernel_shape=[HEIGHT, HEIGHT], strides=[HEIGHT, HEIGHT]),
                  node("Squeeze", ["cells", "two"], ["rows"]), node("Transpose", ["rows"], ["steps"], perm=[0, 2, 1]),
                  node("MatMul", ["steps", "colours"], ["near"]), node("Add", ["near", "bias"], ["scores"]), node("Softmax", ["scores"], ["y"], axis=2)],
                 ["n", 3, HEIGHT, "w"], ["n", "t", len(COLOURS)],
                 {"two": np.array([2]), "colours": (2 * SHARPNESS * seen).T.copy(), "bias": -SHARPNESS * (seen ** 2).sum(axis=1)})


def write(folder, name, data):
    (folder / name).write_bytes(data)
    return {"file": name, "sha256": hashlib.sha256(data).hexdigest()}


def graph(folder, name, data):
    return {**write(folder, name, data), "bytes": len(data), "input": "x", "output": "y", "channels": "rgb", "mean": [1, 1, 1], "std": [1, 1, 1]}


def self_test():
    """The word aab: red, black, red, green on white."""
    picture = np.full((24, 64, 3), 255, np.uint8)
    for i, colour in enumerate((1, 0, 1, 2)):
        picture[8:16, 16 + 8 * i:24 + 8 * i] = 255 * COLOURS[colour]
    return picture


def main(folder):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    picture = self_test()
    pack = {
        "schema": 1, "name": "tiny ocr", "version": "1.0.0", "licence": "Apache-2.0", "origin": "made by hand for tests", "languages": "coloured squares",
        "picture_px": 64,
        "detector": {**graph(folder, "detector.onnx", detector()), "short_px": 0, "long_px": 256, "multiple_px": 32, "ink": 0.3, "score": 0.5, "unclip": 0,
                     "max_boxes": 8},
        "recogniser": {**graph(folder, "recogniser.onnx", recogniser()), "height_px": HEIGHT, "min_width_px": 8, "max_width_px": 256, "min_confidence": 0.6,
                       "characters": write(folder, "characters.txt", "".join(c + "\n" for c in CHARACTERS).encode())},
        "self_test": {**write(folder, "self_test.rgb", picture.tobytes()), "width": picture.shape[1], "height": picture.shape[0], "text": "aab"},
    }
    (folder / "ocr.json").write_text(json.dumps(pack, indent=1) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
