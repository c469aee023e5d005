#!/usr/bin/env python3
"""How good tags are: by words alone, and taught with a few examples; and how long they take.

usage: tags.py BIN-FOLDER FLICKR8K [--stamps FOLDER] [--draws 10] [--out FILE]

Two kinds of classes, made by rule and not by hand:
- photos: each term of the default vocabulary that two or more of a photo's five captions name, for at least 15 photos of
  Flickr8k's dev split. Photos of which one caption names it are left out of that term; a term that captions do not name
  may be in the photo all the same, so these figures are low for everybody.
- stamps: each folder of Debian's tuxpaint-stamps-default with 16 to 400 pictures in or below it, by the folder's name.
A class is called weak when its average precision by words alone is below 0.5.
Classifying: each stamp's English line is a class of its own; `vitrine tags suggest --vocabulary FILE --jsonl` ranks them.
"""
import argparse
import collections
import json
import os
import pathlib
import platform
import re
import shutil
import statistics
import subprocess
import tempfile
import time

VOCABULARY = pathlib.Path(__file__).parent.parent / "models/vocabulary/default.txt"
LEAST, MOST = 16, 400


def terms():
    """The names of each term of the default vocabulary, own name first."""
    for line in VOCABULARY.read_text(encoding="utf-8").splitlines():
        line = line.strip()
        if line and not line.startswith("#") and not line.endswith(":"):
            yield line.split(" = ")


def photo_tasks(flickr, folder):
    """(name, files that carry it, files left out) for terms that captions name."""
    captions = collections.defaultdict(list)
    with open(flickr / "captions.tsv", encoding="utf-8") as file:
        for line in file:
            name, caption = line.rstrip("\n").split("\t")
            captions[name].append(" " + " ".join(re.sub(r"[^a-z0-9' ]+", " ", caption.lower()).split()) + " ")
    dev = [name for name in (flickr / "dev.txt").read_text().split() if (folder / name).exists()]
    everything = "".join("".join(captions[name]) for name in dev)
    for names in terms():
        pattern = re.compile(r" (?:%s)(?:s|es)? " % "|".join(re.escape(name.lower()) for name in names))
        if len(pattern.findall(everything)) < 30:
            continue
        count = {name: sum(bool(pattern.search(caption)) for caption in captions[name]) for name in dev}
        carrying = [name for name in dev if count[name] >= 2]
        if len(carrying) >= 15:
            yield names[0], [folder / name for name in carrying], [folder / name for name in dev if count[name] == 1]


def stamp_tasks(folder):
    below = collections.defaultdict(list)
    for path in sorted(folder.rglob("*.png")):
        for parent in path.relative_to(folder).parents:
            below[parent].append(path)
    for parent, paths in sorted(below.items()):
        if parent.name and LEAST <= len(paths) <= MOST:
            yield re.sub("([a-z])([A-Z])", r"\1 \2", parent.name).lower(), paths, []


def measure(bin_folder, library, tasks, draws):
    with tempfile.NamedTemporaryFile("w", suffix=".tsv", encoding="utf-8") as file:
        for name, yes, out in tasks:
            file.write("\t".join([name, "|".join(map(str, yes)), "|".join(map(str, out))]) + "\n")
        file.flush()
        return json.loads(subprocess.run([bin_folder / "tags_bench", library, file.name, str(draws)], check=True, stdout=subprocess.PIPE).stdout)


def summary(measured):
    """Means over weak and other classes for each way to teach."""
    lessons = [key for key in measured["tags"][0] if isinstance(measured["tags"][0][key], dict)]
    weak = [tag for tag in measured["tags"] if tag["5+5"]["words"] < 0.5]
    rest = [tag for tag in measured["tags"] if tag not in weak]
    return {f"{kind} classes": {"classes": len(tags)} | {lesson: {side: round(statistics.fmean(tag[lesson][side] for tag in tags), 4)
                                                                  for side in ("words", "taught")} for lesson in lessons}
            for kind, tags in (("weak", weak), ("other", rest)) if tags}


def rounded(value):
    if isinstance(value, dict):
        return {key: rounded(part) for key, part in value.items()}
    if isinstance(value, list):
        return [rounded(part) for part in value]
    return round(value, 4) if isinstance(value, float) else value


def classify(bin_folder, library, stamps):
    """Top 1 and top 5 of the stamps' own lines, in percent."""
    truth = {}
    for path in sorted(stamps.rglob("*.png")):
        text = path.with_suffix(".txt")
        if "symbols" in path.relative_to(stamps).parts or not text.exists():
            continue
        line = text.read_text(encoding="utf-8").splitlines()[0]
        line = re.sub(r"^(a|an|the) ", "", " ".join(re.sub(r"[^\w' ]", " ", line).split()).lower())
        if line:
            truth[str(path)] = line
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
        file.write("\n".join(sorted(set(truth.values()))) + "\n")
        file.flush()
        command = [bin_folder / "vitrine", "--library", library, "-q", "tags", "suggest", "--vocabulary", file.name, "--jsonl"]
        seconds = []
        for _ in range(2):
            begun = time.perf_counter()
            lines = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout.decode().splitlines()
            seconds.append(round(time.perf_counter() - begun, 2))
    first = fifth = 0
    for line in map(json.loads, lines):
        if line["path"] in truth:
            names = [tag["tag"] for tag in line["tags"][:5]]
            first += names[0] == truth[line["path"]]
            fifth += truth[line["path"]] in names
    return {"pictures": len(truth), "classes": len(set(truth.values())), "top_1": round(100 * first / len(truth), 1), "top_5": round(100 * fifth / len(truth), 1),
            "seconds_first_time": seconds[0], "seconds_again": seconds[1]}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("bin", type=pathlib.Path)
    parser.add_argument("flickr", type=pathlib.Path)
    parser.add_argument("--stamps", type=pathlib.Path, default="/usr/share/tuxpaint/stamps")
    parser.add_argument("--draws", type=int, default=10)
    parser.add_argument("--out")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        work = pathlib.Path(work).resolve()
        photos = work / "photos"
        photos.mkdir()
        for name in (arguments.flickr / "dev.txt").read_text().split():
            if (arguments.flickr / "images" / name).exists():
                shutil.copy(arguments.flickr / "images" / name, photos)
        for library, root in (("dev", photos), ("stamps", arguments.stamps)):
            subprocess.run([arguments.bin / "vitrine", "--library", work / library, "index", "-q", root], check=False)
        out = {"schema": 1, "what": "tags by words and by example",
               "machine": {"cpu": processor(), "cores": os.cpu_count(), "kernel": platform.release(), "load_average": round(os.getloadavg()[0], 1)}}
        for kind, library, tasks in (("photos", "dev", photo_tasks(arguments.flickr, photos)), ("stamps", "stamps", stamp_tasks(arguments.stamps))):
            measured = measure(arguments.bin, work / library, tasks, arguments.draws)
            out[kind] = summary(measured) | rounded(measured)
        tags = out["photos"]["tags"] + out["stamps"]["tags"]
        out["both"] = rounded(summary({"tags": tags}))
        out["classify_stamps"] = classify(arguments.bin, work / "stamps", arguments.stamps)
    text = json.dumps(out, indent=1) + "\n"
    if arguments.out:
        pathlib.Path(arguments.out).write_text(text, encoding="utf-8")
    print(json.dumps({key: out[key] for key in ("both", "classify_stamps")}, indent=1))


def processor():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


if __name__ == "__main__":
    main()
