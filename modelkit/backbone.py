"""A backbone for `vitrine model distill`: an image tower whose features are to be led into another model's space. Format: docs/formats/backbone.md.

Two kinds. A published network (EfficientNet-Lite): the square roots of its pooled features, and those of the shares it
gives to the ImageNet classes, which a linear map could not make of the former. Or the image tower of a pack itself with
smaller pictures: the cost falls with the square of the edge, and what that does to its vectors a linear map can partly undo.
"""
import hashlib
import json
from pathlib import Path

import numpy as np
import onnx

from . import backbones
from .export import add_pixels
from .graph import Graph
from .opened_pack import read_about, read_tower
from .runtime import session
from .towers import Refusal

FEATURES = backbones.FEATURES + backbones.CLASSES
SIZES = {"efficientnet-lite0": (0, 224), "efficientnet-lite1": (1, 240), "efficientnet-lite2": (2, 256)}
ROOT_FLOOR, SHARPNESS = 1e-3, 0.5  # those of the starter
MOST_CALIBRATION, FEWEST_CALIBRATION, BATCH = 160, 16, 16
LICENCE = "Apache-2.0 (EfficientNet-Lite, weights trained on ImageNet)"


CARD = """# {name} {version}

A backbone of {features} features for pictures of {edge} x {edge} pixels, {precision}, made by `python -m modelkit backbone`.
Licence: {licence}. Origin: {origin}. It has no text tower; `vitrine model distill` gives it one.
"""


def feature_graph(weights, edge):
    """Pixels to the roots of pooled features and of class shares: float [n, 2280]."""
    graph = Graph("backbone")
    pooled = backbones.add_backbone(graph, weights, add_pixels(graph, edge), edge)
    roots = graph.op("Sqrt", [graph.op("Add", [pooled, graph.floats(ROOT_FLOOR)])], "roots")
    votes = graph.compact_linear(pooled, *backbones.classifier(weights), "classes")
    shares = graph.op("Softmax", [graph.op("Mul", [votes, graph.floats(SHARPNESS)])], "shares", axis=-1)
    graph.output(graph.op("Concat", [roots, graph.op("Sqrt", [shares], "shares.roots")], axis=1), "seen", ["n", FEATURES])
    return graph.model()


def calibration(folder, edge):
    from . import pictures  # Pillow alone
    paths = pictures.files_in(folder, FEWEST_CALIBRATION, "to quantise with; name a folder of photographs with --pictures")
    step = max(1, len(paths) // MOST_CALIBRATION)
    return pictures.batches(paths[::step][:MOST_CALIBRATION], edge, BATCH)


def rules(edge, precision):
    """What backbone.json says of the pictures that a feature_graph takes."""
    return {"precision": precision, "input": "pixels", "output": "seen", "edge_px": edge, "layout": "nhwc", "dtype": "uint8", "resize": "squash",
            "filter": "bilinear", "mean": [0.0, 0.0, 0.0], "std": [1.0, 1.0, 1.0]}


def _published(name, edge, photos):
    """The network of that name: (model, features, rules, licence, origin)."""
    size, usual = SIZES[name]
    edge = edge or usual
    if not 96 <= edge <= 512:
        raise Refusal(f"--edge must lie in 96..512, or be left out: {name} was trained on {usual}")
    model, precision = feature_graph(backbones.load_weights(size), edge), "float32"
    if photos:
        from . import quantise
        model, precision = quantise.image_to_int8(model, calibration(photos, edge)), "int8"
    return model, FEATURES, rules(edge, precision), LICENCE, f"{name}, ImageNet weights, by Vitrine's modelkit"


def _smaller(folder, edge):
    """The image tower of the pack in `folder` for squares of `edge` pixels."""
    if not folder.is_dir():
        raise Refusal(f"{folder} is neither the folder of a pack nor one of {', '.join(SIZES)}")
    pack = read_about(folder)
    said, features = pack["image"], pack["dimension"]
    data, _ = read_tower(folder, pack, "image")
    if "projection" in said:
        raise Refusal(f"{folder} was distilled itself; take its teacher")
    if not edge or edge % 32 or edge > said["edge_px"]:
        raise Refusal(f"--edge must be a multiple of 32 of at most {said['edge_px']}, which is what {folder} sees")
    model = onnx.load_from_string(data)
    del model.graph.value_info[:]
    (shape,) = [value.type.tensor_type.shape for value in model.graph.input if value.name == said["input"]]
    for place in (1, 2) if said["layout"] == "nhwc" else (2, 3):
        shape.dim[place].dim_value = edge
    _try(model, said, edge, features, folder)
    kept = {key: said[key] for key in ("precision", "input", "output", "layout", "dtype", "resize", "filter", "fill", "mean", "std") if key in said}
    return model, features, kept | {"edge_px": edge}, pack["licence"], f"the image tower of {pack['name']} {pack['version']} with pictures of {edge} px"


def _try(model, said, edge, features, folder):
    """Some graphs are made for one size of picture."""
    shape = (1, edge, edge, 3) if said["layout"] == "nhwc" else (1, 3, edge, edge)
    try:
        rows = session(model).run([said["output"]], {said["input"]: np.zeros(shape, np.uint8 if said["dtype"] == "uint8" else np.float32)})[0]
    except Exception as problem:
        raise Refusal(f"the image tower of {folder} does not run with pictures of {edge} px: {problem}") from problem
    if rows.shape != (1, features):
        raise Refusal(f"the image tower of {folder} gives {list(rows.shape)} with pictures of {edge} px; it is made for one size")


def free(out):
    """Raises Refusal where the folder `out` is there already."""
    if Path(out).exists():
        raise Refusal(f"{out} is there already; name a new folder with --out")


def write_folder(out, model, features, said, name, licence, origin):
    """Writes a backbone; backbone.json comes last, so that half a backbone is none."""
    out, data = Path(out), model.SerializeToString()
    about = {"name": name, "version": "1", "licence": licence, "origin": origin}
    description = {"schema": 1, **about, "features": features,
                   "image": {"file": "image.onnx", "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data), **said}}
    out.mkdir(parents=True)
    (out / "image.onnx").write_bytes(data)
    (out / "MODEL_CARD.md").write_text(CARD.format(**about, features=features, edge=said["edge_px"], precision=said["precision"]), encoding="utf-8")
    (out / "backbone.json").write_text(json.dumps(description, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"backbone: {out}: {features} features of pictures of {said['edge_px']} px, {said['precision']}.\n"
          f"backbone: now run `vitrine model distill --teacher NAME --student {out}`")


def write(name, out, edge=None, photos=None):
    """Writes the backbone into the folder `out`, which must not be there yet. Raises Refusal."""
    free(out)
    model, features, said, licence, origin = _published(name, edge, photos) if name in SIZES else _smaller(Path(name), edge)
    short = name if name in SIZES else Path(name).resolve().name[:24]
    write_folder(out, model, features, said, f"{short}-{said['edge_px']}px", licence, origin)
