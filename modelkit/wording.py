"""A pack's tokenizer.json, and the ids that the reference tokenizer makes with it."""
import gzip
import json
import string

import numpy as np
from tokenizers import BertWordPieceTokenizer, Tokenizer

from .towers import Refusal

CLIP_WORDS = 49152 - 256 - 2  # merges of the published file that CLIP uses; the file has more


def _replace(pattern, content):
    return {"type": "Replace", "pattern": pattern, "content": content}


# What open_clip does to a text before its tokenizer, as steps of a tokenizer.json. Repairs of broken encodings and HTML
# entities, which it does as well, are left out: a query has neither.
_SPACES = [_replace({"Regex": r"\s+"}, " "), {"type": "Strip", "strip_left": True, "strip_right": True}]
CLEANING = {
    "": [],
    "whitespace": _SPACES,
    "lower": [*_SPACES, {"type": "Lowercase"}],
    "canonicalize": [_replace({"String": "_"}, " "), *(_replace({"String": mark}, "") for mark in string.punctuation if mark != "_"), {"type": "Lowercase"}, *_SPACES],
}


def pack_tokenizer(words):
    """The bytes of the pack's tokenizer.json: `words.file` with the cleaning as its first steps, without lengths (pack.json has them)."""
    if words.clean not in CLEANING:
        raise Refusal(f"its texts are cleaned by the rule {words.clean}; known are {', '.join(filter(None, CLEANING))}")
    try:
        settings = json.loads(words.file.read_text(encoding="utf-8"))
        Tokenizer.from_file(str(words.file))
    except Exception as problem:
        raise Refusal(f"{words.file} is not a tokenizer that can be read: {problem}") from problem
    settings["padding"] = settings["truncation"] = None
    # CLIP's own steps fold case, and its words are cut at blanks whatever their number.
    is_clip = settings["model"].get("end_of_word_suffix") == "</w>"
    steps = [] if is_clip and words.clean in ("whitespace", "lower") else CLEANING[words.clean]
    own = settings.get("normalizer")
    if steps:
        settings["normalizer"] = {"type": "Sequence", "normalizers": [*steps, *([own] if own else [])]}
    return json.dumps(settings, ensure_ascii=False).encode()


class Reference:
    """Ids as the text tower takes them, by the tokenizers package."""

    def __init__(self, tokenizer, length, pad_to, pad_id):
        self._inner = Tokenizer.from_str(tokenizer.decode()) if isinstance(tokenizer, bytes) else tokenizer
        self._inner.enable_truncation(length)
        if pad_to:
            self._inner.enable_padding(length=pad_to, pad_id=pad_id)

    def feeds(self, text, said):
        """The tower's inputs for one text, by what pack.json's `text` says of them."""
        encoding, kind = self._inner.encode(text), np.int32 if said.get("dtype") == "int32" else np.int64
        feeds = {said["input_ids"]: np.array([encoding.ids], kind)}
        if "attention_mask" in said:
            feeds[said["attention_mask"]] = np.array([encoding.attention_mask], kind)
        return feeds


def reference_of(folder, text):
    """The Reference of a written pack: its folder, and `text` of its pack.json."""
    said = text["tokenizer"]
    path = folder / said["file"]
    tokenizer = BertWordPieceTokenizer(str(path), lowercase=said["lowercase"]) if said["kind"] == "wordpiece" else path.read_bytes()
    return Reference(tokenizer, said["max_tokens"], said.get("pad_to"), said.get("pad_id", 0))


def clip_tokenizer(merges_file):
    """CLIP's published vocabulary (open_clip's bpe_simple_vocab_16e6.txt.gz) as a tokenizer.json: str."""
    with gzip.open(merges_file, "rt", encoding="utf-8") as file:
        return clip_tokenizer_of([tuple(line.split()) for line in file.read().split("\n")[1:CLIP_WORDS + 1]])


def clip_tokenizer_of(merges):
    """A tokenizer.json of CLIP's kind with these merges, in the order of their ranks: str."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    letters = [chr(byte) for byte in printable] + [chr(256 + n) for n in range(256 - len(printable))]
    pieces = [*letters, *(letter + "</w>" for letter in letters), *("".join(merge) for merge in merges), "<|startoftext|>", "<|endoftext|>"]
    ids = {piece: number for number, piece in enumerate(pieces)}
    start, end = ids["<|startoftext|>"], ids["<|endoftext|>"]
    special = {"single_word": False, "lstrip": False, "rstrip": False, "special": True}
    words = r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"
    return json.dumps({
        "version": "1.0", "truncation": None, "padding": None,
        "added_tokens": [{"id": start, "content": "<|startoftext|>", **special, "normalized": True}, {"id": end, "content": "<|endoftext|>", **special, "normalized": False}],
        "normalizer": {"type": "Sequence", "normalizers": [{"type": "NFC"}, _replace({"Regex": r"\s+"}, " "), {"type": "Lowercase"}]},
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [{"type": "Split", "pattern": {"Regex": words}, "behavior": "Removed", "invert": True},
                                                                {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": False}]},
        "post_processor": {"type": "RobertaProcessing", "sep": ["<|endoftext|>", end], "cls": ["<|startoftext|>", start], "trim_offsets": False, "add_prefix_space": False},
        "decoder": {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True},
        "model": {"type": "BPE", "dropout": None, "unk_token": "<|endoftext|>", "continuing_subword_prefix": "", "end_of_word_suffix": "</w>",
                  "fuse_unk": False, "byte_fallback": False, "ignore_merges": False, "vocab": ids, "merges": [list(merge) for merge in merges]},
    }, ensure_ascii=False)
