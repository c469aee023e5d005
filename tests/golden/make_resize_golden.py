#!/usr/bin/env python3
"""Writes what Pillow's resize makes of a fixed pattern, for tests/unit/model/preprocess_test.cc.

usage: make_resize_golden.py FOLDER      (needs the Python packages numpy and pillow)

One file a case, WIDTHxHEIGHT_EDGE_RULE_FILTER.rgb: the square as raw RGB8, interleaved.
"""
import pathlib
import sys

import numpy as np
from PIL import Image

CASES = [(50, 37, 24, "squash"), (37, 50, 24, "squash"), (126, 95, 32, "squash"), (7, 5, 16, "squash"),
         (1, 1, 16, "squash"), (24, 24, 24, "squash"), (90, 41, 24, "crop"), (41, 90, 24, "crop"),
         (9, 200, 16, "crop"), (90, 41, 24, "letterbox"), (41, 90, 24, "letterbox"), (300, 3, 16, "letterbox")]
FILTERS = {"bilinear": Image.Resampling.BILINEAR, "bicubic": Image.Resampling.BICUBIC}


def pattern(width, height):
    y, x = np.mgrid[0:height, 0:width]
    return np.stack([(x * 7 + y * 13 + c * 50 + (x * y * (c + 1)) % 97 * 2) % 256 for c in range(3)], 2).astype(np.uint8)


def square(picture, edge, rule, interpolation):
    width, height = picture.size
    if rule == "squash":
        return picture.resize((edge, edge), interpolation)
    if rule == "crop":
        short = min(width, height)
        scaled = picture.resize((edge * width // short, edge * height // short), interpolation)
        left, top = (round((side - edge) / 2) for side in scaled.size)
        return scaled.crop((left, top, left + edge, top + edge))
    long = max(width, height)
    scaled = picture.resize([max(1, (edge * side + long // 2) // long) for side in (width, height)], interpolation)
    canvas = Image.new("RGB", (edge, edge), (127, 127, 127))
    canvas.paste(scaled, ((edge - scaled.width) // 2, (edge - scaled.height) // 2))
    return canvas


def main(folder):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for width, height, edge, rule in CASES:
        picture = Image.fromarray(pattern(width, height))
        for name, interpolation in FILTERS.items():
            path = folder / f"{width}x{height}_{edge}_{rule}_{name}.rgb"
            path.write_bytes(square(picture, edge, rule, interpolation).tobytes())


if __name__ == "__main__":
    main(sys.argv[1])
