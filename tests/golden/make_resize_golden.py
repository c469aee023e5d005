#!/usr/bin/env python3
"""Writes what Pillow's resize makes of a fixed pattern, for tests/unit/model/preprocess_test.cc.

usage: make_resize_golden.py FOLDER      (needs the Python packages numpy and pillow)

One file a case, WIDTHxHEIGHT_EDGE_RULE_FILTER.rgb: the square as raw RGB8, interleaved. Where torchvision is installed too,
the sizes and places of squash and crop are checked against it first, over thousands of sizes.
"""
import pathlib
import random
import sys

import numpy as np
from PIL import Image

sys.path.insert(0, str(pathlib.Path(__file__).parents[2]))
from modelkit.squares import square  # noqa: E402

CASES = [(50, 37, 24, "squash"), (37, 50, 24, "squash"), (126, 95, 32, "squash"), (7, 5, 16, "squash"),
         (1, 1, 16, "squash"), (24, 24, 24, "squash"), (90, 41, 24, "crop"), (41, 90, 24, "crop"),
         (9, 200, 16, "crop"), (57, 47, 24, "crop"), (47, 61, 24, "crop"), (91, 43, 25, "crop"), (90, 41, 24, "crop28"),
         (43, 91, 24, "crop31"), (90, 41, 24, "letterbox"), (41, 90, 24, "letterbox"), (300, 3, 16, "letterbox"),
         (37, 95, 24, "letterbox0")]
FILTERS = ("bilinear", "bicubic")


def pattern(width, height):
    y, x = np.mgrid[0:height, 0:width]
    return np.stack([(x * 7 + y * 13 + c * 50 + (x * y * (c + 1)) % 97 * 2) % 256 for c in range(3)], 2).astype(np.uint8)


def rules(edge, rule, filter_name):
    """The image part of a pack.json; "crop28" scales the short side to 28, "letterbox0" pads with black."""
    name = rule.rstrip("0123456789")
    number = rule[len(name):]
    extra = {"short_px" if name == "crop" else "fill": int(number)} if number else {}
    return {"edge_px": edge, "resize": name, "filter": filter_name, **extra}


def check_against_torchvision():
    try:
        from torchvision import transforms
    except ImportError:
        return print("torchvision is not installed: nothing compared")
    chance = random.Random(3)
    for _ in range(3000):
        width, height, edge = chance.randint(1, 150), chance.randint(1, 150), chance.randint(8, 40)
        short = edge + chance.choice((0, 0, chance.randint(0, 12)))
        picture = Image.fromarray(pattern(width, height))
        bicubic = transforms.InterpolationMode.BICUBIC
        for rule, steps in ((f"crop{short}", [transforms.Resize(short, bicubic), transforms.CenterCrop(edge)]), ("squash", [transforms.Resize((edge, edge), bicubic)])):
            theirs = np.asarray(transforms.Compose(steps)(picture))
            if not np.array_equal(theirs, np.asarray(square(picture, rules(edge, rule, "bicubic")))):
                sys.exit(f"torchvision makes something else of {width} x {height} by {rule} to {edge}")
    print("the sizes and places are torchvision's")


def main(folder):
    check_against_torchvision()
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for width, height, edge, rule in CASES:
        picture = Image.fromarray(pattern(width, height))
        for name in FILTERS:
            path = folder / f"{width}x{height}_{edge}_{rule}_{name}.rgb"
            path.write_bytes(square(picture, rules(edge, rule, name)).tobytes())


if __name__ == "__main__":
    main(sys.argv[1])
