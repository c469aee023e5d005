#!/usr/bin/env python3
"""Compares the decoder with the usual Python path on 12-megapixel JPEGs, and writes bench/results/decode.json.

usage: decode_peers.py PHOTOS BENCH [--count 24] [--rounds 7] [--output FILE]

PHOTOS is a folder of photographs: each is enlarged to 4032 x 3024, given the fine grain of a sensor (seed 1) and saved
at quality 90, 4:2:0, which makes files of the size that cameras make. BENCH is the built program decode_bench, run
between the peers' rounds, all on one core.
"""
import argparse
import json
import os
import pathlib
import platform
import statistics
import subprocess
import tempfile
import time

import numpy
from PIL import Image

SIZE = (4032, 3024)


def make_photos(source, folder, count):
    random = numpy.random.default_rng(1)
    for index, path in enumerate(sorted(pathlib.Path(source).glob("*.jpg"))[:count]):
        photo = Image.open(path).convert("RGB").resize(SIZE, Image.Resampling.BICUBIC)
        pixels = numpy.asarray(photo, dtype=numpy.int16)
        grain = random.normal(0, 4, (SIZE[1], SIZE[0], 1)).astype(numpy.int16)
        Image.fromarray(numpy.clip(pixels + grain, 0, 255).astype(numpy.uint8)).save(
            folder / f"{index:03}.jpg", quality=90, subsampling="4:2:0")


def pillow_full(path):
    return Image.open(path).convert("RGB").resize((347, 260), Image.Resampling.BICUBIC)


def pillow_draft(path):
    image = Image.open(path)
    image.draft("RGB", (347, 260))
    return image.convert("RGB").resize((347, 260), Image.Resampling.BICUBIC)


def milliseconds(decode, paths):
    start = time.perf_counter()
    for path in paths:
        decode(path)
    return (time.perf_counter() - start) * 1000 / len(paths)


def cpu_name():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":")[1].strip()
    return platform.processor()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("photos")
    parser.add_argument("bench")
    parser.add_argument("--count", type=int, default=24)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--output", default="bench/results/decode.json")
    options = parser.parse_args()
    peers = {"pillow_full_bicubic": pillow_full, "pillow_draft_bicubic": pillow_draft}
    times = {name: [] for name in peers}
    runs = []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        make_photos(options.photos, folder, options.count)
        paths = sorted(folder.iterdir())
        megabytes = sum(path.stat().st_size for path in paths) / len(paths) / 1e6
        for _ in range(options.rounds):
            runs.append(json.loads(subprocess.check_output([options.bench, name, "1"])))
            for peer, decode in peers.items():
                times[peer].append(milliseconds(decode, paths))
    result = {
        "bench": "decode", "machine": cpu_name(), "cores": os.cpu_count(), "system": platform.platform(),
        "load_average": round(os.getloadavg()[0], 1),
        "picture": f"{SIZE[0]} x {SIZE[1]} JPEG, quality 90, 4:2:0, {megabytes:.1f} MB",
        "pictures": len(paths), "rounds": options.rounds, "seed": 1, "compiler": runs[0]["compiler"],
        "median_ms_per_picture": {
            side: round(statistics.median(run[side]["median_ms"] for run in runs), 2)
            for side in ("sandboxed", "unsandboxed")} | {
            peer: round(statistics.median(values), 2) for peer, values in times.items()},
    }
    medians = result["median_ms_per_picture"]
    result["sandbox_cost"] = round(medians["sandboxed"] / medians["unsandboxed"] - 1, 3)
    result["times_faster_than_pillow_full"] = round(medians["pillow_full_bicubic"] / medians["sandboxed"], 1)
    pathlib.Path(options.output).write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
