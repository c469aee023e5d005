#!/usr/bin/env python3
"""Writes the ids that the reference tokenizer gives to many strings, as hashes, for tests/unit/model/wordpiece_test.cc.

usage: make_wordpiece_golden.py VOCABULARY > tests/golden/wordpiece.txt    (needs the Python package `tokenizers`)

The strings are not stored: this script and the test make the same ones from the same numbers (splitmix64) and the
vocabulary. Lines of the file: `sha256` of the vocabulary, `max_tokens N`, `strings FIRST HASH` for each 64 strings,
`points FIRST HASH` for each 4,096 code points, `text ID ID ... | TEXT` for some that people can read.
"""
import hashlib
import sys

from tokenizers import BertWordPieceTokenizer

MAX_TOKENS = 64
STRINGS = 12_800
BLOCK = 64
POINT_BLOCK = 4096
MASK = (1 << 64) - 1
TEXTS = [
    "two dogs in the snow", "A Red Kayak, at dusk!", "", " ", "café naïve Ångström", "ÉCOLE", "don't", "e-mail@x.org",
    "東京タワー", "서울의 밤", "Ωμέγα; όχι", "Привет, мир", "שָׁלוֹם", "नमस्ते", "İstanbul ıssız", "Straße", "ﬁn", "１２３",
    "🙂 smile 👩‍👩‍👧", "a\u0301\u0302b", "snow\u00adman", "zero\u200bwidth", "one\u00a0two\u3000three",
    "unaffable embeddings", "x" * 100, "x" * 101, "3.14 $5 50%", "C++ <tag> `code` ^~|", "…—«»", "tai\u0323ng",
    "\u212b \u2126 \u1e9e", "ⅷ ½ ²", "kayak " * 80, "Ǆ ǅ ǆ", "[unused1]", "supercalifragilisticexpialidocious",
]


class Numbers:
    """splitmix64 (Steele, Lea and Flood 2014)."""

    def __init__(self, seed):
        self.state = seed

    def below(self, n):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return (z ^ (z >> 31)) % n


def scalar(c):
    return chr(0xFFFD if 0xD800 <= c < 0xE000 else c)


def part(numbers, words):
    kind = numbers.below(16)
    if kind < 10:
        word = words[1000 + numbers.below(len(words) - 1000)].removeprefix("##")
        if kind == 7:
            word = "".join(c.upper() if "a" <= c <= "z" and numbers.below(2) else c for c in word)
        if kind == 8:
            word = "".join(c + chr(0x300 + numbers.below(0x70)) if numbers.below(2) else c for c in word)
        return word
    if kind == 10:
        return "".join(chr(0x80 + numbers.below(0x580)) for _ in range(1 + numbers.below(6)))
    if kind == 11:
        return scalar(numbers.below(0x110000))
    if kind == 12:
        return chr(0x1F300 + numbers.below(0x800)) + ("\ufe0f", "\u200d", "")[numbers.below(3)]
    if kind == 13:
        return "".join(chr(0x21 + numbers.below(0x20)) for _ in range(1 + numbers.below(5)))
    if kind == 14:
        return "".join(scalar(0x2E00 + numbers.below(0xAA00)) for _ in range(1 + numbers.below(5)))
    return chr(numbers.below(0x3000))


def string(index, words):
    """The index-th string; every 100th is a long word, every 500th about 100 kB."""
    numbers = Numbers(index)
    text = ""
    for _ in range(1 + numbers.below(24)):
        text += part(numbers, words)
        text += (" ", " ", " ", "", "\t", "\u3000")[numbers.below(6)]
    if index % 100 == 1:
        text += "w" * (90 + numbers.below(20))
    if index % 500 == 2:
        text = text * (100_000 // len(text) + 1)
    return text


def block_hash(encodings):
    """FNV-1a over the ids, each list ended by its length."""
    value = 0xCBF29CE484222325
    for ids in encodings:
        for number in (*ids, len(ids)):
            value = ((value ^ number) * 0x100000001B3) & MASK
    return f"{value:016x}"


def main(path):
    raw = open(path, "rb").read()
    words = raw.decode().split("\n")[:-1]
    tokenizer = BertWordPieceTokenizer(path, lowercase=True)
    tokenizer.enable_truncation(MAX_TOKENS)

    def encode(texts):
        return [encoding.ids for encoding in tokenizer.encode_batch(texts)]

    print("sha256", hashlib.sha256(raw).hexdigest())
    print("max_tokens", MAX_TOKENS)
    for text, ids in zip(TEXTS, encode(TEXTS)):
        print("text", *ids, "|", text)
    for first in range(0, STRINGS, BLOCK):
        print("strings", first, block_hash(encode([string(i, words) for i in range(first, first + BLOCK)])))
    for first in range(0, 0x110000, POINT_BLOCK):
        texts = [f"a{scalar(c)}b {scalar(c)}" for c in range(first, first + POINT_BLOCK)]
        print("points", first, block_hash(encode(texts)))


if __name__ == "__main__":
    main(sys.argv[1])
