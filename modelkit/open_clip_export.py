"""Checkpoints of open_clip as ONNX towers. Needs PyTorch and open_clip: modelkit/requirements-open_clip.txt.

The folder is what open_clip itself writes to a hub: open_clip_config.json, weights, and a tokenizer.json where the model
does not use CLIP's own vocabulary. Nothing is fetched: a configuration that names a text model of a hub is refused.
"""
from pathlib import Path

from . import hubs, wording
from .towers import Refusal

OPSET = 17


def _modules(folder):
    try:
        import open_clip
        import torch
        from timm.utils.model import reparameterize_model
    except ImportError as problem:
        raise Refusal(f"an open_clip checkpoint needs PyTorch and open_clip ({problem}); modelkit/requirements-open_clip.txt says how to get them. "
                      "A folder that holds ONNX files needs neither") from problem
    config = hubs.read_json(folder / "open_clip_config.json")
    text = config.get("model_cfg", {}).get("text_cfg", {})
    if text.get("hf_model_name"):
        raise Refusal(f"its text tower is built from {text['hf_model_name']} of a hub, whose configuration is not in the folder; import an ONNX export of it")
    return open_clip, torch, reparameterize_model, config


def load(folder):
    """The checkpoint's model in evaluation mode, and its configuration."""
    open_clip, torch, reparameterize, config = _modules(Path(folder))
    try:
        model, _, _ = open_clip.create_model_and_transforms(f"local-dir:{folder}")
    except Exception as problem:
        raise Refusal(f"open_clip cannot load {folder}: {problem}") from problem
    return reparameterize(model.eval()), config


def _export(torch, call, model, example, name, path):
    class Encoder(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.model = model

        def forward(self, given):
            return call(self.model, given)

    torch.backends.mha.set_fastpath_enabled(False)  # its one fused operator has no ONNX form
    with torch.no_grad():
        torch.onnx.export(Encoder().eval(), (example,), str(path), input_names=[name], output_names=["embedding"],
                          dynamic_axes={name: {0: "n"}, "embedding": {0: "n"}}, opset_version=OPSET, dynamo=False)


def export(folder, scratch):
    """Writes image.onnx, text.onnx and tokenizer.json of the checkpoint in `folder` into `scratch`; returns hubs.Found."""
    import torch

    model, config = load(folder)
    text = config["model_cfg"].get("text_cfg", {})
    vision = config["model_cfg"].get("vision_cfg", {})
    rules = hubs.open_clip_rules(config.get("preprocess_cfg") or {}, vision.get("image_size"))
    scratch.mkdir(parents=True, exist_ok=True)
    tokenizer, default_clean = folder / "tokenizer.json", "whitespace"
    if not text.get("hf_tokenizer_name"):
        import open_clip

        tokenizer, default_clean = scratch / "tokenizer.json", "lower"
        tokenizer.write_text(wording.clip_tokenizer(Path(open_clip.__file__).parent / "bpe_simple_vocab_16e6.txt.gz"), encoding="utf-8")
    elif not tokenizer.is_file():
        raise Refusal(f"{folder} holds no tokenizer.json; its configuration names the tokenizer {text['hf_tokenizer_name']}, copy it from there")
    words = hubs.open_clip_words(text, tokenizer, default_clean)
    edge = rules["edge_px"]
    _export(torch, lambda m, x: m.encode_image(x, normalize=True), model, torch.zeros(2, 3, edge, edge), "pixel_values", scratch / "image.onnx")
    _export(torch, lambda m, x: m.encode_text(x, normalize=True), model, torch.ones(2, words.length, dtype=torch.int64), "input_ids", scratch / "text.onnx")
    return hubs.Found("open_clip", scratch / "image.onnx", scratch / "text.onnx", rules, words, hubs.licence_of(folder))
