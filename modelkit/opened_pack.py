"""A pack that is there already, opened for work on it: what it says, its float towers, and their inputs."""
import hashlib
import json
from pathlib import Path

import numpy as np
import onnx

from . import squares, wording
from .towers import Refusal

BATCH = 8  # pictures that go through the graph together, as in src/model/image_tower.cc


class OpenedPack:
    """`about` is pack.json; `image` and `text` are its towers as ModelProto, of which one output is left: the vector."""

    def __init__(self, folder):
        self.folder = Path(folder)
        place = self.folder / "pack.json"
        if not place.is_file():
            raise Refusal(f"{place} is missing; name the folder of a model pack, as `modelkit import` writes it")
        self.about = json.loads(place.read_text(encoding="utf-8"))
        self.reference = wording.reference_of(self.folder, self.about["text"])
        self.image, self.text = (self._tower(part) for part in ("image", "text"))
        batch = self.image.graph.input[0].type.tensor_type.shape.dim[0]
        self.batch = batch.dim_value if batch.HasField("dim_value") else BATCH

    def _tower(self, part):
        said = self.about[part]
        data = (self.folder / said["file"]).read_bytes()
        if hashlib.sha256(data).hexdigest() != said["sha256"]:
            raise Refusal(f"{self.folder / said['file']} is not the file that pack.json describes: its SHA-256 is another; copy the pack again from where it came")
        if said["precision"] not in ("fp32", "float32"):
            raise Refusal(f"the {part} tower of {self.folder} is {said['precision']}; other precisions are made from fp32: import the model with --precision fp32")
        model = onnx.load_model_from_string(data)
        kept = [value for value in model.graph.output if value.name == said["output"]]
        del model.graph.output[:]
        model.graph.output.extend(kept)
        return model

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
