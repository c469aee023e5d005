#!/usr/bin/env python3
"""A library on a real three-node cluster beside the same one on this machine: writes bench/results/cluster.json.

usage: cluster.py VITRINE LIBRARY CAPTIONS [--queries 200] [--out FILE]

LIBRARY holds the pictures (bench/made_pictures.py makes 100,000), CAPTIONS a sentence behind a tab on each line. The cluster
is that of tools/test-cluster, on the same two cores: what it costs to speak to one shows here, not what more machines give.

- load: pictures/s of `vitrine library copy`, for one and for four bytes a dimension; disk and memory of each node.
- search: each caption is asked of both, one after the other; then 8 programs ask at once. Shared hits among the best ten.
- filters that lean on the vectors: the pictures nearest to a sentence are tagged, 0.1 %, 1 %, 10 % and 40 % of all, and asked
  for with sentences of the same kind and of another. Up to 20,000 allowed pictures the cluster compares all, above it walks its graph.
"""
import argparse
import json
import os
import pathlib
import platform
import random
import statistics
import subprocess
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
CLUSTER = str(ROOT / "tools/test-cluster")
NODES = [f"http://127.0.0.1:{port}" for port in (9201, 9202, 9203)]
HITS = 10
CLIENTS = 8
SHARES = (0.001, 0.01, 0.1, 0.4)
LEANING = ["a dog runs over grass", "a man on a bicycle", "children play in the water", "people in a street", "a snowy mountain"]
ALIKE = ["a brown dog with a ball", "two dogs play", "a dog jumps", "a puppy in a garden"]
UNLIKE = ["a boat on a lake", "a guitar on a stage", "a city at night", "a red car"]
MOST_HITS = 10_000  # That one query gives.


class Asker:
    """A program that answers lines."""

    def __init__(self, vitrine, library):
        far = library.startswith("opensearch:")
        command = ([CLUSTER, "exec"] if far else []) + [vitrine, "-q", "--library", library, "search", "--queries", "-", "--jsonl", "-n", str(HITS)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.ask("warm")

    def ask(self, query):
        start = time.perf_counter()
        print(query, file=self.process.stdin, flush=True)
        answer = json.loads(self.process.stdout.readline())
        return (time.perf_counter() - start) * 1000, [hit["id"] for hit in answer["hits"]]

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def run(*command):
    return subprocess.run([str(word) for word in command], check=True, capture_output=True, text=True).stdout


def figures(times):
    ordered = sorted(times)
    return {"count": len(ordered), "p50_ms": round(statistics.median(ordered), 1), "p95_ms": round(ordered[int(0.95 * (len(ordered) - 1))], 1)}


def together(here, there, queries):
    """Both asked the same, in turn: their times, and the share of hits that they have in common."""
    near, far, shared, wanted = [], [], 0, 0
    for query in queries:
        (near_ms, near_ids), (far_ms, far_ids) = here.ask(query), there.ask(query)
        near.append(near_ms)
        far.append(far_ms)
        shared += len(set(near_ids) & set(far_ids))
        wanted += len(near_ids)
    return {"here": figures(near), "cluster": figures(far), "shared_of_best_10": round(shared / wanted, 4)}


def at_once(vitrine, library, queries):
    """CLIENTS programs, each with its share of the queries."""
    askers = [Asker(vitrine, library) for _ in range(CLIENTS)]
    times = [[] for _ in askers]

    def work(number):
        for query in queries[number::CLIENTS]:
            times[number].append(askers[number].ask(query)[0])

    threads = [threading.Thread(target=work, args=(number,)) for number in range(CLIENTS)]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - start
    for asker in askers:
        asker.close()
    return figures(sum(times, [])) | {"queries_a_second": round(len(queries) / seconds, 1)}


def tag_leaning(vitrine, library, pictures):
    """Tags the pictures nearest to the sentences, a share of the library each: {share: tag}."""
    tags = {}
    for share in SHARES:
        tag = f"leaning/{share:g}"
        wanted, chosen = int(share * pictures), {}
        for sentence in LEANING:
            if len(chosen) >= wanted:
                break
            hits = run(vitrine, "-q", "--library", library, "search", sentence, "-n", min(wanted, MOST_HITS)).splitlines()
            hits = [line.split("\t", 1)[1] for line in hits]
            chosen.update(dict.fromkeys(hits[:wanted - len(chosen)]))
        paths = list(chosen)
        for first in range(0, len(paths), 2000):
            run(vitrine, "-q", "--library", library, "tags", "add", tag, *paths[first:first + 2000])
        tags[share] = (tag, len(paths))
    return tags


def node_sizes():
    disks = json.loads(run(CLUSTER, "exec", "curl", "-sf", NODES[0] + "/_cat/allocation?format=json&bytes=mb"))
    disk = {row["node"]: int(row["disk.indices"]) for row in disks if row["node"] != "UNASSIGNED"}
    memory = {line.split()[0]: int(line.split()[2]) for line in run(CLUSTER, "status").splitlines()}
    return [{"disk_mb": disk[node], "memory_mb": memory[node]} for node in sorted(disk)]


def measure(vitrine, library, kind, captions, tags):
    run(CLUSTER, "up")
    remote = f"opensearch://127.0.0.1:9201/{kind}"
    copy = [CLUSTER, "exec", vitrine, "-q", "library", "copy", "--json", library, remote] + (["--floats"] if kind == "floats" else [])
    first = json.loads(run(*copy))
    again = json.loads(run(*copy))
    sizes = node_sizes()
    here, there = Asker(vitrine, library), Asker(vitrine, remote)
    result = {
        "load": {"pictures": first["pictures"], "seconds": round(first["seconds"], 1), "pictures_a_second": round(first["pictures"] / first["seconds"]),
                 "again_seconds": round(again["seconds"], 1), "shards": first["shards"]},
        "nodes": sizes,
        "one_client": together(here, there, captions),
        "filters": [{"allowed": allowed, "share": share, "asked": asked} | together(here, there, [f"{query} tag:{tag}" for query in queries])
                    for share, (tag, allowed) in tags.items() for asked, queries in (("alike", ALIKE), ("unlike", UNLIKE))],
    }
    here.close()
    there.close()
    result["eight_clients"] = {"cluster": at_once(vitrine, remote, captions), "here": at_once(vitrine, library, captions)}
    run(CLUSTER, "down")
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("vitrine")
    parser.add_argument("library")
    parser.add_argument("captions")
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--out", default=str(ROOT / "bench/results/cluster.json"))
    arguments = parser.parse_args()
    os.environ["VITRINE_CLUSTER_NODES"] = ",".join(NODES)
    lines = pathlib.Path(arguments.captions).read_text(encoding="utf-8").splitlines()
    captions = [line.split("\t")[1] for line in random.Random(8).sample(lines, arguments.queries)]
    captions = ["".join(letter for letter in caption if letter.isalnum() or letter == " ").lower() for caption in captions]
    library = str(pathlib.Path(arguments.library).resolve())
    pictures = json.loads(run(arguments.vitrine, "--library", library, "library", "stats", "--json"))["pictures"]
    tags = tag_leaning(arguments.vitrine, library, pictures)
    result = {"what": "a library on three nodes of OpenSearch on the same machine, beside the one they were copied from",
              "cpu": platform.processor() or platform.machine(), "cores": os.cpu_count(), "load_before": os.getloadavg()[0]}
    for kind in ("byte", "floats"):
        result[kind] = measure(arguments.vitrine, library, kind, captions, tags)
        pathlib.Path(arguments.out).write_text(json.dumps(result, indent=1) + "\n")
        print(json.dumps(result[kind], indent=1))


if __name__ == "__main__":
    main()
