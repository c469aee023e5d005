"""A pack that is there already, opened for work on it: what it says, its towers, and their inputs."""
import hashlib
import json
from pathlib import Path

import numpy as np
import onnx

from . import squares, wording
from .align import unit
from .towers import Refusal

BATCH = 8  # pictures that go through the graph together: kPictureBatch of src/model/embedder.h


def read_about(folder):
    """What the pack.json in `folder` says. Raises Refusal."""
    place = Path(folder) / "pack.json"
    if not place.is_file():
        raise Refusal(f"{place} is missing; name the folder of a model pack, as `modelkit import` writes it")
    try:
        about = json.loads(place.read_text(encoding="utf-8"))
    except ValueError as problem:
        raise Refusal(f"{place} is not the description of a pack: {problem}; copy the pack again from where it came") from problem
    missing = {"schema", "name", "dimension", "image", "text", "self_test"} - set(about)
    if missing:
        raise Refusal(f"{place} says nothing of {', '.join(sorted(missing))}; copy the pack again from where it came")
    return about


def _read_file(folder, said):
    path = Path(folder) / said["file"]
    try:
        data = path.read_bytes()
    except OSError as problem:
        raise Refusal(f"{path} cannot be read: {problem.strerror}; copy the pack again from where it came") from problem
    if hashlib.sha256(data).hexdigest() != said["sha256"]:
        raise Refusal(f"{path} is not the file that pack.json describes: its SHA-256 is another; copy the pack again from where it came")
    return data


def read_tower(folder, about, part):
    """A tower ("image" or "text") of the pack that `about` describes: its bytes, and what makes unit vectors [n, dimension] of its output [n, d].

    A distilled pack has a projection behind its image tower. Each file is held against its SHA-256. Raises Refusal.
    """
    data, behind = _read_file(folder, about[part]), about[part].get("projection")
    if behind is None:
        return data, unit
    numbers = np.frombuffer(_read_file(folder, behind), "<f4").reshape(-1, about["dimension"])
    return data, lambda rows: unit(numbers[0] + rows @ numbers[1:])


class OpenedPack:
    """`about` is pack.json; `image` and `text` are its towers as ModelProto, of which one output is left: the vector, or what is projected to it.
    `finish` makes unit vectors of either's output, as read_tower() says."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.about = read_about(folder)
        self.reference = wording.reference_of(self.folder, self.about["text"])
        self.finish = {}
        self.image, self.text = (self._tower(part) for part in ("image", "text"))
        batch = self.image.graph.input[0].type.tensor_type.shape.dim[0]
        self.batch = batch.dim_value if batch.HasField("dim_value") else BATCH

    def _tower(self, part):
        said = self.about[part]
        data, self.finish[part] = read_tower(self.folder, self.about, part)
        if said["precision"] not in ("fp32", "float32"):
            raise Refusal(f"the {part} tower of {self.folder} is {said['precision']}; other precisions are made from fp32: import the model with --precision fp32")
        model = onnx.load_model_from_string(data)
        kept = [value for value in model.graph.output if value.name == said["output"]]
        del model.graph.output[:]
        model.graph.output.extend(kept)
        return model

    def vectors(self, part, opened, feeds):
        """What a session of either tower, in any precision, gives for the feeds: float64 [n, dimension], rows of length one."""
        return self.finish[part](np.concatenate([opened.run(None, feed)[0] for feed in feeds]).astype(np.float64))

    def pixels(self, picture):
        """One picture as the image tower takes it, without the batch's dimension."""
        return squares.tensor(picture, self.about["image"])[0]

    def picture_feeds(self, pixels):
        """Pictures' pixels as the tower's inputs, a dictionary a batch."""
        return [{self.about["image"]["input"]: np.stack(pixels[start:start + self.batch])} for start in range(0, len(pixels), self.batch)]

    def text_feeds(self, texts):
        """Sentences as the text tower's inputs, one a dictionary, as the product feeds them."""
        said = self.about["text"]
        return [self.reference.feeds(said["prompt"].replace("{}", text), said) for text in texts]
