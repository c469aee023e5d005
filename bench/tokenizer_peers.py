#!/usr/bin/env python3
"""Speed of tokenizers beside the reference (the Python package `tokenizers`): writes bench/results/tokenizers.json.

usage: tokenizer_peers.py BUILD OUT NAME=FILE.json ...      (needs `tokenizers`, as in modelkit/requirements.txt)

Texts are what tests/golden/make_tokenizer_golden.py makes of words.txt: queries of 1..8 words, mixed strings in all
scripts, and texts of 100 kB. Both sides encode one text at a time in one thread, in turns; the reference's time holds
its call from Python, and is also taken over batches, where that is shared. Nothing is written if any id differs.
"""
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile
import time

os.environ["TOKENIZERS_PARALLELISM"] = "false"
ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests/golden"))

import tokenizers  # noqa: E402
from make_wordpiece_golden import Numbers, block_hash, string  # noqa: E402

MAX_TOKENS = 64
ROUNDS = 3
END = "\x1e"  # Of each text in the file that the program reads.


def workloads():
    words = (ROOT / "tests/golden/tokenizers/words.txt").read_bytes().decode().split(END)

    def query(index):
        numbers = Numbers(index)
        return " ".join(words[numbers.below(3000)] for _ in range(1 + numbers.below(8)))

    mixed = [text for i in range(5000) if i % 500 != 2 and END not in (text := string(i, words))]
    return {"queries": [query(i) for i in range(20_000)], "mixed": mixed, "100 kB": [string(i, words) for i in range(2, 10_000, 500)]}


def peer(tokenizer, texts, batched):
    start = time.perf_counter()
    if batched:
        encodings = tokenizer.encode_batch(texts)
    else:
        encodings = [tokenizer.encode(text) for text in texts]
    return time.perf_counter() - start, encodings


def measure(program, path, texts, folder):
    file = pathlib.Path(folder) / "texts"
    file.write_bytes("".join(text + END for text in texts).encode())
    tokenizer = tokenizers.Tokenizer.from_file(path)
    tokenizer.enable_truncation(MAX_TOKENS)
    tokenizer.no_padding()
    ours, one, batch = [], [], []
    for _ in range(ROUNDS):
        said = json.loads(subprocess.run([program, path, file, str(MAX_TOKENS)], check=True, capture_output=True).stdout)
        ours.append(said["rounds_s"][0])
        seconds, encodings = peer(tokenizer, texts, False)
        one.append(seconds)
        batch.append(peer(tokenizer, texts, True)[0])
    if said["texts"] != len(texts) or said["hash"] != block_hash(e.ids for e in encodings):
        sys.exit(f"{path}: the ids are not the reference's")
    ids = said["ids"]
    rate = lambda seconds: round(ids / statistics.median(seconds))
    return {"texts": len(texts), "ids": ids,
            "vitrine_ids_per_s": rate(ours), "reference_ids_per_s": rate(one), "reference_batch_ids_per_s": rate(batch),
            "times_the_reference": round(statistics.median(one) / statistics.median(ours), 2),
            "times_the_reference_batch": round(statistics.median(batch) / statistics.median(ours), 2)}


def load_times(program, path, folder):
    file = pathlib.Path(folder) / "texts"
    file.write_bytes(f"a{END}".encode())
    ours, theirs = [], []
    for _ in range(ROUNDS):
        ours.append(json.loads(subprocess.run([program, path, file, str(MAX_TOKENS)], check=True, capture_output=True).stdout)["load_s"])
        start = time.perf_counter()
        tokenizers.Tokenizer.from_file(path)
        theirs.append(time.perf_counter() - start)
    return {"vitrine_load_ms": round(1000 * statistics.median(ours), 1), "reference_load_ms": round(1000 * statistics.median(theirs), 1)}


def cpu():
    for line in open("/proc/cpuinfo", encoding="utf-8"):
        if line.startswith("model name"):
            return line.split(":")[1].strip()
    return platform.machine()


def main(build, out, named):
    program = str(pathlib.Path(build) / "bin/tokenizer_bench")
    result = {"schema": 1, "what": "ids a second of tokenizers, one thread, beside the reference", "max_tokens": MAX_TOKENS, "rounds": ROUNDS,
              "machine": {"cpu": cpu(), "cores": os.cpu_count(), "load_average": os.getloadavg()[0]}, "reference": f"tokenizers {tokenizers.__version__}",
              "tokenizers": {}}
    with tempfile.TemporaryDirectory() as folder:
        for name, path in (entry.split("=", 1) for entry in named):
            result["tokenizers"][name] = {"bytes": os.path.getsize(path), **load_times(program, path, folder),
                                          **{kind: measure(program, path, texts, folder) for kind, texts in workloads().items()}}
    pathlib.Path(out).write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
