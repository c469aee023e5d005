#!/usr/bin/env python3
"""Copies found and missed on a made set, beside perceptual hashes as other programs use them.

usage: duplicates.py VITRINE PHOTOS --work FOLDER [--originals 1000] [--photos 7000] [--out FILE]

The set (duplicates_set.py) holds real photos and, of some of them, nine copies each. `vitrine index` and `vitrine duplicates
--json` run on it as anybody would run them. A file is found when it stands in a group with the photo that it was made from
or with another copy of that photo which does; a pair of a group (the kept file and one other) is right when both come from
one photo. The peers are ImageHash's phash with the distance that imagededup takes by default (10 of 64 bits), and a stricter
one; a copy is found when it lies that near its own photo, and a pair is right as above.

Some photos are themselves copies of another (two uploads of one shot): such a pair counts as wrong.
"""
import argparse
import collections
import json
import os
import pathlib
import platform
import subprocess
import time

import imagehash
import numpy
from PIL import Image

import duplicates_set

GROUPS = {"reencode_or_resize": ("reencode", "resize"), "crop": ("crop_area",), "crop_hard": ("crop_side",)}


def processor():
    for line in open("/proc/cpuinfo"):
        if line.startswith("model name"):
            return line.split(":")[1].strip()
    return platform.processor()


def judge(pairs, files):
    """Precision over pairs of files, and recall a kind: copies joined with their photo by right pairs."""
    photo_of = {f["source"]: f["photo"] for f in files if f["kind"] == "photo"}
    shot = {f["file"]: photo_of[f["source"]] for f in files}
    right = [pair for pair in pairs if shot[pair[0]] == shot[pair[1]]]
    wrong = [pair for pair in pairs if shot[pair[0]] != shot[pair[1]]]
    parent = {f["file"]: f["file"] for f in files}

    def root(name):
        while parent[name] != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    for a, b in right:
        parent[root(a)] = root(b)
    found, asked = collections.Counter(), collections.Counter()
    for f in files:
        if f["kind"] != "photo":
            asked[f["kind"]] += 1
            found[f["kind"]] += root(f["file"]) == root(f"pictures/{f['source']}.jpg")
    recall = {kind: round(found[kind] / asked[kind], 4) for kind in asked}
    for name, kinds in GROUPS.items():
        recall[name] = round(sum(found[k] for k in kinds) / sum(asked[k] for k in kinds), 4)
    recall["all"] = round(sum(found.values()) / sum(asked.values()), 4)
    precision = round(len(right) / len(pairs), 5) if pairs else 1.0
    return {"pairs": len(pairs), "wrong_pairs": len(wrong), "precision": precision, "recall": recall}, wrong


def run_json(command):
    start = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode not in (0, 1):
        raise SystemExit(f"{' '.join(command)}: exit {done.returncode}: {done.stderr}")
    return json.loads(done.stdout), time.perf_counter() - start


def run_vitrine(vitrine, work, files):
    library = str(work / "library")
    index, index_s = None, 0
    if not os.path.exists(library):
        index, index_s = run_json([vitrine, "--library", library, "-q", "index", "--json", str(work / "pictures")])
    report, seconds = run_json([vitrine, "--library", library, "-q", "duplicates", "--json"])
    folder = str(work.resolve()) + "/"
    pairs, kinds = [], collections.defaultdict(collections.Counter)
    kind_of = {f["file"]: f["kind"] for f in files}
    keeps_photo = 0
    for group in report["groups"]:
        keep = group["keep"]["path"].removeprefix(folder)
        keeps_photo += kind_of[keep] == "photo"
        for other in group["others"]:
            name = other["path"].removeprefix(folder)
            pairs.append((keep, name))
            kinds[kind_of[name]][other["kind"]] += 1
    result, wrong = judge(pairs, files)
    result |= {"seconds": round(seconds, 1), "proposed": report["proposed"], "compared": report["compared"],
               "confirmed": report["confirmed"], "groups": len(report["groups"]),
               "groups_that_keep_the_photo": keeps_photo,
               "called": {made: dict(said) for made, said in sorted(kinds.items())}}
    if index:
        result |= {"index_seconds": round(index_s, 1)}
    return result, wrong


def run_hashes(work, files):
    """Pairs by phash at two distances."""
    start = time.perf_counter()
    hashes = numpy.array([int(str(imagehash.phash(Image.open(work / f["file"]))), 16) for f in files], numpy.uint64)
    seconds = time.perf_counter() - start
    results = {}
    near = {10: [], 4: []}
    for i in range(len(files) - 1):
        distances = numpy.bitwise_count(hashes[i + 1:] ^ hashes[i])
        for radius, pairs in near.items():
            pairs += [(files[i]["file"], files[i + 1 + j]["file"]) for j in numpy.flatnonzero(distances <= radius)]
    for radius, pairs in near.items():
        results[f"imagehash_phash_within_{radius}"] = judge(pairs, files)[0] | {"hash_seconds": round(seconds, 1)}
    return results


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("vitrine")
    parser.add_argument("photos_folder", metavar="PHOTOS")
    parser.add_argument("--work", required=True, type=pathlib.Path)
    parser.add_argument("--originals", type=int, default=1000)
    parser.add_argument("--photos", type=int, default=7000)
    parser.add_argument("--out")
    parser.add_argument("--wrong", help="a file for the pairs that are wrong, to be looked at")
    arguments = parser.parse_args()
    files = duplicates_set.make_set(arguments.photos_folder, arguments.work, arguments.originals, arguments.photos)
    ours, wrong = run_vitrine(arguments.vitrine, arguments.work, files)
    if arguments.wrong:
        photo = {f["source"]: f["photo"] for f in files if f["kind"] == "photo"}
        source = {f["file"]: f["source"] for f in files}
        pathlib.Path(arguments.wrong).write_text(
            "".join(f"{a} {b} # {photo[source[a]]} {photo[source[b]]}\n" for a, b in wrong))
    result = {"bench": "duplicates", "cpu": processor(), "cores": os.cpu_count(), "seed": duplicates_set.SEED,
              "photos": arguments.photos, "originals": arguments.originals, "files": len(files),
              "vitrine": ours, **run_hashes(arguments.work, files)}
    text = json.dumps(result, indent=1) + "\n"
    if arguments.out:
        pathlib.Path(arguments.out).write_text(text)
    print(text, end="")


if __name__ == "__main__":
    main()
