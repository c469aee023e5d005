"""Folders as model hubs lay them out, read into one description: towers, image rules, tokenizer.

Three layouts are known. immich: `visual/model.onnx`, `textual/model.onnx`, `visual/preprocess_cfg.json`, open_clip's
`config.json`. transformers (also of optimum and transformers.js): `onnx/vision_model*.onnx`, `onnx/text_model*.onnx`,
`preprocessor_config.json`, `config.json`. open_clip: `open_clip_config.json` and weights, which open_clip.py exports first.
"""
import json
from dataclasses import dataclass
from pathlib import Path

from .towers import Refusal

CLIP_MEAN, CLIP_STD = [0.48145466, 0.4578275, 0.40821073], [0.26862954, 0.26130258, 0.27577711]
PRECISIONS = {"fp32": ("",), "fp16": ("_fp16",), "int8": ("_int8", "_quantized"), "uint8": ("_uint8",), "int4": ("_q4",)}
PILLOW_FILTERS = {2: "bilinear", 3: "bicubic"}
FEWEST_STD = 1e-3


@dataclass
class Words:
    """How a text becomes ids."""

    file: Path       # a tokenizer.json
    length: int      # ids at most
    padded: bool     # always that many
    pad_id: int
    clean: str = ""  # what happens to a text before: "", "whitespace", "lower", "canonicalize" (open_clip's names)


@dataclass
class Found:
    """A folder that was understood."""

    layout: str
    image: Path
    text: Path
    rules: dict  # edge_px, resize, filter, mean, std, perhaps short_px and fill: as in pack.json
    words: Words
    licence: str


def read_json(path, default=None):
    if not path.is_file():
        if default is not None:
            return default
        raise Refusal(f"{path} is missing")
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as problem:
        raise Refusal(f"{path} is not JSON: {problem}") from problem


def _one_number(value, what):
    """A square's side out of 224, [224, 224] or {"height": 224, "width": 224}."""
    sides = [value] if isinstance(value, (int, float)) else list(value.values() if isinstance(value, dict) else value)
    if not sides or len(set(sides)) != 1:
        raise Refusal(f"{what} is {value}; the product's towers see squares")
    return int(sides[0])


def licence_of(folder):
    """What the model card's header says, else that nobody says."""
    card = folder / "README.md"
    for line in card.read_text(encoding="utf-8", errors="replace").splitlines()[:60] if card.is_file() else ():
        if line.startswith("license:"):
            return line.split(":", 1)[1].strip() or "not stated"
    return "not stated in the folder; ask whoever made it"


def _tokenizer(folder, beside):
    for place in (beside, folder):
        if (place / "tokenizer.json").is_file():
            return place / "tokenizer.json"
    raise Refusal(f"{beside} holds no tokenizer.json; copy it there from the model's page (a vocabulary alone does not say how texts are cut)")


def pad_id(tokenizer, default=0):
    """The id a tokenizer fills up with: its own padding's, else that of the pad token named beside it."""
    inside = read_json(tokenizer)
    if inside.get("padding"):
        return int(inside["padding"]["pad_id"])
    token = read_json(tokenizer.parent / "tokenizer_config.json", {}).get("pad_token")
    token = token.get("content") if isinstance(token, dict) else token
    known = {added["content"]: added["id"] for added in inside.get("added_tokens", [])}
    vocabulary = inside.get("model", {}).get("vocab", {})
    if token is not None and isinstance(vocabulary, dict):
        known = {**vocabulary, **known}
    return int(known.get(token, default))


def open_clip_rules(settings, edge):
    """Image rules out of open_clip's preprocess_cfg; `edge` where it names no size."""
    edge = _one_number(settings.get("size") or edge, "the picture's size")
    mode, interpolation = settings.get("resize_mode") or "shortest", settings.get("interpolation") or "bicubic"
    rules = {"shortest": {"resize": "crop"}, "squash": {"resize": "squash"}, "longest": {"resize": "letterbox", "fill": int(settings.get("fill_color") or 0)}}
    if mode not in rules:
        raise Refusal(f"the preprocessing resizes by the rule {mode}; known are {', '.join(rules)}")
    if interpolation not in ("bilinear", "bicubic"):
        raise Refusal(f"the preprocessing interpolates by {interpolation}; known are bilinear and bicubic")
    return {"edge_px": edge, **rules[mode], "filter": interpolation, "mean": list(settings.get("mean") or CLIP_MEAN), "std": list(settings.get("std") or CLIP_STD)}


def open_clip_words(text, tokenizer, default_clean):
    """Words out of open_clip's text_cfg."""
    extra = text.get("tokenizer_kwargs") or {}
    unknown = set(extra) - {"clean"}
    if unknown:
        raise Refusal(f"its tokenizer has settings that are not known here: {', '.join(sorted(unknown))}")
    return Words(tokenizer, int(text.get("context_length") or 77), True, pad_id(tokenizer), extra.get("clean") or default_clean)


def _immich(folder, precision):
    names = {"fp32": "model.onnx", "fp16": "fp16/model.onnx"}
    if precision not in names:
        raise Refusal(f"the immich layout knows the precisions {', '.join(names)}, not {precision}")
    image, text = folder / "visual" / names[precision], folder / "textual" / names[precision]
    config = read_json(folder / "config.json", {})
    rules = open_clip_rules(read_json(folder / "visual" / "preprocess_cfg.json"), (config.get("vision_cfg") or {}).get("image_size"))
    return Found("immich", image, text, rules, open_clip_words(config.get("text_cfg") or {}, _tokenizer(folder, folder / "textual"), "whitespace"), licence_of(folder))


def transformers_rules(settings):
    """Image rules out of a preprocessor_config.json."""
    kind = settings.get("image_processor_type") or settings.get("feature_extractor_type") or ""
    crops = settings.get("do_center_crop", kind.startswith(("CLIP", "ChineseCLIP")))
    size = settings.get("size", 224)
    for flag, words in (("do_pad", "pads pictures"), ("do_flip_channel_order", "wants blue, green, red")):
        if settings.get(flag):
            raise Refusal(f"the preprocessing {words}, which this version does not do")
    if not settings.get("do_resize", True):
        raise Refusal("the preprocessing leaves pictures at their size; the product's towers see squares of one size")
    filter_name = PILLOW_FILTERS.get(settings.get("resample", 3 if kind.startswith(("CLIP", "ChineseCLIP", "Siglip")) else 2))
    if filter_name is None:
        raise Refusal(f"the preprocessing resamples by Pillow's filter {settings['resample']}; known are 2 (bilinear) and 3 (bicubic)")
    by_short_side = "shortest_edge" in size if isinstance(size, dict) else kind.startswith(("CLIP", "ChineseCLIP"))
    side = int(size["shortest_edge"]) if isinstance(size, dict) and by_short_side else _one_number(size, "the picture's size")
    edge = _one_number(settings.get("crop_size", side), "the crop's size") if crops else side
    if by_short_side and not crops:
        raise Refusal("the preprocessing keeps each picture's shape; the product's towers see squares")
    if not by_short_side and edge != side or edge > side:
        raise Refusal(f"the preprocessing cuts {edge} pixels out of a square of {side}; known is a crop after the short side was scaled")
    rules = {"edge_px": edge, "resize": "crop" if by_short_side else "squash", "filter": filter_name}
    if edge != side:
        rules["short_px"] = side
    # A value v in 0..255 becomes (v * factor - mean) / std; pack.json says (v / 255 - mean) / std.
    factor = float(settings.get("rescale_factor", 1 / 255)) * 255 if settings.get("do_rescale", True) else 255.0
    mean, std = ([0.0] * 3, [1.0] * 3) if not settings.get("do_normalize", True) else (settings.get("image_mean", CLIP_MEAN), settings.get("image_std", CLIP_STD))
    return {**rules, "mean": [value / factor for value in mean], "std": [value / factor for value in std]}


def transformers_words(config, tokenizer):
    """Words out of a config.json. SigLIP's text towers read their last place, so that texts are filled up; CLIP's need not be."""
    kind, text = config.get("model_type", ""), config.get("text_config") or {}
    said = read_json(tokenizer.parent / "tokenizer_config.json", {}).get("model_max_length") or 0
    siglip = kind.startswith("siglip")
    length = int(text.get("max_position_embeddings") or (said if 0 < said <= 4096 else 0) or (64 if siglip else 77))
    return Words(tokenizer, length, siglip, pad_id(tokenizer), "lower" if kind == "siglip2" else "")


def _transformers(folder, precision):
    if precision not in PRECISIONS:
        raise Refusal(f"known precisions are {', '.join(PRECISIONS)}, not {precision}")
    place = folder / "onnx" if (folder / "onnx").is_dir() else folder
    image, text = ([place / f"{stem}{ending}.onnx" for ending in PRECISIONS[precision]] for stem in ("vision_model", "text_model"))
    image, text = (next((path for path in paths if path.is_file()), paths[0]) for paths in (image, text))
    rules = transformers_rules(read_json(folder / "preprocessor_config.json"))
    return Found("transformers", image, text, rules, transformers_words(read_json(folder / "config.json"), _tokenizer(folder, folder)), licence_of(folder))


def understand(folder, precision, scratch):
    """Reads `folder`; an open_clip checkpoint is exported into the folder `scratch`. Raises Refusal."""
    folder = Path(folder)
    if not folder.is_dir():
        raise Refusal(f"{folder} is no folder")
    if (folder / "visual").is_dir() or (folder / "textual").is_dir():
        found = _immich(folder, precision)
    elif any(folder.glob("onnx/*.onnx")) or any(folder.glob("*_model*.onnx")):
        found = _transformers(folder, precision)
    elif (folder / "open_clip_config.json").is_file():
        from . import open_clip_export  # needs PyTorch
        if precision != "fp32":
            raise Refusal("an open_clip checkpoint is exported as fp32; `modelkit quantise` makes the other precisions")
        found = open_clip_export.export(folder, Path(scratch))
    else:
        raise Refusal(f"{folder} is laid out in no way that is known: visual/ and textual/ (immich), onnx/vision_model.onnx and onnx/text_model.onnx "
                      "(transformers.js, optimum), or open_clip_config.json with weights (open_clip)")
    for what, path in (("image", found.image), ("text", found.text)):
        if not path.is_file():
            there = ", ".join(sorted(other.name for other in path.parent.glob("*.onnx"))) or "no ONNX file"
            raise Refusal(f"the {what} tower {path} is missing; {path.parent} holds {there}. A model whose two towers share one file has to be exported as two")
    if min(found.rules["std"]) < FEWEST_STD or len(found.rules["mean"]) != 3 or len(found.rules["std"]) != 3:
        raise Refusal(f"the preprocessing's mean and std are not three numbers each, std at least {FEWEST_STD}: {found.rules['mean']}, {found.rules['std']}")
    return found
