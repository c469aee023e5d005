#!/usr/bin/env python3
"""Holds the made-up vectors of the benches against real ones: writes bench/results/vectors_shape.json.

usage: vector_shape.py VECTORS_BENCH PHOTOS CAPTIONS [--pack models/starter] [--out FILE]

PHOTOS is a folder, CAPTIONS a table of file name and sentence (Flickr8k's). Runs where modelkit's requirements are
installed: the pack's two towers embed each photo and its first caption, through ONNX Runtime.
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
from modelkit import pictures, runtime, tokens  # noqa: E402

SEED_ROWS = 7000


def embed(pack, photos, captions):
    """Unit vectors of the photos and of one caption each."""
    first = {}
    for line in pathlib.Path(captions).read_text().splitlines():
        name, sentence = line.split("\t")
        first.setdefault(name, sentence)
    names = sorted(name for name in first if (pathlib.Path(photos) / name).exists())
    tower = runtime.session(str(pack / "image.int8.onnx"))
    edge = json.loads((pack / "pack.json").read_text())["image"]["edge_px"]
    images = [tower.run(None, {"pixels": batch})[0] for batch in pictures.batches([pathlib.Path(photos) / n for n in names], edge, 16)]
    texts = runtime.embed_texts(runtime.session(str(pack / "text.int8.onnx")), tokens.Tokeniser(), [first[n] for n in names])[0]
    return numpy.concatenate(images), texts


def drawn(program, dimension):
    """As many made-up pictures, and sentences."""
    with tempfile.TemporaryDirectory() as folder:
        raw = pathlib.Path(folder) / "pictures.f32"
        asked = pathlib.Path(folder) / "sentences.f32"
        subprocess.run([program, str(pathlib.Path(folder) / "rows"), str(SEED_ROWS), str(dimension), str(raw)], check=True, text=True,
                       input=f"sentences {asked}\n", stdout=subprocess.DEVNULL)
        return tuple(numpy.fromfile(path, numpy.float32).reshape(-1, dimension) for path in (raw, asked))


def effective_dimension(vectors):
    """The participation ratio of the covariance's eigenvalues: (their sum)^2 / the sum of their squares."""
    values = numpy.linalg.eigvalsh(numpy.cov((vectors - vectors.mean(0)).T))
    return float(values.sum() ** 2 / (values ** 2).sum())


def shape(images, texts):
    images, texts = (v / numpy.linalg.norm(v, axis=1, keepdims=True) for v in (images, texts))
    among = (images @ images.T)[numpy.triu_indices(len(images), 1)]
    across = texts[:1000] @ images.T
    best = -numpy.sort(-across, axis=1)
    spread = across.std(axis=1)
    return {
        "pictures": len(images), "dimension": images.shape[1],
        "picture_picture_cosine_mean": among.mean(), "picture_picture_cosine_std": among.std(),
        "text_picture_cosine_mean": across.mean(), "text_picture_cosine_std": across.std(),
        "length_of_picture_mean": numpy.linalg.norm(images.mean(0)), "length_of_text_mean": numpy.linalg.norm(texts.mean(0)),
        "cosine_of_the_two_means": images.mean(0) @ texts.mean(0) / numpy.linalg.norm(images.mean(0)) / numpy.linalg.norm(texts.mean(0)),
        "effective_dimension_of_pictures": effective_dimension(images),
        "tenth_best_above_mean_in_stds": ((best[:, 9] - across.mean(axis=1)) / spread).mean(),
        "best_minus_tenth": (best[:, 0] - best[:, 9]).mean(), "tenth_minus_eleventh": (best[:, 9] - best[:, 10]).mean(),
    }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("photos")
    parser.add_argument("captions")
    parser.add_argument("--pack", type=pathlib.Path, default=ROOT / "models/starter")
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "bench/results/vectors_shape.json")
    options = parser.parse_args()
    result = {"starter": shape(*embed(options.pack, options.photos, options.captions)), "made_up": shape(*drawn(options.program, 512))}
    rounded = {name: {key: round(float(value), 4) for key, value in values.items()} for name, values in result.items()}
    options.out.write_text(json.dumps(rounded, indent=1) + "\n")


if __name__ == "__main__":
    main()
