"""Alignment of image features and text vectors in closed form: regularised canonical correlation analysis.

CCA (Hotelling 1936) finds pairs of directions, one on each side, whose projections correlate most over the paired data.
A ridge on both covariances keeps few pairs with many features from overfitting, and scaling each direction by its
correlation makes the cosine weigh the directions by how much they say about the other side.
"""
from dataclasses import dataclass

import numpy as np


@dataclass
class Projection:
    mean: np.ndarray     # [in]
    matrix: np.ndarray   # [in, out]

    def __call__(self, x):
        """Rows of x [n, in] in the shared space, at unit length: [n, out]."""
        return unit((x - self.mean) @ self.matrix)

    def affine(self):
        """The same before unit length, as matrix and bias."""
        return self.matrix, -self.mean @ self.matrix

    def at_mean_length_one(self, x):
        """The same projection scaled so that the rows of x come out at length one on average."""
        return Projection(self.mean, self.matrix / np.linalg.norm((x - self.mean) @ self.matrix, axis=1).mean())


def unit(x):
    return x / np.maximum(np.linalg.norm(x, axis=-1, keepdims=True), 1e-12)


def _inverse_root(covariance, ridge):
    values, vectors = np.linalg.eigh(covariance + ridge * np.trace(covariance) / len(covariance) * np.eye(len(covariance)))
    return (vectors / np.sqrt(values)) @ vectors.T


def fit_cca(x, y, dimension, ridge_x, ridge_y):
    """Projections of both sides from paired rows x [n, p] and y [n, q]; ridges are shares of the mean variance."""
    mean_x, mean_y = x.mean(axis=0), y.mean(axis=0)
    x, y = x - mean_x, y - mean_y
    root_x, root_y = _inverse_root(x.T @ x / len(x), ridge_x), _inverse_root(y.T @ y / len(y), ridge_y)
    left, correlations, right = np.linalg.svd(root_x @ (x.T @ y / len(x)) @ root_y, full_matrices=False)
    scale = correlations[:dimension]
    return Projection(mean_x, root_x @ left[:, :dimension] * scale), Projection(mean_y, root_y @ right[:dimension].T * scale)


def folded(mean, deviation, matrix, bias):
    """A linear map that expects standardised input as one that takes it raw: matrix [in, out], bias [out]."""
    matrix = matrix / deviation[:, None]
    return matrix, bias - mean @ matrix


def save_parts(path, parts):
    """Tuned parts to a file: two weight dictionaries and two heads of four arrays."""
    flat = {f"{part}/{name}": value for part in ("backbone", "encoder") for name, value in parts[part].items()}
    flat |= {f"{part}/{place}": value for part in ("image", "text") for place, value in enumerate(parts[part])}
    np.savez(path, **flat)


def load_parts(path):
    """What save_parts wrote."""
    with np.load(path) as file:
        parts = {part: {} for part in ("backbone", "encoder", "image", "text")}
        for key in file.files:
            part, name = key.split("/", 1)
            parts[part][name] = file[key]
    return parts | {part: tuple(parts[part][str(place)] for place in range(4)) for part in ("image", "text")}
