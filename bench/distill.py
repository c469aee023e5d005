#!/usr/bin/env python3
"""How near do students of the starter come, and how much faster are they?

usage: distill.py --bin build/release/bin --data ../shared/data/flickr8k --backbone FOLDER... --out bench/results/distill.json

The train photos are indexed with the starter; `vitrine model distill` teaches each backbone (python -m modelkit backbone, or
distil) on that library, so its pace is teacher and student in turns. Then a second library is made of the dev photos, which
nothing was fitted on: every model's vectors of them come from `vitrine export vectors`. Beside the command's own figures, on
pictures of the same library that it held back, stand those: cosine, neighbour overlap@10 among the dev photos and among their
first 200 (the fewer pictures, the easier), and text-to-image recall with the photos' captions through the teacher's text tower.
--library: a folder for both libraries, kept; what is indexed there already is not indexed anew.
Needs the packages of modelkit/requirements.txt.
"""
import argparse
import json
import pathlib
import platform
import shutil
import subprocess
import sys
import tempfile

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
from modelkit import evaluate, flickr8k  # noqa: E402
from modelkit.fidelity import fidelity  # noqa: E402
from modelkit.runtime import embed_texts, session  # noqa: E402
from modelkit.tokens import Tokeniser  # noqa: E402

TEACHER = "starter"
FEW = 200


class Library:
    """A library in a folder of its own, and the program that works with it."""

    def __init__(self, program, folder, threads):
        self.start = [str(program), "--library", str(folder), "--threads", str(threads)]
        self.folder = folder

    def run(self, *arguments):
        done = subprocess.run([*self.start, *map(str, arguments)], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            sys.exit(f"vitrine {' '.join(map(str, arguments))}: {done.stderr}")
        return json.loads(done.stdout.splitlines()[-1]) if "--json" in arguments else None

    def index(self, photos, folder):
        """Takes the photos in; they are copied into one folder first, where they are not there yet."""
        folder.mkdir(parents=True, exist_ok=True)
        for photo in photos:
            if not (folder / pathlib.Path(photo).name).exists():
                shutil.copy(photo, folder)
        self.run("-q", "index", folder)

    def vectors(self, names, scratch):
        """The answering model's vectors of the files called `names`, in that order: float32 [n, d]."""
        self.run("-q", "export", "vectors", "--npy", scratch / "v.npy", "--ids", scratch / "v.ids")
        rows = {pathlib.Path(line.split("\t", 1)[1]).name: row for row, line in enumerate((scratch / "v.ids").read_text().splitlines())}
        return np.load(scratch / "v.npy")[[rows[name] for name in names]]


def judged(ours, theirs, said, owners):
    figures = {"gallery": len(ours), **fidelity(ours, theirs), f"overlap_at_10_of_{FEW}": fidelity(ours[:FEW], theirs[:FEW])["overlap_at_10"]}
    return figures | {"captions": evaluate.recall(ours, said, owners)}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", type=pathlib.Path, required=True)
    parser.add_argument("--data", type=pathlib.Path, required=True)
    parser.add_argument("--backbone", type=pathlib.Path, nargs="+", required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--library", type=pathlib.Path, help="folder to work in, kept; a temporary one if not given")
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    train, dev = flickr8k.read(arguments.data, "train"), flickr8k.read(arguments.data, "dev")
    names = [pathlib.Path(photo).name for photo in dev.photos]
    owners = np.repeat(np.arange(len(names)), flickr8k.CAPTIONS_PER_PHOTO)
    with tempfile.TemporaryDirectory() as temporary:
        scratch = pathlib.Path(temporary)
        work = arguments.library or scratch
        learning = Library(arguments.bin / "vitrine", work / "learning", arguments.threads)
        judging = Library(arguments.bin / "vitrine", work / "judging", arguments.threads)
        learning.index(train.photos, work / "photos" / "train")
        judging.index(dev.photos, work / "photos" / "dev")
        judging.run("-q", "model", "use", TEACHER)
        theirs = judging.vectors(names, scratch)
        said = embed_texts(session("models/starter/text.int8.onnx"), Tokeniser(), dev.captions)[0]
        rows = []
        for backbone in arguments.backbone:
            report = learning.run("-q", "model", "distill", "--teacher", TEACHER, "--student", backbone, "--json")
            model = report.pop("model")
            judging.run("-q", "model", "add", learning.folder / "models" / model["id"])
            judging.run("-q", "model", "use", model["id"])
            unseen = judged(judging.vectors(names, scratch), theirs, said, owners)
            judging.run("-q", "model", "use", TEACHER)
            for library in (judging, learning):
                library.run("-q", "model", "remove", model["id"])
            rows.append({key: report[key] for key in report if key not in ("schema", "failures", "teacher")} | {"unseen": unseen})
            print(json.dumps(rows[-1]), flush=True)
    cpu = next((line.split(": ")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), platform.machine())
    document = {"what": "students of the starter, fitted by vitrine model distill on Flickr8k's train photos, judged on its dev photos", "cpu": cpu, "threads": arguments.threads,
                "pace": "teacher and student in turns, decoding aside, on a machine that others used too: read the ratio",
                "teacher": {"captions": evaluate.recall(theirs, said, owners)}, "students": rows}
    arguments.out.write_text(json.dumps(document, indent=1) + "\n")


if __name__ == "__main__":
    main()
