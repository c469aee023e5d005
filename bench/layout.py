#!/usr/bin/env python3
"""Arranging a board by meaning beside its peers, on vectors of real photos: writes bench/results/layout.json.

usage: layout.py VITRINE LAYOUT_BENCH PHOTOS [--out FILE] [--pictures N ...] [--rounds N]

PHOTOS is a folder of pictures, of which the first in alphabetical order are indexed into a library of their own and their
vectors exported. In each round LAYOUT_BENCH answers first, then each peer, on one thread. The peers need scikit-learn
and are left out without it: its t-SNE, whose points overlap when they are pictures, and the same laid on a grid by
the assignment with the least displacement, which leaves no overlaps where all pictures are of one shape.
scikit-learn's own trustworthiness judges all alike.
"""
import argparse
import importlib.metadata
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import tempfile
import time

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):  # Before numpy is imported.
    os.environ[name] = "1"

import numpy  # noqa: E402

try:
    import scipy.optimize
    import sklearn.manifold
except ImportError:
    sklearn = None

ASPECT = 1.5


def vectors_of(vitrine, photos, count, work):
    """Unit rows of the first `count` photos, from a library made for the purpose."""
    folder = work / "photos"
    folder.mkdir()
    for path in sorted(pathlib.Path(photos).iterdir())[:count]:
        shutil.copy(path, folder)
    call = [vitrine, "--library", work / "library", "--quiet"]
    subprocess.run([*call, "index", folder], check=True, stdout=subprocess.DEVNULL)
    export = ["export", "vectors", "--npy", work / "vectors.npy", "--ids", work / "ids.txt"]
    subprocess.run([*call, *export], check=True, stdout=subprocess.DEVNULL)
    paths = [line.split("\t")[1] for line in (work / "ids.txt").read_text().splitlines()]
    order = sorted(range(len(paths)), key=paths.__getitem__)  # Threads index in any order.
    return numpy.load(work / "vectors.npy")[order]


def tsne(vectors):
    perplexity = min(30, (len(vectors) - 1) / 3)
    return sklearn.manifold.TSNE(2, init="pca", perplexity=perplexity, random_state=1).fit_transform(vectors)


def tsne_grid(vectors):
    """t-SNE's points moved to the seats of a grid, so that the sum of squared ways is least."""
    points = tsne(vectors)
    rows = max(1, round((len(points) / ASPECT) ** 0.5))
    across = -(-len(points) // rows)
    seats = numpy.array([(i % across, i // across) for i in range(len(points))], float)
    for values in (points, seats):
        values -= values.mean(0)
        values /= values.std(0)
    costs = ((points[:, None, :] - seats[None, :, :]) ** 2).sum(2)
    return seats[scipy.optimize.linear_sum_assignment(costs)[1]] * (ASPECT, 1)


def random_grid(vectors):
    across = round((len(vectors) * ASPECT) ** 0.5)
    order = numpy.random.default_rng(1).permutation(len(vectors))
    return numpy.stack((order % across, order // across), 1).astype(float)


PEERS = {"random_grid": random_grid, "sklearn_tsne_points": tsne, "sklearn_tsne_on_grid": tsne_grid}


def judge(vectors, points):
    return {f"trust_at_{k}": round(float(sklearn.manifold.trustworthiness(vectors, points, n_neighbors=k)), 4)
            for k in (10, 50) if k < len(vectors) / 2}


def compare(program, vectors, rounds, work):
    """One size: what layout_bench says of ours, and each peer's middle time and trustworthiness."""
    vectors = numpy.ascontiguousarray(vectors, numpy.float32)
    vectors.tofile(work / "vectors.f32")
    command = [program, work / "vectors.f32", str(vectors.shape[1]), str(len(vectors)), "1", work / "places.f64"]
    runs, times, points = [], {}, {}
    for _ in range(rounds):
        runs.append(json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout))
        for name, peer in PEERS.items() if sklearn else ():
            start = time.process_time()
            points[name] = peer(vectors)
            times.setdefault(name, []).append(time.process_time() - start)
    result = runs[-1]
    result["rounds"] = rounds
    for name, entry in result.items():
        if isinstance(entry, dict):
            entry["cpu_seconds"] = round(statistics.median(run[name]["cpu_seconds"] for run in runs), 3)
    if sklearn:
        places = numpy.fromfile(work / "places.f64").reshape(-1, 4)
        result["meaning"]["judged_by_sklearn"] = judge(vectors, places[:, :2] + places[:, 2:] / 2)
        result["peers"] = {name: {"cpu_seconds": round(statistics.median(times[name]), 3), **judge(vectors, points[name])}
                           for name in PEERS}
    return result


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("vitrine")
    parser.add_argument("program")
    parser.add_argument("photos")
    parser.add_argument("--pictures", type=int, nargs="+", default=[100, 500, 2000])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--out", default=pathlib.Path(__file__).parent / "results/layout.json")
    options = parser.parse_args()
    packages = ("numpy", "scikit-learn", "scipy") if sklearn else ("numpy",)
    results = {"cores": os.cpu_count(), "load_average_before": os.getloadavg()[0], "threads_each": 1,
               "versions": {name: importlib.metadata.version(name) for name in packages}}
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        vectors = vectors_of(options.vitrine, options.photos, max(options.pictures), work)
        results["results"] = [compare(options.program, vectors[:count], options.rounds, work)
                              for count in options.pictures if count <= len(vectors)]
    results["load_average_after"] = os.getloadavg()[0]
    pathlib.Path(options.out).write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
