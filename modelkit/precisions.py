"""Makes other precisions of a pack's towers and writes them into it, each with what it was measured to lose and to gain."""
import hashlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnx
from PIL import Image

from . import static_int8, weights_4bit
from .align import unit
from .importer import CAPTIONS
from .judge import Held, Judge
from .opened_pack import OpenedPack
from .pictures import files_in, open_rgb
from .runtime import session
from .towers import Refusal

CALIBRATION, MOST_HELD = 96, 500   # pictures, and sentences, that ranges come from; that are judged on
FEWEST = 16
# Mean and least of the cosines while a maker looks for layers to leave alone. int8: some way inside the default tolerance.
GOOD, GOOD_4BIT = (0.9975, 0.99), (0.985, 0.96)


def _good(cosines):
    return cosines.mean() >= GOOD[0] and cosines.min() >= GOOD[1]


def _good_4bit(cosines):
    return cosines.mean() >= GOOD_4BIT[0] and cosines.min() >= GOOD_4BIT[1]


def _int8(model, feeds, finish):
    made, left = static_int8.make(model, feeds, _good, finish)
    return made, {"left_in_float": len(left)}


def _int4(model, feeds, finish):
    made, left = weights_4bit.make(model, feeds, _good_4bit, finish)
    return made, {"left_in_8_bits": len(left)}


def _fp16(model, *_):
    from onnxruntime.transformers.float16 import convert_float_to_float16

    made = onnx.ModelProto()
    made.CopyFrom(model)  # the converter works on what it is given
    return convert_float_to_float16(made, keep_io_types=True), {}


MAKERS = {"int8": _int8, "int4": _int4, "fp16": _fp16}


class Material:
    """What towers are calibrated with, and what they are judged on: never the same pictures or sentences."""

    def __init__(self, pack, folder, captions):
        ranges, held = _split(files_in(folder, FEWEST, "to calibrate and judge with; some hundred are better"))
        texts, owners = _sentences(captions, held)
        if owners is None:
            spare, texts = _split(texts)
        else:
            judged = set(texts)
            spare = [text for text in _all_captions(captions) if text not in judged] or list(CAPTIONS)
        self.pictures = [feed for path in ranges for feed in pack.picture_feeds([pack.pixels(open_rgb(path))])]
        self.texts = pack.text_feeds(spare[::max(1, len(spare) // CALIBRATION)][:CALIBRATION])
        self.held = Held(pack, (open_rgb(path) for path in held), texts, owners)
        self.judged_on = f"{len(held)} pictures and {len(texts)} sentences"


def _split(things):
    """Some to calibrate with, evenly out of all of them, and others to judge on."""
    few = min(CALIBRATION, len(things) // 2)
    ranges = {round(number * len(things) / few) for number in range(few)}
    held = [thing for number, thing in enumerate(things) if number not in ranges]
    return [things[number] for number in sorted(ranges)], held[::max(1, len(held) // MOST_HELD)][:MOST_HELD]


def _lines(path):
    return [line.split("\t") for line in Path(path).read_text(encoding="utf-8").splitlines() if line.strip()] if path else []


def _all_captions(path):
    return [words[-1].strip() for words in _lines(path)] or list(CAPTIONS)


def _sentences(path, pictures):
    """Sentences to judge with, and for each the number of its picture where the file names pictures before a tab; else None for all."""
    number_of = {picture.name: number for number, picture in enumerate(pictures)}
    pairs = {}
    for words in _lines(path):
        if len(words) > 1 and words[0] in number_of:
            pairs.setdefault(number_of[words[0]], words[-1].strip())
    if len(pairs) >= FEWEST:
        return list(pairs.values()), np.array(list(pairs))
    return _all_captions(path), None


def _opens(model):
    """Whether the runtime takes the model, asked of a process of its own: some graphs of half floats crash it."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "tower.onnx")
        onnx.save(model, path)
        ask = f"import sys; sys.path.insert(0, {str(Path(__file__).parents[1])!r}); from modelkit.runtime import session; session({path!r})"
        return subprocess.run([sys.executable, "-c", ask], capture_output=True, check=False).returncode == 0


def _least_cosine(pack, part, model):
    """What the pack's self-test may ask of this precision: what it has here, less half as much again and a little for other processors."""
    test, opened = pack.about["self_test"], session(model)
    if part == "image":
        drawn = np.frombuffer((pack.folder / test["picture"]["file"]).read_bytes(), np.uint8).reshape(test["picture"]["height"], test["picture"]["width"], 3)
        feeds, wanted = pack.picture_feeds([pack.pixels(Image.fromarray(drawn))]), [test["picture_vector"]]
    else:
        feeds, wanted = pack.text_feeds([entry["text"] for entry in test["sentences"]]), [entry["vector"] for entry in test["sentences"]]
    least = float((pack.vectors(part, opened, feeds) * unit(np.array(wanted))).sum(axis=1).min())
    return round(max(0.5, 1 - 1.5 * (1 - least) - 0.002), 4)


def _tower(pack, judge, material, part, precisions):
    """The other precisions of one tower: {precision: (bytes, its entry in pack.json)}, the float tower's own row, and why others are left out."""
    model, feeds = getattr(pack, part), material.pictures if part == "image" else material.texts
    made, left_out = {}, {}
    for name in precisions:
        changed, said = MAKERS[name](model, feeds, pack.finish[part])
        if changed.ByteSize() >= pack.about[part]["bytes"]:
            left_out[name] = "the tower would not be smaller: it has no weights of the kind that this precision is for"
        elif not _opens(changed):
            left_out[name] = "ONNX Runtime fails on it"
        else:
            made[name] = changed, said
    for name, why in left_out.items():
        print(f"quantise: {part} {name}: left out, for {why}")
    rates = judge.rates(part, {"fp32": model} | {name: changed for name, (changed, _) in made.items()})

    def row(name, losses, size):
        rate, provider = rates[name]
        return {**losses, "items_per_second": rate, "megabytes": round(size / 1e6, 1), "provider": provider}

    entries = {}
    for name, (changed, said) in made.items():
        data = changed.SerializeToString()
        entry = {"precision": name, "file": f"{part}.{name}.onnx", "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data),
                 "least_cosine": _least_cosine(pack, part, changed), "measured": row(name, judge.losses(part, changed), len(data)), **said}
        entries[name] = data, entry
        print(f"quantise: {part} {name}: {json.dumps(entry['measured'])}", flush=True)
    return entries, row("fp32", {"cosine_mean": 1.0, "cosine_p1": 1.0, "recall10_change": 0.0}, pack.about[part]["bytes"]), left_out


def _replace(path, data):
    """The file at `path`, whole or as it was, whatever happens meanwhile."""
    beside = path.with_name(path.name + ".part")
    with open(beside, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(beside, path)


def write(folder, pictures, captions=None, precisions=tuple(MAKERS)):
    """Adds the precisions to the pack in `folder`; pack.json comes last, so that it never names what is not there. Raises Refusal."""
    unknown = set(precisions) - set(MAKERS)
    if unknown or not precisions:
        raise Refusal(f"there is no way to make {', '.join(sorted(unknown)) or 'nothing'}; known are {', '.join(MAKERS)}")
    pack = OpenedPack(folder)
    material = Material(pack, pictures, captions)
    judge = Judge(pack, material.held)
    about = pack.about | {"schema": max(2, pack.about["schema"]), "judged_on": material.judged_on}
    for part in ("image", "text"):
        entries, own, left_out = _tower(pack, judge, material, part, precisions)
        for data, entry in entries.values():
            _replace(pack.folder / entry["file"], data)
        others = [entry for entry in about[part].get("variants", []) if entry["precision"] not in entries]
        left_out = {name: why for name, why in about[part].get("left_out", {}).items() if name not in precisions} | left_out
        about[part] |= {"measured": own, "variants": others + [entry for _, entry in entries.values()], "left_out": left_out}
    _replace(pack.folder / "pack.json", (json.dumps(about, indent=1, ensure_ascii=False) + "\n").encode())
    print(f"quantise: {folder}: judged on {material.judged_on}.\nquantise: now run `vitrine doctor --model {folder}`, with --precision for each")
    return about
