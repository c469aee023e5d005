"""Make a model pack out of a folder as model hubs lay them out. Layouts: hubs.py. Format: docs/formats/model-pack.md."""
import hashlib
import json
import re
import shutil
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from . import hubs, lengths, squares, towers, wording
from .pictures import files_in, open_rgb
from .selftest import SENTENCES, drawn_picture
from .towers import Refusal

FEWEST_PICTURES, MOST_PICTURES = 8, 512
FEWEST_FOR_MEAN = 500       # captions below which their mean vector says nothing
DRAWN_PICTURES = 24
LEAST_COSINE = {"fp32": 0.999}
# What photographs are about, for calibration where the user gives no captions.
CAPTIONS = ("a dog running through grass", "two people riding bicycles on a street", "a plate of food on a wooden table", "snow covered mountains under a blue sky",
            "a child playing with a ball", "a red car parked in front of a house", "waves on a sandy beach", "a woman reading a book", "a cat asleep on a sofa",
            "a crowd at a concert", "a bridge over a river at night", "flowers in a garden", "a man playing the guitar", "a train at a station", "birds in a tree",
            "a birthday cake with candles", "a sailing boat on a lake", "an old church in a village", "a football match", "a horse in a field", "city lights from above",
            "a cup of coffee", "a forest path in autumn", "a group of friends smiling", "a close up of an insect", "a kitchen with white cupboards",
            "a bicycle leaning on a wall", "a market with fruit and vegetables", "a baby in a bed", "fireworks over water", "a desk with a computer", "a dress in a shop window")


def _digest(data):
    return hashlib.sha256(data).hexdigest()


def _write(folder, name, data):
    (folder / name).write_bytes(data)
    return {"file": name, "sha256": _digest(data)}


def _rounded(vector):
    return [round(float(value), 6) for value in vector]


def _drawn(count, edge):
    """Pictures drawn by chance: plain shapes on plain grounds. The seed is fixed."""
    random = np.random.default_rng(11)
    for _ in range(count):
        colour = lambda: tuple(int(value) for value in random.integers(0, 256, 3))
        picture = Image.new("RGB", (edge, edge), colour())
        pen = ImageDraw.Draw(picture)
        for _ in range(int(random.integers(1, 9))):
            left, top, right, bottom = random.integers(0, edge, 4)
            pen.ellipse((min(left, right), min(top, bottom), max(left, right), max(top, bottom)), fill=colour())
        yield picture


class _Pack:
    """The towers of a found folder, as functions from pictures and texts to unit vectors."""

    def __init__(self, found, precision):
        self.rules = dict(found.rules)
        self.image, self.dimension, said = towers.image_tower(found.image, self.rules["edge_px"])
        self.rules |= said
        words = found.words
        self.text, dimension, self.said = towers.text_tower(found.text, words.length)
        if dimension != self.dimension:
            raise Refusal(f"the image tower gives {self.dimension} numbers and the text tower {dimension}: they are not of one space. Take both from the same model")
        fixed = self.said.pop("length")
        self.length = min(words.length, fixed or words.length)
        self.pad_to, self.pad_id = (fixed or self.length) if words.padded or fixed else None, words.pad_id
        self.tokenizer = wording.pack_tokenizer(words)
        self.reference = wording.Reference(self.tokenizer, self.length, self.pad_to, self.pad_id)
        self.precision = precision
        if self.pad_to:
            self._leave_padding_out()

    def _leave_padding_out(self):
        """Texts go without padding where the text tower gives the same vectors so."""
        bare = wording.Reference(self.tokenizer, self.length, None, self.pad_id)
        texts = ("", *SENTENCES, *CAPTIONS, " ".join(CAPTIONS))  # from the shortest to one that is cut off
        feeds = [[reference.feeds(text, self.said) for text in texts] for reference in (self.reference, bare)]
        without = lengths.without_padding(self.text, self.pad_to, *feeds)
        if without:
            self.text, self.pad_to, self.reference = without, None, bare

    def see(self, picture):
        return self.image.run({self.rules["input"]: squares.tensor(picture, self.rules)})[0]

    def read(self, text):
        return self.text.run(self.reference.feeds(text, self.said))[0]


def _pictures_in(folder, edge):
    """The pictures to calibrate with, one by one, and whether they are photographs of the user's."""
    if folder is None:
        return _drawn(DRAWN_PICTURES, edge), False
    paths = files_in(folder, FEWEST_PICTURES, "to calibrate with; some hundred are better")
    step = max(1, len(paths) // MOST_PICTURES)
    return (open_rgb(path) for path in paths[::step][:MOST_PICTURES]), True


def _captions_of(path):
    if path is None:
        return list(CAPTIONS)
    captions = [line.rsplit("\t", 1)[-1].strip() for line in Path(path).read_text(encoding="utf-8").splitlines()]
    captions = [caption for caption in captions if caption]
    if len(captions) < FEWEST_PICTURES:
        raise Refusal(f"{path} holds {len(captions)} captions, and {FEWEST_PICTURES} are the fewest to calibrate with")
    return captions[::max(1, len(captions) // 1000)][:1000]


def _calibration(pack, pictures, captions):
    """Mean and deviation of the cosines of sentences and pictures, nearly none of which belong together."""
    folder, are_photos = _pictures_in(pictures, pack.rules["edge_px"])
    said = np.stack([pack.read(caption) for caption in _captions_of(captions)])
    seen = np.stack([pack.see(picture) for picture in folder])
    scores = seen @ said.T
    measured = {"text_mean_score": round(float(scores.mean()), 6), "text_std_score": round(max(float(scores.std()), 1e-4), 6)}
    if len(said) >= FEWEST_FOR_MEAN:
        measured["text_mean_vector"] = _rounded(said.mean(axis=0))
    if are_photos:
        return measured, f"measured over {scores.shape[0]} pictures and {scores.shape[1]} captions"
    return measured, (f"a stopgap: measured over {scores.shape[0]} drawn pictures and {scores.shape[1]} captions, since --pictures was not given. "
                      "The order of hits does not depend on it; what counts as found does")


def _self_test(pack, folder):
    drawn = drawn_picture()
    return {"picture": {**_write(folder, "self_test.rgb", drawn.tobytes()), "width": drawn.shape[1], "height": drawn.shape[0]},
            "picture_vector": _rounded(pack.see(Image.fromarray(drawn))),
            "sentences": [{"text": text, "vector": _rounded(pack.read(text))} for text in SENTENCES], "min_cosine": LEAST_COSINE.get(pack.precision, 0.99)}


def _text_part(pack, folder, prompt):
    tokenizer = {"kind": "tokenizer_json", **_write(folder, "tokenizer.json", pack.tokenizer), "max_tokens": pack.length}
    if pack.pad_to:
        tokenizer |= {"pad_to": pack.pad_to, "pad_id": pack.pad_id}
    return {**_write(folder, "text.onnx", pack.text.data), "bytes": len(pack.text.data), "precision": pack.precision, **pack.said, "output": pack.text.output,
            "tokenizer": tokenizer, "prompt": prompt}


CARD = """# {name} {version}

Made from a folder of the {layout} layout by `python -m modelkit import`. Licence: {licence}. Origin: {origin}.

Vectors of {dimension} numbers; squares of {edge} pixels; {length} tokens a text at most; {precision}.
Score background: {background}.
"""


def write(source, out, name=None, version="1", licence=None, origin=None, precision="fp32", prompt="{}", pictures=None, captions=None):
    """Writes the pack `out` from the folder `source`. Returns its description. Raises Refusal, and then leaves no pack behind."""
    source, out = Path(source), Path(out)
    if out.exists() and any(out.iterdir() if out.is_dir() else [out]):
        raise Refusal(f"{out} is there already; name a new folder with --out")
    if prompt.count("{}") != 1:
        raise Refusal("--prompt must hold {} once, where the query goes")
    name = name or re.sub(r"[^\w.+ -]", "_", source.resolve().name)[:48]
    with tempfile.TemporaryDirectory(prefix="modelkit") as scratch:
        found = hubs.understand(source, precision, scratch)
        pack = _Pack(found, precision)
        folder = Path(scratch) / "pack"
        folder.mkdir()
        calibration, background = _calibration(pack, pictures, captions)
        about = {"name": name, "version": version, "licence": licence or found.licence, "origin": origin or f"imported from {source.resolve().name} ({found.layout} layout)"}
        description = {
            "schema": 2, **about, "dimension": pack.dimension,
            "image": {**_write(folder, "image.onnx", pack.image.data), "bytes": len(pack.image.data), "precision": precision, "output": pack.image.output, **pack.rules},
            "text": _text_part(pack, folder, prompt),
            "self_test": _self_test(pack, folder),
            "calibration": calibration,
        }
        (folder / "pack.json").write_text(json.dumps(description, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        card = CARD.format(**about, layout=found.layout, dimension=pack.dimension, edge=pack.rules["edge_px"], length=pack.length, precision=precision, background=background)
        (folder / "MODEL_CARD.md").write_text(card, encoding="utf-8")
        if out.is_dir():
            out.rmdir()
        out.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(folder, out)
    print(f"import: {out}: {pack.dimension} dimensions, {pack.rules['edge_px']} px, {pack.length} tokens; score background {background}.\n"
          f"import: now run `vitrine doctor --model {out}`")
    return description
