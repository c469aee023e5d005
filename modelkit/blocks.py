"""Scales for blocks of weights that share one."""
import numpy as np

CLIPS = (1.0, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6, 0.55, 0.5)


def scales(rows, bits):
    """A scale for each of the rows [n, k]: float [n, 1], for codes -2^(bits-1) .. 2^(bits-1) - 1.

    Codes reach one step further below zero, so the scale's sign puts a row's largest value there. In 4 bits it is, of some
    scales between that for the largest value and half of it, the one with the least squared error: cutting one value off
    often serves all others.
    """
    half = 2 ** (bits - 1)
    largest = np.take_along_axis(rows, np.abs(rows).argmax(axis=1)[:, None], axis=1)
    best, least = None, np.inf
    for clip in CLIPS if bits == 4 else CLIPS[:1]:
        scale = np.where(largest == 0, 1e-12, -clip * largest / half)
        error = ((np.clip(np.round(rows / scale), -half, half - 1) * scale - rows) ** 2).sum(axis=1, keepdims=True)
        best, least = (scale if best is None else np.where(error < least, scale, best)), np.minimum(error, least)
    return best
