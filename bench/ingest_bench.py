#!/usr/bin/env python3
"""From a folder of 12-megapixel JPEGs to a searchable library: Vitrine beside the usual Python pipeline.

usage: ingest_bench.py VITRINE PHOTOS [--pictures 48] [--rounds 3] [--pack PACK --precision int8] [--copies 1] [--out FILE]

PHOTOS holds real photos; they are upscaled to 4032 x 3024 and re-encoded at quality 90 in a temporary folder. The peer
does what such programs do: Pillow decodes each picture whole, resizes it bicubically, ONNX Runtime runs the image tower
(the pack's main file, all cores), NumPy normalises, SQLite takes one row an image. With --copies each picture lies there
several times under another JPEG comment, so that its content is another: Vitrine then indexes a folder long enough to move
to its faster provider, the peer as many pictures as before. Both are measured as whole processes
would be used, interleaved, each from an empty library; the peer's imports and session start are not counted. Beside the
times stands how far the two sides' vectors agree: the difference of the pairwise cosines among the pictures (the library
stores its vectors in a rotated basis, which keeps every cosine).
"""
import argparse
import json
import os
import pathlib
import resource
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

import numpy
import onnxruntime
from PIL import Image

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from modelkit import squares  # noqa: E402


def make_pictures(photos, folder, count, copies):
    """The pictures' paths, without their copies."""
    names = sorted(p for p in pathlib.Path(photos).iterdir() if p.suffix == ".jpg")[:count]
    for number, name in enumerate(names):
        picture = Image.open(name).convert("RGB").resize((4032, 3024), Image.BICUBIC)
        picture.save(folder / f"0_{number:04}.jpg", quality=90)
    paths = sorted(folder.iterdir())
    for copy in range(1, copies):
        comment = b"\xff\xfe" + (2 + 8).to_bytes(2, "big") + b"%08d" % copy
        for path in paths:
            jpeg = path.read_bytes()
            path.with_name(f"{copy}{path.name[1:]}").write_bytes(jpeg[:2] + comment + jpeg[2:])
    return paths


class PythonPipeline:
    """The usual kind: one loop, full decode, batches of 8."""

    def __init__(self, pack):
        spec = json.loads((pack / "pack.json").read_text())
        self.image = spec["image"]
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = os.cpu_count()
        self.session = onnxruntime.InferenceSession(str(pack / self.image["file"]), options, ["CPUExecutionProvider"])

    def pixels(self, path):
        """Pillow, whole picture, bicubic, then the pack's rules."""
        return squares.tensor(Image.open(path).convert("RGB"), {**self.image, "filter": "bicubic"})[0]

    def run(self, paths, database):
        """Returns the vectors, float32 [len(paths), dimension]."""
        catalog = sqlite3.connect(database)
        catalog.execute("CREATE TABLE image (path TEXT PRIMARY KEY, vector BLOB)")
        vectors = []
        for first in range(0, len(paths), 8):
            batch = paths[first:first + 8]
            tensor = numpy.stack([self.pixels(path) for path in batch])
            rows = self.session.run([self.image["output"]], {self.image["input"]: tensor})[0]
            rows /= numpy.linalg.norm(rows, axis=1, keepdims=True)
            for path, row in zip(batch, rows):
                catalog.execute("INSERT INTO image VALUES (?, ?)", (str(path), row.tobytes()))
                catalog.commit()
            vectors.append(rows)
        catalog.close()
        return numpy.concatenate(vectors)


def run_vitrine(vitrine, options, folder, library):
    """Seconds of the whole process, and its own report."""
    start = time.perf_counter()
    done = subprocess.run([vitrine, "--library", library, *options, "index", "--json", folder], capture_output=True, text=True)
    seconds = time.perf_counter() - start
    if done.returncode != 0:
        raise SystemExit(f"vitrine index: exit {done.returncode}: {done.stderr}")
    return seconds, json.loads(done.stdout)


def stored_vectors(library):
    """path -> vector, from the library's catalog."""
    catalog = sqlite3.connect(os.path.join(library, "catalog.sqlite"))
    rows = catalog.execute("SELECT file.path, embedding.codes FROM file JOIN embedding ON embedding.asset = file.asset")
    return {os.fsdecode(path): numpy.frombuffer(codes, numpy.int8).astype(numpy.float32) for path, codes in rows}


def disagreement(ours, paths, theirs):
    """|difference| of the two sides' pairwise cosines, one number a pair of pictures."""
    rows = numpy.stack([ours[str(path)] for path in paths])
    rows /= numpy.linalg.norm(rows, axis=1, keepdims=True)
    pairs = numpy.triu_indices(len(paths), 1)
    return numpy.abs(rows @ rows.T - theirs @ theirs.T)[pairs]


def processor():
    for line in open("/proc/cpuinfo"):
        if line.startswith("model name"):
            return line.split(":")[1].strip()
    return "unknown"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("vitrine")
    parser.add_argument("photos")
    parser.add_argument("--pictures", type=int, default=48)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--pack", type=pathlib.Path, help="the starter if not given")
    parser.add_argument("--precision", default="auto", help="Vitrine's")
    parser.add_argument("--copies", type=int, default=1)
    parser.add_argument("--out")
    arguments = parser.parse_args()
    pack = arguments.pack or pathlib.Path(arguments.vitrine).resolve().parent / "../share/vitrine/models/starter"
    options = ["--precision", arguments.precision, *(["--model", str(pack)] if arguments.pack else [])]
    peer = PythonPipeline(pack)
    ours_s, peer_s = [], []
    with tempfile.TemporaryDirectory() as work:
        folder = pathlib.Path(work) / "photos"
        folder.mkdir()
        paths = make_pictures(arguments.photos, folder, arguments.pictures, arguments.copies)
        peer.run(paths[:8], os.path.join(work, "warm.sqlite"))
        for number in range(arguments.rounds):
            library = os.path.join(work, "library")
            shutil.rmtree(library, ignore_errors=True)
            seconds, report = run_vitrine(arguments.vitrine, options, str(folder), library)
            ours_s.append(seconds)
            start = time.perf_counter()
            vectors = peer.run(paths, os.path.join(work, f"peer{number}.sqlite"))
            peer_s.append(time.perf_counter() - start)
        differences = disagreement(stored_vectors(library), paths, vectors)
        size_mb = statistics.mean(path.stat().st_size for path in paths) / 1e6
    count = len(paths)
    ours_s = [seconds / arguments.copies for seconds in ours_s]
    result = {
        "bench": "ingest", "cpu": processor(), "cores": os.cpu_count(), "pictures": count, "megapixels": 12.2,
        "mean_file_mb": round(size_mb, 2), "rounds": arguments.rounds,
        "model": json.loads((pack / "pack.json").read_text())["name"], "precision": arguments.precision, "vitrine_pictures": count * arguments.copies,
        "load_average": round(os.getloadavg()[0], 1),
        "vitrine_images_per_second": [round(count / s, 2) for s in ours_s],
        "python_images_per_second": [round(count / s, 2) for s in peer_s],
        "ratio_median": round(statistics.median(p / o for p, o in zip(peer_s, ours_s)), 2),
        "pairwise_cosine_difference_mean": round(float(differences.mean()), 4),
        "pairwise_cosine_difference_p99": round(float(numpy.percentile(differences, 99)), 4),
        "vitrine_peak_resident_mb_of_largest_process":
            round(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024),
    }
    text = json.dumps(result, indent=2)
    print(text)
    if arguments.out:
        pathlib.Path(arguments.out).write_text(text + "\n")


if __name__ == "__main__":
    main()
