#!/usr/bin/env python3
"""Writes what numpy makes of a small fit: the judge of src/model/fit_projection.cc.

usage: make_fit_golden.py FILE      (needs numpy)

By the textbook and another way than the program: ridge by the pseudo-inverse of the data with rows added for the penalty,
CCA by singular values of the whitened data. Lines: `features`, `vectors` and, for each strength and power, `offset` and
`matrix`, each with its shape, then its numbers.
"""
import sys

import numpy as np

ROWS, FEATURES, DIMENSION = 80, 5, 3
CELLS = ((0.03, 1.0), (0.3, 0.5), (1.0, 0.25))


def solve(x, y, strength, power):
    mean, deviation = x.mean(axis=0), x.std(axis=0)
    z, t = (x - mean) / deviation, y - y.mean(axis=0)
    n = len(x)
    padded = np.vstack([z, np.sqrt(n * strength) * np.eye(FEATURES)])
    ridge = np.linalg.lstsq(padded, np.vstack([t, np.zeros((FEATURES, DIMENSION))]), rcond=None)[0]
    # Whitened with the damped moments, the singular values are the canonical correlations.
    def inverse_root(moments):
        values, axes = np.linalg.eigh(moments)
        return axes / np.sqrt(values) @ axes.T
    a = inverse_root(z.T @ z / n + strength * np.eye(FEATURES))
    among = t.T @ t / n
    b = inverse_root(among + 1e-6 * np.trace(among) / DIMENSION * np.eye(DIMENSION))
    _, correlations, axes = np.linalg.svd(a @ (z.T @ t / n) @ b)
    scaled = ridge @ b @ axes.T @ np.diag(correlations ** (power - 1)) @ axes @ np.linalg.inv(b)
    matrix = scaled / deviation[:, None]
    return y.mean(axis=0) - mean @ matrix, matrix


def line(name, array):
    return " ".join([name, *map(str, np.atleast_2d(array).shape), *(f"{value:.9g}" for value in array.ravel())]) + "\n"


def main(path):
    dice = np.random.default_rng(11)
    x = np.round(dice.normal(size=(ROWS, FEATURES)) * (1, 2, 0.5, 3, 1) + (0, 1, -2, 5, 0), 3)
    y = x @ dice.normal(size=(FEATURES, DIMENSION)) + dice.normal(size=(ROWS, DIMENSION))
    y = np.round(y / np.linalg.norm(y, axis=1, keepdims=True), 6)
    with open(path, "w", encoding="ascii") as file:
        file.write(line("features", x) + line("vectors", y))
        for strength, power in CELLS:
            offset, matrix = solve(x, y, strength, power)
            file.write(line("cell", np.array([strength, power])) + line("offset", offset) + line("matrix", matrix))


if __name__ == "__main__":
    main(sys.argv[1])
