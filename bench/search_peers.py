#!/usr/bin/env python3
"""Exact search beside its peers, interleaved on the same vectors: writes bench/results/search_exact.json.

usage: search_peers.py SEARCH_BENCH [--rows N] [--dimensions D ...] [--rounds N] [--out FILE]

Runs in an environment with bench/requirements.txt. SEARCH_BENCH makes the vectors and answers in a process of its own;
each round it runs first, then each peer on as many threads as there are cores, so that a busy machine is busy for all.
"""
import argparse
import importlib.metadata
import json
import os
import pathlib
import statistics
import subprocess
import tempfile
import time

import faiss
import numpy
import usearch.index

SINGLES = 20
BATCH = 32
HITS = 10


def flat_f32(pictures):
    index = faiss.IndexFlatIP(pictures.shape[1])
    index.add(pictures)
    return lambda queries: index.search(queries, HITS)[1]


def scalar_quantiser(pictures):
    index = faiss.IndexScalarQuantizer(pictures.shape[1], faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT)
    index.train(pictures[:20000])
    index.add(pictures)
    return lambda queries: index.search(queries, HITS)[1]


def usearch_exact(pictures):
    def search(queries):
        found = usearch.index.search(pictures, queries, HITS, usearch.index.MetricKind.IP, exact=True)
        return numpy.atleast_2d(found.keys)
    return search


def numpy_f32(pictures):
    def search(queries):
        scores = queries @ pictures.T
        best = numpy.argpartition(-scores, HITS, axis=1)[:, :HITS]
        order = numpy.argsort(-numpy.take_along_axis(scores, best, axis=1), axis=1)
        return numpy.take_along_axis(best, order, axis=1)
    return search


PEERS = {"faiss_flat_f32": flat_f32, "faiss_sq8": scalar_quantiser, "usearch_exact_f32": usearch_exact,
         "numpy_f32": numpy_f32}


def milliseconds(work):
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def quantile(values, q):
    return sorted(values)[round(q * (len(values) - 1))]


def recall(search, truth, sentences):
    found = search(sentences)
    hits = sum(len(set(a) & set(b)) for a, b in zip(found.tolist(), truth.tolist()))
    return hits / truth.size


def compare(program, rows, dimension, rounds):
    """One size: our JSON, and the same figures for each peer."""
    with tempfile.TemporaryDirectory() as folder:
        ours = subprocess.Popen([program, str(rows), str(dimension), str(rounds), folder], text=True,
                                stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert ours.stdout.readline() == "ready\n"
        pictures = numpy.fromfile(f"{folder}/pictures.f32", numpy.float32).reshape(rows, dimension)
        sentences = numpy.fromfile(f"{folder}/sentences.f32", numpy.float32).reshape(-1, dimension)
    searches = {name: build(pictures) for name, build in PEERS.items()}
    truth = searches["numpy_f32"](sentences)
    times = {name: ([], []) for name in PEERS}
    for _ in range(rounds):
        ours.stdin.write("go\n")
        ours.stdin.flush()
        assert ours.stdout.readline() == "done\n"
        for name, search in searches.items():
            single, batch = times[name]
            single += [milliseconds(lambda q=q: search(sentences[q:q + 1])) for q in range(SINGLES)]
            batch.append(milliseconds(lambda: search(sentences[:BATCH])) / BATCH)
    result = {"vitrine": json.loads(ours.stdout.readline())}
    ours.wait()
    for name, search in searches.items():
        single, batch = times[name]
        result[name] = {"single_p50_ms": round(statistics.median(single), 3),
                        "single_p95_ms": round(quantile(single, 0.95), 3),
                        "batch32_ms_per_query": round(statistics.median(batch), 3),
                        "recall_at_10": round(recall(search, truth, sentences), 4)}
        result[name]["times_vitrine"] = round(
            result[name]["single_p50_ms"] / result["vitrine"]["single_p50_ms"], 2)
    return result


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--dimensions", type=int, nargs="+", default=[256, 512])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--out", default=pathlib.Path(__file__).parent / "results/search_exact.json")
    options = parser.parse_args()
    faiss.omp_set_num_threads(os.cpu_count())
    versions = {name: importlib.metadata.version(name) for name in ("faiss-cpu", "numpy", "usearch")}
    results = {"cores": os.cpu_count(), "load_average_before": os.getloadavg()[0], "versions": versions,
               "results": [compare(options.program, options.rows, d, options.rounds) for d in options.dimensions]}
    results["load_average_after"] = os.getloadavg()[0]
    pathlib.Path(options.out).write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
