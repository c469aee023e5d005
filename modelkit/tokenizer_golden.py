"""Sentences with their reference token ids, for the tests of the C++ tokenizer."""
import json
import random

from . import flickr8k
from .tokens import Tokeniser

SCRIPTS = {"accents": "éèêëàâäçñöøåßœæÉÀÜİıſ", "combining": "e\u0301a\u0308o\u0303\u200d\u0327", "greek": "αβγδΩΣς", "cyrillic": "привет мирЁё", "cjk": "犬が走る猫中文字符海滩", "hangul": "한국어 사진",
           "kana": "がぎプピデ", "arabic": "صورة قطة", "hebrew": "תמונה", "thai": "ภาพแมว", "devanagari": "कुत्ता", "emoji": "🐕🏖️👩‍👩‍👧🇫🇷❤️", "symbols": "€£¥©™½²№→∞", "wide": "ＡＢＣ１２３　！",
           "controls": "\t\r\u0000\u0007\u200b\ufeff\u00ad\u2028\ufffd", "spaces": "\u00a0\u2003\u3000  ", "punctuation": "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~“”‘’…—–¿¡", "rare planes": "𠀀𝔄𐍈"}
PLAIN = ("dog", "beach", "unbelievably", "photograph", "naïve", "café", "can't", "x-ray", "state-of-the-art", "3.14", "2024-05-17", "C++", "[CLS]", "[MASK]", "##ing", "O'Neill", "ÅNGSTRÖM")


def sentences(captions, seed=20241122):
    """Captions, plain and with their punctuation changed, then mixtures of scripts, then odd lengths. Deterministic."""
    dice = random.Random(seed)
    yield from captions[:6000]
    for number, caption in enumerate(captions[6000:8000]):
        yield (caption.upper(), caption.title(), caption.replace(" ", ", "), f"“{caption}”...", caption.replace("a", "á"))[number % 5]
    letters = "".join(SCRIPTS.values())
    for _ in range(1500):
        yield " ".join(dice.choice(PLAIN) if dice.random() < 0.4 else "".join(dice.choice(dice.choice(list(SCRIPTS.values()))) for _ in range(dice.randint(1, 8))) for _ in range(dice.randint(1, 9)))
    for _ in range(700):
        yield "".join(dice.choice(letters) for _ in range(dice.randint(1, 60)))
    for length in range(1, 260):
        yield "x" * length
        yield "un" * length + "able"
    yield from ("", " ", "\n", "a", "[UNK] [PAD]", " ".join(PLAIN * 20), *PLAIN, *SCRIPTS.values())


def write(data, path):
    """One JSON object a line: {"text": ..., "ids": [...]}."""
    train = flickr8k.read(data, "train")
    texts = list(sentences(train.captions))
    with open(path, "w", encoding="utf-8") as file:
        for text, ids in zip(texts, Tokeniser().ids(texts)):
            file.write(json.dumps({"text": text, "ids": ids}) + "\n")
    print(f"{len(texts)} sentences")
