"""Folders as model hubs lay them out, of models with the true architecture and random weights, and what the reference
implementation (open_clip or transformers with PyTorch, Pillow, tokenizers) makes of pictures and sentences with them.

Needs the packages of bench/requirements-import.txt. Seeds are fixed.
"""
import json
import pathlib
import sys

import numpy as np
import torch
from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

sys.path.insert(0, str(pathlib.Path(__file__).parents[2]))
from modelkit import wording  # noqa: E402

OPSET = 17
torch.backends.mha.set_fastpath_enabled(False)


class Encoder(torch.nn.Module):
    """One method of a model as a module that can be exported."""

    def __init__(self, model, call):
        super().__init__()
        self.model, self.call = model, call

    def forward(self, given):
        return self.call(self.model, given)


def export(model, call, example, path, given, output, open_axes):
    path.parent.mkdir(parents=True, exist_ok=True)
    with torch.no_grad():
        torch.onnx.export(Encoder(model, call).eval(), (example,), str(path), input_names=[given], output_names=[output],
                          dynamic_axes={given: open_axes, output: {0: open_axes[0]}} if open_axes else None, opset_version=OPSET, dynamo=False)


def gemma_tokenizer(texts, size):
    """A tokenizer.json of Gemma's kind (BPE over pieces with blanks kept, bytes for what is unknown), its merges learned from `texts`."""
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", byte_fallback=True, fuse_unk=True))
    tokenizer.normalizer = normalizers.Replace(" ", "\u2581")
    tokenizer.pre_tokenizer = pre_tokenizers.Split(" ", "merged_with_previous")
    tokenizer.decoder = decoders.Sequence([decoders.Replace("\u2581", " "), decoders.ByteFallback(), decoders.Fuse()])
    special = ["<pad>", "<eos>", "<bos>", "<unk>"]
    trainer = trainers.BpeTrainer(vocab_size=size, special_tokens=[*special, *(f"<0x{byte:02X}>" for byte in range(256))], show_progress=False)
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(single="$A:0 <eos>:0", pair="$A:0 <eos>:0 $B:1 <eos>:1", special_tokens=[("<eos>", 1)])
    settings = json.loads(tokenizer.to_str())
    settings["added_tokens"] = settings["added_tokens"][:len(special)]  # Bytes are words of the vocabulary, not marks in texts.
    return json.dumps(settings, ensure_ascii=False)


def clip_tokenizer(texts, size):
    """A tokenizer.json of CLIP's kind with its merges learned from `texts`; ids: bytes, bytes at a word's end, merges, start, end."""
    full = json.loads(wording.clip_tokenizer(_merges_of_open_clip()))
    tokenizer = Tokenizer.from_str(json.dumps(full))
    trainer = trainers.BpeTrainer(vocab_size=size, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), end_of_word_suffix="</w>", show_progress=False)
    tokenizer.train_from_iterator(texts, trainer)
    merges = [tuple(merge) for merge in json.loads(tokenizer.to_str())["model"]["merges"]]
    return wording.clip_tokenizer_of(merges)


def _merges_of_open_clip():
    import open_clip

    return pathlib.Path(open_clip.__file__).parent / "bpe_simple_vocab_16e6.txt.gz"


def real_clip_tokenizer():
    return wording.clip_tokenizer(_merges_of_open_clip())


def _scatter(model, seed):
    """Random weights that tell inputs apart: projections that start at zero or one would make every vector the same."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "logit" not in name:
                parameter.add_(0.02 * torch.randn(parameter.shape, generator=generator))
    return model.eval()


def open_clip_model(config, seed=1):
    """open_clip's model of the configuration, weights by chance."""
    import open_clip

    torch.manual_seed(seed)
    config = json.loads(json.dumps(config))
    kind = open_clip.CustomTextCLIP if config.pop("custom_text", False) else open_clip.CLIP
    return _scatter(kind(**config), seed)


def write_open_clip(model, config, preprocess, folder, tokenizer=None):
    """The folder that open_clip itself writes to a hub."""
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    (folder / "open_clip_config.json").write_text(json.dumps({"model_cfg": config, "preprocess_cfg": preprocess}, indent=1))
    save_file({name: tensor.contiguous().clone() for name, tensor in model.state_dict().items()}, str(folder / "open_clip_model.safetensors"))
    if tokenizer:
        (folder / "tokenizer.json").write_text(tokenizer, encoding="utf-8")


def write_immich(model, config, preprocess, tokenizer, pad_token, folder):
    """immich's layout: two folders, ids as int32, a batch of one."""
    edge, length = config["vision_cfg"]["image_size"], config["text_cfg"]["context_length"]
    export(model, lambda m, x: m.encode_image(x, normalize=True), torch.zeros(1, 3, edge, edge), folder / "visual/model.onnx", "image", "embedding", None)
    export(model, lambda m, x: m.encode_text(x, normalize=True), torch.ones(1, length, dtype=torch.int32), folder / "textual/model.onnx", "text", "embedding", None)
    (folder / "config.json").write_text(json.dumps(config, indent=1))
    (folder / "visual/preprocess_cfg.json").write_text(json.dumps({"size": [edge, edge], "mode": "RGB", **preprocess}, indent=1))
    (folder / "textual/tokenizer.json").write_text(tokenizer, encoding="utf-8")
    (folder / "textual/tokenizer_config.json").write_text(json.dumps({"pad_token": pad_token}))
    (folder / "README.md").write_text("---\nlicense: mit\n---\n\nRandom weights of the true architecture.\n")


def siglip_model(text, vision, seed=2):
    """transformers' SigLIP of these sizes, weights by chance."""
    from transformers import SiglipConfig, SiglipModel

    torch.manual_seed(seed)
    config = SiglipConfig(text_config=text, vision_config=vision)
    config._attn_implementation = "eager"
    return _scatter(SiglipModel(config), seed), config


def write_transformers(model, config, preprocess, tokenizer, folder, kind="siglip2"):
    """The layout of transformers.js and optimum."""
    edge, length = config.vision_config.image_size, config.text_config.max_position_embeddings
    export(model.vision_model, lambda m, x: m(pixel_values=x).pooler_output, torch.zeros(2, 3, edge, edge), folder / "onnx/vision_model.onnx", "pixel_values", "pooler_output", {0: "n"})
    export(model.text_model, lambda m, x: m(input_ids=x).pooler_output, torch.ones(2, length, dtype=torch.int64), folder / "onnx/text_model.onnx", "input_ids", "pooler_output", {0: "n"})
    described = {"model_type": kind, "text_config": config.text_config.to_dict(), "vision_config": config.vision_config.to_dict()}
    (folder / "config.json").write_text(json.dumps(described, indent=1, default=str))
    (folder / "preprocessor_config.json").write_text(json.dumps(preprocess, indent=1))
    (folder / "tokenizer.json").write_text(tokenizer, encoding="utf-8")
    (folder / "tokenizer_config.json").write_text(json.dumps({"pad_token": "<pad>", "eos_token": "<eos>"}))


def unit(tensor):
    vector = tensor.detach().float().numpy()[0]
    return vector / np.linalg.norm(vector)


def reference_ids(tokenizer, length, pad_id, clean):
    """Texts to ids by the tokenizers package and a cleaning of the reference's."""
    inner = Tokenizer.from_str(tokenizer)
    inner.enable_truncation(length)
    inner.enable_padding(length=length, pad_id=pad_id)
    return lambda text: torch.tensor([inner.encode(clean(text)).ids])


class OpenClipReference:
    """Vectors by open_clip: its own transforms, its own tokenizer where it brings one."""

    def __init__(self, model, preprocess, edge, ids):
        from open_clip.transform import PreprocessCfg, image_transform_v2

        self.model, self.ids = model, ids
        self.transform = image_transform_v2(PreprocessCfg(**{"size": edge, **preprocess}), is_train=False)

    def see(self, picture):
        with torch.no_grad():
            return unit(self.model.encode_image(self.transform(picture)[None]))

    def read(self, text):
        with torch.no_grad():
            return unit(self.model.encode_text(self.ids(text)))


class SiglipReference:
    """Vectors by transformers."""

    def __init__(self, model, preprocess, ids):
        from transformers import SiglipImageProcessorPil

        kept = {key: value for key, value in preprocess.items() if not key.endswith("_type")}
        self.model, self.ids, self.processor = model, ids, SiglipImageProcessorPil(**kept)

    def see(self, picture):
        with torch.no_grad():
            pixels = self.processor(images=picture, return_tensors="pt")["pixel_values"]
            return unit(self.model.vision_model(pixel_values=pixels).pooler_output)

    def read(self, text):
        with torch.no_grad():
            return unit(self.model.text_model(input_ids=self.ids(text)).pooler_output)
