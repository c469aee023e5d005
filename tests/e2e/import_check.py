"""Are an imported pack's vectors those of the implementation that the model came from?

usage: import_check.py MODEL_PROBE HUB_FOLDER PACK       (HUB_FOLDER/reference.json: tests/golden/make_hub_folders.py)

A picture that needs no resizing, and every sentence, within 1e-4 a number; the others go through a resize that rounds once
where Pillow rounds twice, and stay within 2e-2, at a cosine of 0.9995 or more.
"""
import json
import pathlib
import sys

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).parents[2]))
from tests.support import probe  # noqa: E402


def main(program, hub, pack):
    wanted = json.loads(pathlib.Path(hub, "reference.json").read_text())
    edge = json.loads(pathlib.Path(pack, "pack.json").read_text())["image"]["edge_px"]
    pictures, sentences = wanted["pictures"], [one for one in wanted["sentences"]]
    requests = [probe.drawn(one["width"], one["height"], one["number"]) for one in pictures] + [one["text"] for one in sentences]
    found = probe.vectors(program, pack, requests)
    assert len(found) == len(requests), "an answer is missing"
    for one, vector in zip([*pictures, *sentences], found):
        expected, name = np.array(one["vector"]), one.get("text", f"{one.get('width')} x {one.get('height')}")
        exact = "text" in one or one["width"] == one["height"] == edge
        difference, cosine = np.abs(vector - expected).max(), float(vector @ expected)
        print(f"{name!r}: largest difference {difference:.1e}, cosine {cosine:.6f}")
        assert difference < (1e-4 if exact else 2e-2) and cosine > 0.9995, name


if __name__ == "__main__":
    main(*sys.argv[1:])
