#!/usr/bin/env python3
"""Words in pictures: how many are found by searching for them, and what reading costs, beside the reference package.

usage: ocr_words.py BIN-FOLDER PACK PHOTOS CAPTIONS [--pictures 200] [--out FILE]

Makes the pictures of ocr_pictures.py, indexes them with the OCR pack in the library's folder models/ocr, and asks for
every word in double quotes with `vitrine search`; a word is found when its picture is among the hits for that exact word.
The peer, RapidOCR 3.10 (the Python package rapidocr with its dependencies, which bench/requirements.txt leaves out), runs
the same graphs on the same files, once with its own settings and once with Vitrine's size for the detector; a word is
found when it stands in its text, letter case apart. Times: ocr_bench and the peer, one after the other, read one picture
at a time on one thread, decoding included. Other work on the machine shows in the wall clock: compare processor time.
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
import sys
import tempfile
import time

import ocr_pictures


def words_in(text):
    return set(re.findall(r"\w+", text.lower()))


def share(truth, found, keep=lambda line: True):
    """Words found, words in all, over the lines to keep; found(path, word) says whether."""
    asked = [(path, word) for path, lines in truth for line in lines if keep(line) for word in line["words"]]
    hits = sum(found(path, word) for path, word in asked)
    return {"found": hits, "words": len(asked), "share": round(hits / len(asked), 4)}


def peer(pack, **changes):
    from rapidocr import RapidOCR
    from rapidocr.utils.typings import LangRec, ModelType
    return RapidOCR(params={
        "Global.use_cls": False, "Global.log_level": "warning", "EngineConfig.onnxruntime.intra_op_num_threads": 1,
        "EngineConfig.onnxruntime.inter_op_num_threads": 1, "Det.model_type": ModelType.TINY, "Rec.model_type": ModelType.TINY, "Rec.lang_type": LangRec.EN,
        "Det.model_path": str(pack / "detector.onnx"), "Rec.model_path": str(pack / "recogniser.onnx"), **changes})


def read_with_peer(reader, path, text, cost):
    wall, processor = time.perf_counter(), time.process_time()
    text[path] = words_in(" ".join(reader(str(path)).txts or []))
    cost.append((time.perf_counter() - wall, time.process_time() - processor))


def run_ours(program, pack, worker, paths):
    """What ocr_bench says of each picture, and the processor seconds of all."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run = subprocess.run([program, pack, worker, *paths], capture_output=True, text=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    lines = [json.loads(line) for line in run.stdout.splitlines()]
    return lines, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def searched(vitrine, library, photos, words):
    """Indexes, then asks for every word; returns {word: paths} and the notes of the run."""
    index = subprocess.run([vitrine, "--library", library, "index", photos], capture_output=True, text=True)
    queries = "".join(f'"{word}"\n' for word in words)
    answer = subprocess.run([vitrine, "--library", library, "search", "--queries", "-", "--jsonl", "-n", "200"], input=queries, capture_output=True,
                            text=True)
    found = {}
    for word, line in zip(words, answer.stdout.splitlines(), strict=True):
        found[word] = {hit["path"] for hit in json.loads(line)["hits"] if f'"{word}"' in hit["why"]}
    return found, [line for line in index.stderr.splitlines() if "looked for words" in line]


def cpu_name():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(": ", 1)[1].split(" Processor")[0]
    return "unknown"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bin", type=pathlib.Path)
    parser.add_argument("pack", type=pathlib.Path)
    parser.add_argument("photos")
    parser.add_argument("captions")
    parser.add_argument("--pictures", type=int, default=200)
    parser.add_argument("--out")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        photos, library = pathlib.Path(work) / "photos", pathlib.Path(work) / "library"
        photos.mkdir()
        truth = ocr_pictures.make(options.photos, options.captions, photos, options.pictures)
        paths = [str(path) for path, _ in truth]
        shutil.copytree(options.pack, library / "models" / "ocr")
        words = sorted({word for _, lines in truth for line in lines for word in line["words"]})
        found, notes = searched(options.bin / "vitrine", library, photos, words)
        ours, ours_processor = run_ours(options.bin / "ocr_bench", options.pack, options.bin / "vitrine-decode", paths)
        read = {line["path"]: words_in(line["text"]) for line in ours}
        peers = {}
        for name, changes in {"own settings": {}, "detector at 960 px": {"Det.limit_side_len": 960, "Det.limit_type": "max"}}.items():
            reader, text, cost = peer(options.pack, **changes), {}, []
            reader(paths[0])
            for path in paths:
                read_with_peer(reader, path, text, cost)
            peers[name] = {**share(truth, lambda path, word, text=text: word in text[str(path)]),
                           "median_wall_ms": round(1000 * statistics.median(wall for wall, _ in cost)),
                           "processor_ms_a_picture": round(1000 * statistics.mean(processor for _, processor in cost))}
        in_reader = lambda path, word: word in read[str(path)]
        figures = {
            "bench": "ocr", "cpu": cpu_name(), "cores": os.cpu_count(), "seed": ocr_pictures.SEED, "pictures": len(truth),
            "pack": json.loads((options.pack / "ocr.json").read_text())["name"],
            "index_notes": notes,
            "vitrine": {"found_by_search": share(truth, lambda path, word: str(path) in found[word]), "read": share(truth, in_reader),
                        "read_upright": share(truth, in_reader, lambda line: line["turn_degrees"] == 0),
                        "read_turned": share(truth, in_reader, lambda line: line["turn_degrees"] != 0),
                        "read_on_a_sign": share(truth, in_reader, lambda line: line["sign"]),
                        "read_on_the_photo": share(truth, in_reader, lambda line: not line["sign"]),
                        "read_below_20_px": share(truth, in_reader, lambda line: line["height_px"] < 20),
                        "median_wall_ms": round(statistics.median(line["decode_ms"] + line["read_ms"] for line in ours)),
                        "processor_ms_a_picture": round(1000 * ours_processor / len(truth))},
            "rapidocr": peers}
    text = json.dumps(figures, indent=2) + "\n"
    if options.out:
        pathlib.Path(options.out).write_text(text)
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
