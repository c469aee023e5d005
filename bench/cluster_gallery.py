#!/usr/bin/env python3
"""The gallery and the tags of a library on a cluster beside the same library on this machine: writes bench/results/cluster_gallery.json.

usage: tools/test-cluster exec python3 bench/cluster_gallery.py VITRINE LIBRARY CAPTIONS [--rounds 15] [--out FILE]

LIBRARY holds the pictures (bench/made_pictures.py makes 100,000) and is copied to the cluster first; CAPTIONS has a sentence
behind a tab on each line. `vitrine serve` of both answers the same requests in turn, each with another sentence or picture, so
that nothing is answered from what was asked before, but for the timeline that was open and the facets of everything. Then `vitrine tags suggest` judges
the whole library, once each. The three nodes and both servers share this machine's cores.
"""
import argparse
import json
import os
import pathlib
import random
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests/e2e"))
from server_client import Server, check  # noqa: E402

REMOTE = "opensearch://127.0.0.1:9201/gallery"


def run(*command):
    return subprocess.run([str(word) for word in command], check=True, capture_output=True, text=True).stdout


def requests(sentences, ids):
    """What a page asks for: {name: requests}, each a method, a path and a body."""
    sentences = [urllib.parse.quote(sentence) for sentence in sentences]
    pages = "/api/v1/pictures"
    return {
        "a timeline of all pictures": [("GET", f"{pages}?q=-iso:>{300_000 + number}", None) for number in range(len(ids))],
        "the timeline that was open": [("GET", pages, None) for _ in ids],
        "facets of everything": [("GET", "/api/v1/facets", None) for _ in ids],
        "200 hits of a sentence": [("GET", f"{pages}?q={sentence}&limit=200", None) for sentence in sentences],
        "facets of a sentence": [("GET", f"/api/v1/facets?q={sentence}", None) for sentence in sentences],
        "200 pictures like one": [("GET", f"{pages}?q=id:{picture}&limit=200", None) for picture in ids],
        "the facts of a picture": [("GET", f"{pages}/{picture}", None) for picture in ids],
        "tags suggested for a picture": [("POST", "/api/v1/tags/suggest", {"ids": [picture]}) for picture in ids],
    }


def timed(server, method, path, body):
    start = time.perf_counter()
    answer = server.send(method, path, body=body)
    spent = (time.perf_counter() - start) * 1000
    check(answer.status == 200, path, answer.status, answer.body)
    return spent, answer.json()


def figures(times):
    ordered = sorted(times)
    return {"p50_ms": round(statistics.median(ordered), 1), "slowest_ms": round(ordered[-1], 1)}


def ask_in_turn(servers, asked):
    times = {place: [] for place in servers}
    for number, request in enumerate(asked):
        for place, server in servers.items():
            spent, _ = timed(server, *request)
            if number > 0:  # The first one warms both.
                times[place].append(spent)
    return {place: figures(spent) for place, spent in times.items()}


def suggest_for_all(vitrine, library):
    start = time.perf_counter()
    lines = run(vitrine, "-q", "--library", library, "tags", "suggest", "--jsonl", "-n", 1).count("\n")
    return {"seconds": round(time.perf_counter() - start, 1), "pictures": lines}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("vitrine")
    parser.add_argument("library")
    parser.add_argument("captions")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--out", default=str(ROOT / "bench/results/cluster_gallery.json"))
    arguments = parser.parse_args()
    library, out, vitrine = (str(pathlib.Path(path).resolve()) for path in (arguments.library, arguments.out, arguments.vitrine))
    lines = pathlib.Path(arguments.captions).read_text(encoding="utf-8").splitlines()
    random.seed(8)
    sentences = ["".join(letter for letter in line.split("\t")[1] if letter.isalnum() or letter == " ").lower()
                 for line in random.sample(lines, arguments.rounds + 1)]
    load_before = os.getloadavg()[0]
    copied = json.loads(run(vitrine, "-q", "library", "copy", "--json", library, REMOTE))
    with tempfile.TemporaryDirectory() as work:
        os.chdir(work)
        servers = {"here": Server(vitrine, library), "cluster": Server(vitrine, REMOTE)}
        everything = timed(servers["here"], "GET", "/api/v1/pictures", None)[1]["ids"]
        ids = random.sample(everything, arguments.rounds + 1)
        result = {
            "what": "the gallery and the tags of a library on three nodes of OpenSearch on the same machine, beside the one it was copied from",
            "cores": os.cpu_count(),
            "load_before": round(load_before, 1),
            "pictures": copied["pictures"],
            "times_each": arguments.rounds,
            "answers": {name: ask_in_turn(servers, asked) for name, asked in requests(sentences, ids).items()},
            "memory_mb": {place: server.memory_kb(most=True) // 1024 for place, server in servers.items()},
        }
        for server in servers.values():
            server.stop()
        result["tags suggested for all"] = {place: suggest_for_all(vitrine, where) for place, where in (("here", library), ("cluster", REMOTE))}
        os.chdir(ROOT)
    pathlib.Path(out).write_text(json.dumps(result, indent=1) + "\n")
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
