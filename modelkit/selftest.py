"""The picture and the sentences that every pack is tried with."""
import numpy as np

SENTENCES = ("a dog runs on the beach", "two people riding bicycles", "a photo of a kangaroo", "sunset over the sea", "red car", "a child laughing in a swing")
WIDTH, HEIGHT = 96, 64


def drawn_picture():
    """A picture drawn by formula, so that the pack ships nobody's photo: uint8 [64, 96, 3]."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    sky, ground = np.stack([90 + y, 140 + y, 230 - y], -1), np.stack([60 + x // 2, 130 + 0 * x, 40 + y], -1)
    picture = np.where((y < 40)[..., None], sky, ground)
    picture[(x - 70) ** 2 + (y - 16) ** 2 < 80] = (250, 220, 90)
    return np.clip(picture, 0, 255).astype(np.uint8)
