#!/usr/bin/env python3
"""From a sentence to its hits with the text tower of CLIP ViT-B/32, random weights: as a new process, and in one that is warm.

usage: text_speed.py --bin build/release/bin --pack PACK --photos FOLDER [--out bench/results/text_speed.json]

PACK is FOLDER/vit of bench/precisions.py. For each precision a library of its own is indexed; then all take turns. cold: wall
time of `vitrine search`, from the process's start to its end, files in the page cache, the opened graph kept from the run
before. cold_nothing_kept: the same with a cache folder that cannot be made. warm: one process answers many sentences, less one that answers a single one, a sentence. Beside them: a Python
process that opens the float32 tower with ONNX Runtime and runs it once, the text filled up to the tower's length, as the usual scripts do (--peers: the folder of
modelkit/requirements-import.txt's packages).
"""
import argparse
import json
import os
import pathlib
import resource
import subprocess
import sys
import tempfile
import time

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[1]
WORDS = "dog snow bicycle market kayak concert bridge garden guitar station church horse forest kitchen baby desk".split()
SENTENCES = [f"a {a} near a {b} at dusk" for a in WORDS for b in WORDS if a != b]
PEER = """
import sys, json, numpy, onnxruntime
from tokenizers import Tokenizer
pack = json.load(open(sys.argv[1] + "/pack.json"))["text"]
tokenizer = Tokenizer.from_file(sys.argv[1] + "/" + pack["tokenizer"]["file"])
tokenizer.enable_padding(length=pack["tokenizer"]["max_tokens"], pad_id=pack["tokenizer"].get("pad_id", 0))
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = 2
session = onnxruntime.InferenceSession(sys.argv[1] + "/" + pack["file"], options, providers=["CPUExecutionProvider"])
ids = numpy.array([tokenizer.encode(sys.argv[2]).ids], numpy.int32 if pack["dtype"] == "int32" else numpy.int64)
print(session.run(None, {pack["input_ids"]: ids})[0].shape)
"""


def timed(command, **environment):
    """Milliseconds of the whole process: wall, processor."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False, env={**os.environ, **environment})
    if done.returncode not in (0, 1):
        sys.exit(f"{command}: {done.stderr}")
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1000 * np.array([wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime])


def spread(times):
    wall, processor = np.array(times).T
    return {"p50_ms": round(float(np.median(wall)), 1), "best_ms": round(float(wall.min()), 1), "processor_p50_ms": round(float(np.median(processor)), 1)}


def measure(arguments, work):
    tower = json.loads((arguments.pack / "pack.json").read_text())["image"]
    precisions = [entry["precision"] for entry in (tower, *tower["variants"]) if entry["precision"] in ("fp32", "int8", "int4")]
    program, batch = [arguments.bin / "vitrine", "--model", arguments.pack], work / "sentences"
    library = {precision: ["--library", work / precision, "--precision", precision] for precision in precisions}
    photos = work / "photos"
    photos.mkdir()
    paths = sorted(pathlib.Path(arguments.photos).glob("*.jpg"))
    for path in paths[:arguments.pictures]:
        (photos / path.name).write_bytes(path.read_bytes())
    for precision in precisions:
        timed([*program, *library[precision], "-q", "index", photos])
        timed([*program, *library[precision], "search", SENTENCES[-1]])  # leaves the opened graph behind
    cold, bare, warm = ({name: [] for name in precisions} for _ in range(3))
    peer = []
    for number in range(arguments.rounds):
        sentence = SENTENCES[number % len(SENTENCES)]
        for precision in precisions:
            cold[precision].append(timed([*program, *library[precision], "search", "--json", sentence]))
            bare[precision].append(timed([*program, *library[precision], "search", "--json", sentence], XDG_CACHE_HOME="/dev/null/none"))
            batch.write_text("\n".join(SENTENCES[:arguments.sentences]))
            many = timed([*program, *library[precision], "search", "--jsonl", "--queries", batch])
            batch.write_text(sentence)
            warm[precision].append((many - timed([*program, *library[precision], "search", "--jsonl", "--queries", batch])) / (arguments.sentences - 1))
        peer.append(timed([sys.executable, "-c", PEER, arguments.pack, sentence], PYTHONPATH=str(arguments.peers)))
    named = {"cold": cold, "cold_nothing_kept": bare, "warm": warm}
    return {what: {name: spread(times) for name, times in one.items()} for what, one in named.items()} | {"python_cold": spread(peer)}


def cpu():
    return next(line.split(":")[1].strip() for line in open("/proc/cpuinfo", encoding="utf-8") if line.startswith("model name"))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", type=pathlib.Path, required=True)
    parser.add_argument("--pack", type=pathlib.Path, required=True)
    parser.add_argument("--photos", required=True)
    parser.add_argument("--peers", type=pathlib.Path, default=ROOT / ".deps/modelkit")
    parser.add_argument("--pictures", type=int, default=200)
    parser.add_argument("--sentences", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "bench/results/text_speed.json")
    arguments = parser.parse_args()
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as work:
        os.environ["XDG_CACHE_HOME"] = f"{work}/cache"
        result = measure(arguments, pathlib.Path(work))
    about = json.loads((arguments.pack / "pack.json").read_text())["text"]
    document = {"schema": 1, "what": "a sentence's way to its hits, text tower of CLIP ViT-B/32, random weights, two threads", "cpu": cpu(), "cores": os.cpu_count(),
                "load_average_before_and_after": [round(load, 1), round(os.getloadavg()[0], 1)], "pictures": arguments.pictures, "rounds": arguments.rounds,
                "megabytes": {entry["precision"]: round(entry["bytes"] / 1e6, 1) for entry in (about, *about["variants"])}, **result}
    text = json.dumps(document, indent=1) + "\n"
    print(text, end="")
    arguments.out.write_text(text)


if __name__ == "__main__":
    main()
