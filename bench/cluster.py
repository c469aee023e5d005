#!/usr/bin/env python3
"""A library on a test cluster beside the same library on this machine: writes bench/results/cluster.json.

usage: cluster.py VITRINE PHOTOS CAPTIONS [--pictures N] [--work FOLDER] [--out FILE]

Run it where the cluster is: tools/test-cluster exec python3 bench/cluster.py ... PHOTOS is a folder of real photographs, of
which --real are indexed with the starter model; the others of the N are blends of two of them with some noise, so that
neighbours are as close as real ones. Queries are CAPTIONS (a table of file name and sentence), asked with and without filters. Both
engines are asked the same, one query of each after the other; recall@10 is against the exact local index. All three nodes,
the client and whatever else runs share this machine's cores.
"""
import argparse
import concurrent.futures
import json
import os
import pathlib
import platform
import random
import statistics
import subprocess
import time

import numpy

NODES = "http://127.0.0.1:9201,http://127.0.0.1:9202,http://127.0.0.1:9203"
ROOT = pathlib.Path(__file__).resolve().parent.parent
SEED = 8


def run(*command, text=None):
    return subprocess.run([str(word) for word in command], check=True, capture_output=True, text=True, input=text).stdout


def make_library(arguments, library):
    """The real pictures, and blends of their vectors as pictures without a file."""
    work = library.parent
    names = sorted(pathlib.Path(arguments.photos).glob("*.jpg"))[: arguments.real]
    chosen = work / "photos"
    chosen.mkdir(parents=True, exist_ok=True)
    for name in names:
        if not (chosen / name.name).exists():
            os.link(name, chosen / name.name) if os.stat(name).st_dev == os.stat(chosen).st_dev else (chosen / name.name).write_bytes(name.read_bytes())
    run(arguments.vitrine, "--library", library, "-q", "index", chosen)
    run(arguments.vitrine, "--library", library, "export", "vectors", "--npy", work / "real.npy")
    real = numpy.load(work / "real.npy")
    made = arguments.pictures - len(real)
    source = numpy.random.default_rng(SEED)
    a, b = source.integers(len(real), size=(2, made))
    vectors = 0.8 * real[a] + 0.45 * real[b] + 0.25 * source.standard_normal((made, real.shape[1])) / real.shape[1] ** 0.5
    vectors /= numpy.linalg.norm(vectors, axis=1, keepdims=True)
    numpy.save(work / "made.npy", vectors.astype(numpy.float32))
    with open(work / "ids.txt", "w") as ids:
        for i in range(made):
            ids.write(f"made-{i}\tset{i % 1000:03d}/made-{i}.jpg\n")
    run(arguments.vitrine, "--library", library, "import", "vectors", "--npy", work / "made.npy", "--ids", work / "ids.txt")
    run(arguments.vitrine, "--library", library, "library", "index", "--kind", "exact")
    return len(real)


def ask(vitrine, library, queries):
    """Answers, asked one after the other of one process: the next query is typed when the answer to the last is there."""
    command = [vitrine, "--library", str(library), "search", "--queries", "-", "--jsonl", "-n", "10"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        answers = []
        for query in queries:
            process.stdin.write(query + "\n")
            process.stdin.flush()
            answers.append(json.loads(process.stdout.readline()))
        process.stdin.close()
    return answers


def timed(answers):
    times = sorted(answer["took_ms"] for answer in answers)
    return {"p50_ms": round(statistics.median(times), 2), "p95_ms": round(times[int(0.95 * len(times))], 2)}


def recall(truth, answers):
    shares = []
    for a, b in zip(truth, answers):
        best = {hit["id"] for hit in a["hits"]}
        if best:
            shares.append(len(best & {hit["id"] for hit in b["hits"]}) / len(best))
    return round(statistics.mean(shares), 4)


def one_by_one(vitrine, local, remote, queries):
    """In pieces, so that what else runs on the machine is there for both."""
    here, there = [], []
    for first in range(0, len(queries), 25):
        piece = queries[first:first + 25]
        here += ask(vitrine, local, piece)
        there += ask(vitrine, remote, piece)
    return here, there


def disk_and_memory():
    status = run(ROOT / "tools/test-cluster", "status").splitlines()
    store = json.loads(run("curl", "-sf", "http://127.0.0.1:9201/_nodes/stats/indices/store"))
    return {"memory_mib": [int(line.split()[2]) for line in status],
            "disk_mib": sorted(round(node["indices"]["store"]["size_in_bytes"] / 2**20) for node in store["nodes"].values())}


def measure(arguments, local, remote, captions, flags):
    vitrine = arguments.vitrine
    start = time.monotonic()
    report = json.loads(run(vitrine, "-q", "library", "copy", "--json", *flags, local, remote))
    result = {"load": {"pictures": report["pictures"], "shards": report["shards"], "seconds": round(time.monotonic() - start, 1),
                       "pictures_per_second": round(report["written"] / report["seconds"])}}
    run("curl", "-sf", "-X", "POST", "http://127.0.0.1:9201/_flush")
    result["a_node"] = disk_and_memory()
    ask(vitrine, remote, captions[:40])
    # A picture in a thousand, in a hundred, in ten: by folder, and so (blends apart) not by what is seen.
    filters = {"none": "", "0.1 %": " folder:set007", "1 %": " folder:set00*", "10 %": " folder:set0*"}
    result["one_client"] = {}
    for name, text in filters.items():
        here, there = one_by_one(vitrine, local, remote, [caption + text for caption in captions])
        result["one_client"][name] = {"cluster": timed(there), "local": timed(here), "recall_at_10": recall(here, there)}
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        start = time.monotonic()
        answers = [answer for some in pool.map(lambda i: ask(vitrine, remote, captions[i::8]), range(8)) for answer in some]
        result["eight_clients"] = {**timed(answers), "queries_per_second": round(len(answers) / (time.monotonic() - start), 1)}
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("vitrine")
    parser.add_argument("photos")
    parser.add_argument("captions")
    parser.add_argument("--pictures", type=int, default=100_000)
    parser.add_argument("--real", type=int, default=1500)
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--work", default="build/bench-cluster")
    parser.add_argument("--kinds", nargs="*", default=["byte", "float"])
    parser.add_argument("--out", default=str(ROOT / "bench/results/cluster.json"))
    arguments = parser.parse_args()
    os.environ["VITRINE_CLUSTER_NODES"] = NODES
    work = pathlib.Path(arguments.work).resolve()
    work.mkdir(parents=True, exist_ok=True)
    library = work / "library"
    real = arguments.real if (work / "ids.txt").exists() else make_library(arguments, library)
    sentences = [line.split("\t")[1] for line in pathlib.Path(arguments.captions).read_text().splitlines()]
    captions = [sentence.replace('"', "").replace(":", "").replace("-", " ").strip(" .") for sentence in random.Random(SEED).sample(sentences, arguments.queries)]
    result = {"machine": {"cpu": platform.processor() or platform.machine(), "cores": os.cpu_count(), "shared": "three nodes, the client and other work"},
              "cluster": {"nodes": 3, "version": "3.3.2", "engine": "lucene hnsw m 16 efc 128", "heap": os.environ.get("HEAP", "512m"), "replicas": 1},
              "pictures": arguments.pictures, "real_pictures": real, "queries": len(captions), "seed": SEED,
              "model": json.loads(run(arguments.vitrine, "--library", library, "model", "list", "--json"))["models"][0]["id"]}
    for kind in arguments.kinds:
        flags = ["--floats"] if kind == "float" else []
        result[kind] = measure(arguments, library, f"opensearch://127.0.0.1:9201/bench-{kind}", captions, flags)
        pathlib.Path(arguments.out).write_text(json.dumps(result, indent=1) + "\n")
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
