"""What the tuned layers are shown: views of the training photos, as far as the frozen layers take them, worked out once.

Problem: most of a step's cost lies in layers that never change, and in the teachers.
Idea: draw a few views a photo beforehand; keep of each what the first blocks make of it (14 x 14 x 88 numbers of 16 bits)
and which ImageNet classes two teachers see in it. Every other photo of a view also gets a twin: the same view with a
mark stamped on it, shifted and rescaled by a little and compressed anew, which ought to look the same to the tower.
A view serves twice, the second time mirrored after the frozen blocks, which commute with mirroring but for the borders.
Cost: 94 processor seconds a view on a core of 2024; 1.3 GB of memory.
"""
import io
import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image, ImageDraw, ImageEnhance, ImageFont

from . import backbones, export, pictures
from .networks import LateBlocks
from .runtime import OPENVINO, session

VIEWS = 4
SECOND_TEACHER = 0       # the size of the other teacher; the first is the untouched backbone itself
SMALLEST_CROP = 0.4
BLOCK, BATCH = 480, 16
MARK_LETTERS = "0123456789ABCDEFGHKMNRSTWXYZabcdefghmnorstuwxyz"


@dataclass
class View:
    early: torch.Tensor    # bfloat16 [n, 14, 14, 88]
    shares: torch.Tensor   # float16 [n, 1000]: the teachers' class shares
    twins: torch.Tensor    # bfloat16 [about n / 2, 14, 14, 88]: of the photos that have_twin

def _cropped(picture, dice, edge):
    """A random part of the picture, perhaps mirrored, in other light: edge x edge."""
    side, stretch = dice.uniform(SMALLEST_CROP ** 0.5, 1), np.exp(dice.uniform(-0.15, 0.15))
    wide, high = min(side * stretch, 1) * picture.width, min(side / stretch, 1) * picture.height
    left, top = dice.uniform(0, picture.width - wide), dice.uniform(0, picture.height - high)
    view = picture.resize((edge, edge), Image.Resampling.BILINEAR, (left, top, left + wide, top + high))
    if dice.random() < 0.5:
        view = view.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    for change, low, high in ((ImageEnhance.Brightness, 0.75, 1.25), (ImageEnhance.Contrast, 0.75, 1.25), (ImageEnhance.Color, 0.7, 1.3)):
        view = change(view).enhance(dice.uniform(low, high))
    return view


def _marked(view, dice):
    """The view with a few letters or digits on it, as cameras and agencies stamp them."""
    drawn = ImageDraw.Draw(view)
    for _ in range(dice.choice((1, 1, 2))):
        text = "".join(dice.choice(MARK_LETTERS) for _ in range(dice.choice((1, 1, 1, 2, 4))))
        colour = dice.choice(((255, 255, 255), (255, 255, 255), (0, 0, 0), tuple(dice.randrange(256) for _ in range(3))))
        place = dice.uniform(0, 0.9) * view.width, dice.uniform(0, 0.9) * view.height
        drawn.text(place, text, fill=colour, font=ImageFont.load_default(dice.uniform(10, 44)))
    return view


def _twin(view, dice):
    """The view as another program might have left it: marked, shifted and rescaled by a little, compressed anew."""
    twin = _marked(view.copy(), dice) if dice.random() < 0.75 else view
    edge = view.width
    inset = [dice.uniform(0, 0.015) * edge for _ in range(4)]
    between = dice.choice((edge, edge, round(edge * dice.uniform(0.5, 1)), round(edge * dice.uniform(1, 1.5))))
    twin = twin.resize((between, between), Image.Resampling.BILINEAR, (inset[0], inset[1], edge - inset[2], edge - inset[3]))
    buffer = io.BytesIO()
    twin.save(buffer, dice.choice(("JPEG", "WEBP")), quality=dice.randrange(50, 93), method=0)
    return Image.open(buffer).convert("RGB").resize((edge, edge), Image.Resampling.BILINEAR)


def has_twin(number, view):
    """Whether photo `number` (or each of an array) has a twin in the view; its place among the twins is number // 2."""
    return (number + view) % 2 == 0


def _drawn(picture, number, view, edge):
    """A view and, for every other photo, its twin: uint8 pixels, and pixels or None."""
    dice = random.Random(number * 1000 + view)
    seen = _cropped(picture, dice, edge)
    return np.asarray(seen), np.asarray(_twin(seen, dice)) if has_twin(number, view) else None


def _through(opened, pixels):
    return torch.from_numpy(np.concatenate([opened.run(None, {"pixels": pixels[start:start + BATCH]})[0] for start in range(0, len(pixels), BATCH)]))


class Drawer:
    """Draws views of the photos one at a time."""

    def __init__(self, photos, edge):
        original = backbones.load_weights(backbones.STARTER)
        self.opened, self.edge = [pictures.open_rgb(path) for path in photos], edge
        self.frozen = session(export.early_model(original, backbones.FROZEN_BLOCKS, edge), 2, OPENVINO, "bf16")
        self.teacher = session(export.votes_model(backbones.load_weights(SECOND_TEACHER), edge), 2, OPENVINO, "bf16")
        self.late = LateBlocks(original, backbones.FROZEN_BLOCKS, 0.0).eval()

    def _shares(self, early, pixels):
        with torch.no_grad():
            votes = self.late.votes(self.late(early, None)) + _through(self.teacher, pixels)
        return torch.softmax(votes / 2, 1).half()

    def draw(self, view):
        """View number `view` of all photos."""
        early, shares, twins = [], [], []
        with ThreadPoolExecutor(2) as pool:
            for start in range(0, len(self.opened), BLOCK):
                rows = range(start, min(start + BLOCK, len(self.opened)))
                drawn = list(pool.map(lambda row: _drawn(self.opened[row], row, view, self.edge), rows))
                seen = np.stack([pixels for pixels, _ in drawn])
                early.append(_through(self.frozen, seen).bfloat16())
                shares.append(self._shares(early[-1], seen))
                twins.append(_through(self.frozen, np.stack([twin for _, twin in drawn if twin is not None])).bfloat16())
        return View(torch.cat(early), torch.cat(shares), torch.cat(twins))
