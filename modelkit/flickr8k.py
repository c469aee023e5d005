"""The Flickr8k photos and captions the starter is aligned on (train) and tuned on (dev)."""
import os
from dataclasses import dataclass

CAPTIONS_PER_PHOTO = 5


@dataclass
class Split:
    photos: list     # file paths
    captions: list   # 5 for each photo, in the photos' order


def plain(caption):
    """The caption without query syntax: letters, digits, apostrophes and single spaces."""
    return " ".join("".join(c if c.isalnum() or c == "'" else " " for c in caption).split())


def read(folder, split):
    """The photos and captions of a split ("train" or "dev") under `folder`."""
    captions = {}
    with open(os.path.join(folder, "captions.tsv"), encoding="utf-8") as file:
        for line in file:
            name, caption = line.rstrip("\n").split("\t")
            captions.setdefault(name, []).append(plain(caption))
    with open(os.path.join(folder, f"{split}.txt"), encoding="utf-8") as file:
        names = [line.strip() for line in file if line.strip()]
    return Split([os.path.join(folder, "images", name) for name in names], [text for name in names for text in captions[name][:CAPTIONS_PER_PHOTO]])
