"""Picture files to the pixels an image tower takes, by the rule every pack of this kit states: squash, bilinear."""
from pathlib import Path

import numpy as np
from PIL import Image

from .towers import Refusal

SUFFIXES = {".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff"}


def files_in(folder, fewest, words):
    """The picture files in `folder` and below it, in order of name. Raises Refusal where they are fewer than `fewest`; words: what those are needed for."""
    paths = sorted(path for path in Path(folder).rglob("*") if path.suffix.lower() in SUFFIXES)
    if len(paths) < fewest:
        raise Refusal(f"{folder} holds {len(paths)} pictures, and {fewest} are the fewest {words}")
    return paths


def open_rgb(path):
    """The picture at `path` as an RGB image; transparent parts lie on white."""
    picture = Image.open(path)
    if picture.mode in ("RGBA", "LA", "PA", "P"):
        picture = picture.convert("RGBA")
        picture = Image.alpha_composite(Image.new("RGBA", picture.size, (255, 255, 255, 255)), picture)
    return picture.convert("RGB")


def pixels(picture, edge):
    """The whole picture squashed to edge x edge: uint8 [edge, edge, 3]."""
    return np.asarray(picture if picture.size == (edge, edge) else picture.resize((edge, edge), Image.Resampling.BILINEAR))


def batches(paths, edge, size, mirrored=False):
    """Yields uint8 [<= size, edge, edge, 3] over all paths in order; mirrored = left and right swapped."""
    for start in range(0, len(paths), size):
        batch = np.stack([pixels(open_rgb(path), edge) for path in paths[start:start + size]])
        yield np.ascontiguousarray(batch[:, :, ::-1]) if mirrored else batch
