#!/usr/bin/env python3
"""The image tower of CLIP ViT-B/32, random weights: Vitrine's precisions and providers beside open_clip and plain ONNX Runtime.

usage: vit_speed.py --bin build/release/bin --pack PACK --hub FOLDER --photos FOLDER [--out bench/results/vit_speed.json]

PACK is the folder HUB (an open_clip checkpoint, as bench/precisions.py makes both) after `modelkit import` and `modelkit
quantise`. Everyone embeds the same squares on two threads: open_clip_torch in float32, ONNX Runtime with the same float32
tower, with its own dynamic quantisation of it, and Vitrine's own code (tower_bench), whose time also holds the normalising
of pixels, which the others get done. Each is a process; they take turns, round by round, and ratios are taken within a round.
Cosines are with open_clip's vectors. Peers in Python: torch and open_clip of modelkit/requirements-open_clip.txt, and the
plain onnxruntime of modelkit/requirements-import.txt (in the folder --peers, tools/bootstrap's .deps/modelkit).
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[1]
BATCH, THREADS = 8, 2


def serve(embed, pixels):
    """Answers "time" and "vectors" lines as tower_bench does. embed: [n, 3, e, e] to [n, d]."""
    batches = [pixels[start:start + BATCH] for start in range(0, len(pixels), BATCH)]
    embed(batches[0])
    print(json.dumps({"open_s": 0}), flush=True)
    for line in sys.stdin:
        start = time.perf_counter()
        rows = np.concatenate([embed(batch) for batch in batches])
        seconds = time.perf_counter() - start
        print("\n".join(json.dumps(row.tolist()) for row in rows) + "\n" if line.strip() == "vectors" else f"{seconds:.6f}", flush=True)


def serve_torch(hub, pixels):
    sys.path.insert(0, str(ROOT))
    import torch

    from modelkit import open_clip_export

    torch.set_num_threads(THREADS)
    model, _ = open_clip_export.load(hub)

    def embed(batch):
        with torch.inference_mode():
            return model.encode_image(torch.from_numpy(batch), normalize=True).numpy()
    serve(embed, pixels)


def serve_runtime(file, pixels):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = THREADS
    opened = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
    name = opened.get_inputs()[0].name
    serve(lambda batch: opened.run(None, {name: batch})[0], pixels)


class Contestant:
    def __init__(self, command, **environment):
        self._process = subprocess.Popen([str(word) for word in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, **environment})
        self.opened = json.loads(self._process.stdout.readline() or sys.exit(f"{command} did not start"))
        self.seconds = []

    def _say(self, word):
        self._process.stdin.write(word + "\n")
        self._process.stdin.flush()
        return self._process.stdout.readline()

    def run(self):
        self.seconds.append(float(self._say("time")))

    def vectors(self):
        rows, line = [], self._say("vectors")
        while line.strip():
            rows.append(json.loads(line))
            line = self._process.stdout.readline()
        return np.array(rows)

    def close(self):
        self._process.stdin.close()
        self._process.wait()


def squares(folder, count, edge):
    """Photographs as open_clip's transform cuts them: uint8 [count, edge, edge, 3]."""
    sys.path.insert(0, str(ROOT))
    from modelkit import squares as cut
    from modelkit.pictures import open_rgb

    rules = {"edge_px": edge, "resize": "crop", "filter": "bicubic"}
    paths = sorted(pathlib.Path(folder).glob("*.jpg"))
    return np.stack([np.asarray(cut.square(open_rgb(path), rules)) for path in paths[:: max(1, len(paths) // count)][:count]])


def contestants(arguments, work, about):
    from onnxruntime.quantization import quantize_dynamic

    pixels, raw, dynamic = work / "pixels.npy", work / "squares", work / "dynamic.onnx"
    said = about["image"]
    seen = squares(arguments.photos, arguments.pictures, said["edge_px"])
    raw.write_bytes(seen.tobytes())
    np.save(pixels, ((seen / 255 - np.array(said["mean"])) / np.array(said["std"])).astype(np.float32).transpose(0, 3, 1, 2).copy())
    tower = arguments.pack / said["file"]
    quantize_dynamic(str(tower), str(dynamic))
    again, plain = [sys.executable, __file__, "--serve"], {"PYTHONPATH": str(arguments.peers)}
    made = {"open_clip_torch fp32": Contestant([*again, "torch", arguments.hub, pixels]),
            "ONNX Runtime fp32": Contestant([*again, "runtime", tower, pixels], **plain),
            "ONNX Runtime dynamic int8": Contestant([*again, "runtime", dynamic, pixels], **plain)}
    there = {"bf16", said["precision"], *(entry["precision"] for entry in said["variants"])}
    for precision, provider in (("fp32", "cpu"), ("bf16", "openvino"), ("int8", "cpu"), ("int8", "openvino"), ("int4", "cpu"), ("fp16", "cpu")):
        if precision in there:
            made[f"Vitrine {precision} {provider}"] = Contestant([arguments.bin / "tower_bench", arguments.pack, precision, provider, THREADS, raw])
    return made


def agreement(found, wanted):
    cosines = (found * wanted).sum(axis=1) / np.linalg.norm(found, axis=1) / np.linalg.norm(wanted, axis=1)
    return {"cosine_mean": round(float(cosines.mean()), 5), "cosine_p1": round(float(np.percentile(cosines, 1)), 5)}


def ratio(slow, fast):
    return round(statistics.median(a / b for a, b in zip(slow.seconds, fast.seconds, strict=True)), 2)


def cpu():
    return next(line.split(":")[1].strip() for line in open("/proc/cpuinfo", encoding="utf-8") if line.startswith("model name"))


def measure(arguments):
    about = json.loads((arguments.pack / "pack.json").read_text())
    with tempfile.TemporaryDirectory() as work:
        all_of = contestants(arguments, pathlib.Path(work), about)
        wanted = all_of["open_clip_torch fp32"].vectors()
        results = {name: agreement(one.vectors(), wanted) for name, one in all_of.items()}
        load = [os.getloadavg()[0]]
        for number in range(arguments.rounds):
            order = list(all_of.values())
            for one in order[number % len(order):] + order[:number % len(order)]:
                one.run()
        load.append(os.getloadavg()[0])
        for one in all_of.values():
            one.close()
    ours, reference = all_of["Vitrine int8 openvino"], all_of["open_clip_torch fp32"]
    best = min((all_of[name] for name in ("ONNX Runtime fp32", "ONNX Runtime dynamic int8")), key=lambda one: statistics.median(one.seconds))
    for name, one in all_of.items():
        results[name] |= {"images_per_second": round(arguments.pictures / statistics.median(one.seconds), 1), "best": round(arguments.pictures / min(one.seconds), 1),
                          "times_open_clip": ratio(reference, one), "opens_in_s": one.opened["open_s"]}
    return {"schema": 1, "what": "image tower of CLIP ViT-B/32, random weights, by turns on two threads", "cpu": cpu(), "cores": os.cpu_count(), "pictures": arguments.pictures,
            "batch": BATCH, "rounds": arguments.rounds, "load_average_before_and_after": [round(value, 1) for value in load],
            "cosine_between_pictures": round(float((wanted @ wanted.T)[np.triu_indices(len(wanted), 1)].mean()), 4),
            "vitrine_int8_over_open_clip": ratio(reference, ours), "vitrine_int8_over_best_plain_runtime": ratio(best, ours), "results": results}


def main():
    if "--serve" in sys.argv:
        kind, source, pixels = sys.argv[2:]
        return {"torch": serve_torch, "runtime": serve_runtime}[kind](source, np.load(pixels))
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", type=pathlib.Path, required=True)
    parser.add_argument("--pack", type=pathlib.Path, required=True)
    parser.add_argument("--hub", type=pathlib.Path, required=True)
    parser.add_argument("--photos", required=True)
    parser.add_argument("--peers", type=pathlib.Path, default=ROOT / ".deps/modelkit")
    parser.add_argument("--pictures", type=int, default=32)
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "bench/results/vit_speed.json")
    arguments = parser.parse_args()
    result = json.dumps(measure(arguments), indent=1) + "\n"
    print(result, end="")
    arguments.out.write_text(result)


if __name__ == "__main__":
    main()
