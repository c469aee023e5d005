#!/usr/bin/env python3
"""Does the way of driving the image tower that a machine's probe chose index sooner than the constants, and than the rest?

usage: tuning.py VITRINE PHOTOS [--pictures 400] [--large 48] [--rounds 5] [--out FILE]

PHOTOS holds real photos. `vitrine model bench` probes first and leaves its choice in a cache folder of its own; for every
way that it tried there is a copy of that folder which says so. Then whole index runs, each into an empty library, take turns
over all ways, round by round: of the photos as they are, and of some upscaled to 4032 x 3024, where decoding is most of the
work. All on the plain kernels (--device cpu), which start at once, so that runs can be short and many. Beside the rate stands
the processor time of the whole run, decode workers included, and that every way gave each picture the same vector (the least
cosine with the constants').
"""
import argparse
import json
import os
import pathlib
import re
import resource
import shutil
import statistics
import subprocess
import tempfile

import numpy
from PIL import Image


def processor():
    lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), "unknown")


def run(vitrine, cache, library, *arguments):
    environment = {**os.environ, "XDG_CACHE_HOME": str(cache), "VITRINE_LIBRARY": str(library)}
    done = subprocess.run([vitrine, "--device", "cpu", *map(str, arguments)], env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"{arguments}: {done.returncode}: {done.stderr}")
    return done.stdout


def cache_of(way, probed, work):
    """A cache folder whose tuning is that way."""
    cache = work / f"cache-{way['threads']}-{way['batch']}"
    shutil.copytree(probed, cache)
    (file,) = (cache / "vitrine" / "tuning").iterdir()
    text, count = re.subn(r"chosen \d+ threads \d+ at once", f"chosen {way['threads']} threads {way['batch']} at once", file.read_text())
    assert count == 1, text
    file.write_text(text)
    return cache


def upscale(photos, folder, count):
    folder.mkdir()
    for name in photos[:count]:
        picture = Image.open(name).convert("RGB").resize((4032, 3024), Image.BICUBIC)
        picture.save(folder / name.name, quality=90)


def gather(photos, folder, count):
    folder.mkdir()
    for name in photos[:count]:
        shutil.copy(name, folder)


def index(vitrine, cache, library, folder):
    shutil.rmtree(library, ignore_errors=True)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    report = json.loads(run(vitrine, cache, library, "index", "--json", folder).splitlines()[-1])
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return report["images_per_second"], 1000 * cpu_s / report["indexed"]


def vectors_of(vitrine, cache, library, work):
    """The library's vectors, in order of content."""
    npy, ids = work / "vectors.npy", work / "vectors.ids"
    run(vitrine, cache, library, "export", "vectors", "--npy", npy, "--ids", ids)
    return numpy.load(npy)[numpy.argsort([line.split("\t")[0] for line in ids.read_text().splitlines()])]


def measure(vitrine, ways, folder, rounds, work):
    rates, cpu_ms, least_cosine, library = [[] for _ in ways], [[] for _ in ways], [1.0 for _ in ways], work / "library"
    for round_ in range(rounds):
        for i, way in enumerate(ways):
            rate, cpu = index(vitrine, way["cache"], library, folder)
            rates[i].append(rate)
            cpu_ms[i].append(cpu)
            if round_ == 0:
                vectors = vectors_of(vitrine, way["cache"], library, work)
                usual = vectors if i == 0 else usual
                least_cosine[i] = float((vectors * usual).sum(1).min())
    return [{"threads": way["threads"], "batch": way["batch"], "chosen": way["chosen"],
             "images_per_second": {"median": round(statistics.median(rates[i]), 1), "best": round(max(rates[i]), 1)},
             "cpu_ms_per_picture": round(statistics.median(cpu_ms[i]), 2), "least_cosine_with_usual": round(least_cosine[i], 6)}
            for i, way in enumerate(ways)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("vitrine")
    parser.add_argument("photos", type=pathlib.Path)
    parser.add_argument("--pictures", type=int, default=400)
    parser.add_argument("--large", type=int, default=48)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--out", type=pathlib.Path)
    asked = parser.parse_args()
    photos = sorted(asked.photos.glob("*.jpg"))
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        bench = json.loads(run(asked.vitrine, work / "probed", work / "none", "model", "bench", "starter", "--json"))
        for way in bench["ways"]:
            way["cache"] = cache_of(way, work / "probed", work)
        gather(photos, work / "photos", asked.pictures)
        upscale(photos, work / "large", asked.large)
        result = {
            "bench": "tuning", "cpu": processor(), "cores": os.cpu_count(), "model": bench["model"], "runtime": bench["runtime"],
            "provider": bench["image_provider"], "rounds": asked.rounds, "load_average": round(os.getloadavg()[0], 1),
            "probe": [{key: way[key] for key in ("threads", "batch", "picture_ms", "cpu_ms", "chosen")} for way in bench["ways"]],
            "index_photos": {"pictures": asked.pictures, "ways": measure(asked.vitrine, bench["ways"], work / "photos", asked.rounds, work)},
            "index_12_megapixels": {"pictures": asked.large, "ways": measure(asked.vitrine, bench["ways"], work / "large", asked.rounds, work)},
        }
    text = json.dumps(result, indent=1)
    print(text)
    if asked.out:
        asked.out.write_text(text + "\n")


if __name__ == "__main__":
    main()
