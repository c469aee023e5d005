"""Does the program shrink photographs as Pillow does? usage: pillow_squares.py MODEL_PROBE PHOTO...

Each rule and filter; the mean difference of a photo's square must stay below 1 of 255. The rules that published models
use: CLIP (crop, bicubic, 224), SigLIP 2 (squash, 256), MobileCLIP (crop, bilinear, 256), a crop with a margin, letterbox.
"""
import pathlib
import sys

import numpy as np
from PIL import Image

sys.path.insert(0, str(pathlib.Path(__file__).parents[2]))
from modelkit.squares import square  # noqa: E402
from tests.support import probe  # noqa: E402

RULES = [{"edge_px": 224, "resize": "crop"}, {"edge_px": 256, "resize": "squash"}, {"edge_px": 256, "resize": "crop", "short_px": 288}, {"edge_px": 260, "resize": "letterbox", "fill": 0}]


def main(program, paths):
    photos = [Image.open(path).convert("RGB") for path in paths]
    # Odd, tall and wide ones too, which collections of snapshots lack.
    photos += [photo.crop((0, 0, 97, photo.height)) for photo in photos[:4]] + [photo.crop((0, 0, photo.width, 61)) for photo in photos[:4]]
    for rules in RULES:
        for name in ("bilinear", "bicubic"):
            chosen = {**rules, "filter": name}
            found = probe.squares(program, chosen, [np.asarray(photo) for photo in photos])
            worst = max(np.abs(ours.astype(int) - np.asarray(square(photo, chosen)).astype(int)).mean() for ours, photo in zip(found, photos, strict=True))
            print(f"{chosen}: mean difference at most {worst:.3f} of 255 over {len(photos)} photos")
            assert worst < 1, chosen


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
