#!/usr/bin/env python3
"""From a folder of 12-megapixel JPEGs to a searchable library: Vitrine beside the usual Python pipeline.

usage: ingest_bench.py VITRINE PHOTOS [--pictures 48] [--rounds 3] [--out FILE]

PHOTOS holds real photos; they are upscaled to 4032 x 3024 and re-encoded at quality 90 in a temporary folder. The peer
does what such programs do: Pillow decodes each picture whole, resizes it bicubically, ONNX Runtime runs the image tower
(the same model file, all cores), NumPy normalises, SQLite takes one row an image. Both are measured as whole processes
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
import tempfile
import time

import numpy
import onnxruntime
from PIL import Image


def make_pictures(photos, folder, count):
    names = sorted(p for p in pathlib.Path(photos).iterdir() if p.suffix == ".jpg")[:count]
    for number, name in enumerate(names):
        picture = Image.open(name).convert("RGB").resize((4032, 3024), Image.BICUBIC)
        picture.save(folder / f"{number:04}.jpg", quality=90)
    return sorted(folder.iterdir())


class PythonPipeline:
    """The usual kind: one loop, full decode, batches of 8."""

    def __init__(self, pack):
        spec = json.loads((pack / "pack.json").read_text())
        self.image = spec["image"]
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = os.cpu_count()
        self.session = onnxruntime.InferenceSession(str(pack / self.image["file"]), options, ["CPUExecutionProvider"])

    def pixels(self, path):
        edge = self.image["edge_px"]
        picture = Image.open(path).convert("RGB").resize((edge, edge), Image.BICUBIC)
        array = numpy.asarray(picture)
        if self.image["dtype"] == "float32":
            mean, std = (numpy.array(self.image[k], numpy.float32) for k in ("mean", "std"))
            array = (array.astype(numpy.float32) / 255 - mean) / std
        return array.transpose(2, 0, 1) if self.image["layout"] == "nchw" else array

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


def run_vitrine(vitrine, folder, library):
    """Seconds of the whole process, and its own report."""
    start = time.perf_counter()
    done = subprocess.run([vitrine, "--library", library, "index", "--json", folder], capture_output=True, text=True)
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
    parser.add_argument("--out")
    arguments = parser.parse_args()
    pack = pathlib.Path(arguments.vitrine).resolve().parent / "../share/vitrine/models/starter"
    peer = PythonPipeline(pack)
    ours_s, peer_s = [], []
    with tempfile.TemporaryDirectory() as work:
        folder = pathlib.Path(work) / "photos"
        folder.mkdir()
        paths = make_pictures(arguments.photos, folder, arguments.pictures)
        peer.run(paths[:8], os.path.join(work, "warm.sqlite"))
        for number in range(arguments.rounds):
            library = os.path.join(work, "library")
            shutil.rmtree(library, ignore_errors=True)
            seconds, report = run_vitrine(arguments.vitrine, str(folder), library)
            ours_s.append(seconds)
            start = time.perf_counter()
            vectors = peer.run(paths, os.path.join(work, f"peer{number}.sqlite"))
            peer_s.append(time.perf_counter() - start)
        differences = disagreement(stored_vectors(library), paths, vectors)
        size_mb = statistics.mean(path.stat().st_size for path in paths) / 1e6
    count = len(paths)
    result = {
        "bench": "ingest", "cpu": processor(), "cores": os.cpu_count(), "pictures": count, "megapixels": 12.2,
        "mean_file_mb": round(size_mb, 2), "rounds": arguments.rounds,
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
