#!/usr/bin/env python3
"""Makes small tokenizers of the families that text towers use, and the ids that the reference gives with them, as hashes.

usage: make_tokenizer_golden.py                 writes tests/golden/tokenizers (needs babel, sentencepiece, tokenizers)
       make_tokenizer_golden.py NAME FILE.json  writes tests/golden/tokenizers/real/NAME.txt for a tokenizer.json of the world
       make_tokenizer_golden.py clip VOCABULARY OUT.json   makes CLIP's tokenizer.json of bpe_simple_vocab_16e6.txt.gz

tests/unit/model/tokenizer_json_test.cc makes the same strings from the same numbers and compares. They are made of
words.txt, which holds words of the Unicode CLDR (names of places, languages and months in many scripts) and what
tokenizers treat specially.
"""
import gzip
import hashlib
import json
import pathlib
import random
import sys
import tempfile

import tokenizers
from tokenizers import AddedToken, Regex, Tokenizer, models, normalizers, pre_tokenizers, processors, trainers

from make_wordpiece_golden import BLOCK, POINT_BLOCK, STRINGS, TEXTS, Numbers, block_hash, scalar, string

HERE = pathlib.Path(__file__).parent / "tokenizers"
MAX_TOKENS = 64
LOCALES = ("am ar as az be bg bn bo ca cs cy da de el en es et eu fa fi fr ga gu ha haw he hi hr hu hy id is it ja ka kk km kn ko ky lo lt lv mk ml "
           "mn mr ms my ne nl nb or pa pl ps pt ro ru si sk sl sq sr sv sw ta te tg th ti tk tr ug uk ur uz vi yo yue zh zh_Hant zu").split()
# Words that a tokenizer may have a rule for.
SPECIALS = ["<|startoftext|>", "<|endoftext|>", "<|ENDOFTEXT|>", "<s>", "</s>", "<mask>", " <mask>", "<unk>", "<pad>", "<bos>", "<eos>", "<0x41>", "<unused7>",
            "\u2581", "\u2581\u2581", "\u2581\u2581\u2581x", "\n", "\n\n", "\n\n\n", "\r\n", "\t\t", "  ", "   ", "\u00a0", "\u0085", "\u2028", "\u3000 ",
            "'s", "'t", "'re", "'ve", "'m", "'ll", "'d", "'S", "don't", "I'll", "it''s", "!'s", "_", "__a__", "1234", "x1y2", "\u00b2\u00bd", "\u0000", "\ufeff",
            "\u200b", "\u200d", "\ufffd", "\U0010ffff", "\ufdfa", "\u1e9e", "\u0130", "\u03a3\u03a3", "\u01c5", "\u212b", "\ufb01", "\u0344", "\u0fb2\u0f81"]
# Where graphemes, normal forms and lower case have something to decide: first code point and how many.
MARKED = [(0x41, 26), (0x61, 26), (0x20, 1), (0x300, 0x70), (0x300, 0x70), (0xA0, 0x160), (0x370, 0x90), (0x400, 0x130), (0x531, 0x60), (0x591, 0x60),
          (0x600, 0x100), (0x900, 0x80), (0x980, 0x80), (0xB80, 0x80), (0xD00, 0x80), (0xE00, 0x80), (0xF40, 0x80), (0x1000, 0xA0), (0x1100, 0x100),
          (0x13A0, 0x60), (0x1E00, 0x200), (0x200B, 5), (0x2028, 8), (0x2100, 0x90), (0x2460, 0x80), (0x3040, 0xC0), (0x3200, 0x200), (0xA640, 0x60),
          (0xAC00, 0x2BA4), (0xF900, 0x200), (0xFB00, 0x250), (0xFE00, 0x10), (0xFE20, 0x10), (0xFF00, 0xF0), (0x1D150, 0x20), (0x1D400, 0x200),
          (0x1F1E6, 26), (0x1F3FB, 5), (0x1F400, 0x100), (0x2F800, 0x200)]


def corpus():
    """Names in many scripts: one list of words, the same each time."""
    from babel import Locale
    lines = []
    for name in LOCALES:
        locale = Locale.parse(name)
        for names in (locale.territories, locale.languages, locale.months["format"]["wide"], locale.days["format"]["wide"], locale.scripts):
            lines += [str(names[key]) for key in sorted(names, key=str)]
    return lines


def marked(index):
    """The index-th string of code points that have something to decide."""
    numbers = Numbers(1_000_000 + index)
    text = ""
    for _ in range(1 + numbers.below(10)):
        first, count = MARKED[numbers.below(len(MARKED))]
        text += scalar(first + numbers.below(count))
    return text


def golden(path, data, out):
    tokenizer = Tokenizer.from_str(data.decode())
    tokenizer.enable_truncation(MAX_TOKENS)
    tokenizer.no_padding()
    words = (HERE / "words.txt").read_bytes().decode().split("\x1e")

    def encode(texts):
        return [encoding.ids for encoding in tokenizer.encode_batch(texts)]

    with open(path, "w", encoding="utf-8") as file:
        say = lambda *values: print(*values, file=file)
        say("sha256", hashlib.sha256(data).hexdigest())
        say("made-with tokenizers", tokenizers.__version__)
        say("max_tokens", MAX_TOKENS)
        if out:
            for text, ids in zip(TEXTS, encode(TEXTS)):
                say("text", *ids, "|", text)
        for first in range(0, STRINGS, BLOCK):
            say("strings", first, block_hash(encode([string(i, words) for i in range(first, first + BLOCK)])))
        for first in range(0, STRINGS, BLOCK):
            say("marked", first, block_hash(encode([marked(i) for i in range(first, first + BLOCK)])))
        for first in range(0, 0x110000, POINT_BLOCK):
            say("points", first, block_hash(encode([f"a{scalar(c)}b {scalar(c)}" for c in range(first, first + POINT_BLOCK)])))


def clip(merges):
    """CLIP's tokenizer.json over a list of merges."""
    alphabet = [chr(b) for b in (*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100))] + [chr(0x100 + n) for n in range(68)]
    tokens = alphabet + [c + "</w>" for c in alphabet] + [a + b for a, b in merges] + ["<|startoftext|>", "<|endoftext|>"]
    ids = {token: number for number, token in enumerate(tokens)}
    tokenizer = Tokenizer(models.BPE(vocab=ids, merges=merges, unk_token="<|endoftext|>", continuing_subword_prefix="", end_of_word_suffix="</w>"))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Lowercase()])
    words = Regex(r"""'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+""")
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Split(words, behavior="removed", invert=True), pre_tokenizers.ByteLevel(add_prefix_space=False)])
    start, end = (("<|startoftext|>", ids["<|startoftext|>"]), ("<|endoftext|>", ids["<|endoftext|>"]))
    tokenizer.post_processor = processors.RobertaProcessing(end, start, trim_offsets=False, add_prefix_space=False)
    tokenizer.add_special_tokens([AddedToken(start[0], normalized=True, special=True), AddedToken(end[0], normalized=False, special=True)])
    return tokenizer


def small_clip(lines):
    learner = Tokenizer(models.BPE(end_of_word_suffix="</w>"))
    learner.normalizer = normalizers.Sequence([normalizers.NFC(), normalizers.Lowercase()])
    learner.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Whitespace(), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    learner.train_from_iterator(lines, trainers.BpeTrainer(vocab_size=2400, end_of_word_suffix="</w>", initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    return clip([tuple(pair) for pair in json.loads(learner.to_str())["model"]["merges"]])


def charsmap_of_sentencepiece(lines):
    """The map of NFKC and white space that XLM-R, T5 and SigLIP have in their files: SentencePiece's own, the same for all."""
    import sentencepiece
    from sentencepiece import sentencepiece_model_pb2
    with tempfile.TemporaryDirectory() as folder:
        sentencepiece.SentencePieceTrainer.train(sentence_iterator=iter(lines), model_prefix=f"{folder}/m", vocab_size=4000, hard_vocab_limit=False,
                                                 normalization_rule_name="nmt_nfkc", minloglevel=2)
        model = sentencepiece_model_pb2.ModelProto.FromString(pathlib.Path(f"{folder}/m.model").read_bytes())
    return model.normalizer_spec.precompiled_charsmap


def xlm_roberta(lines):
    charsmap = normalizers.Precompiled(charsmap_of_sentencepiece(lines))
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.Sequence([charsmap, normalizers.Replace(Regex(" {2,}"), " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="\u2581", prepend_scheme="always")
    tokenizer.train_from_iterator(lines, trainers.UnigramTrainer(vocab_size=2200, special_tokens=["<s>", "<pad>", "</s>", "<unk>"], unk_token="<unk>", show_progress=False))
    tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 2)])
    tokenizer.add_special_tokens([AddedToken("<mask>", lstrip=True, normalized=False, special=True)])
    return tokenizer


def siglip(xlm):
    """SigLIP's own: lower case, no punctuation, over the unigram tokens of the other."""
    parts = json.loads(xlm.to_str())
    punctuation = r"""[!"\#\$%\&'\(\)\*\+,\-\./:;<=>\?@\[\\\]\^_`\{\|\}\~]"""
    tokenizer = Tokenizer(models.Unigram([tuple(entry) for entry in parts["model"]["vocab"]][:1200], unk_id=3, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence([normalizers.Lowercase(), normalizers.Replace(Regex(punctuation), ""), normalizers.Replace(Regex(r"\s+"), " "),
                                                 normalizers.Strip()])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace(replacement="\u2581", prepend_scheme="first", split=False)])
    tokenizer.post_processor = processors.TemplateProcessing(single="$A </s>", pair="$A </s> $B </s>", special_tokens=[("</s>", 2)])
    tokenizer.add_special_tokens([AddedToken("</s>", rstrip=True, special=True)])
    return tokenizer


def gemma(lines):
    learner = Tokenizer(models.BPE())
    learner.pre_tokenizer = pre_tokenizers.Metaspace(replacement="\u2581", prepend_scheme="never")
    learner.train_from_iterator(lines, trainers.BpeTrainer(vocab_size=2600, limit_alphabet=900, show_progress=False))
    learned = json.loads(learner.to_str())["model"]
    runs = [c * n for c in ("\n", "\u2581") for n in range(2, 9)]
    tokens = ["<pad>", "<eos>", "<bos>", "<unk>", *(f"<unused{n}>" for n in range(10)), *runs, *(f"<0x{b:02X}>" for b in range(256)), "\n",
              *sorted(learned["vocab"], key=learned["vocab"].get)]
    ids = {token: number for number, token in enumerate(dict.fromkeys(tokens))}
    doubled = [(c * a, c * b) for c in ("\n", "\u2581") for n in range(2, 9) for a, b in [(n // 2, n - n // 2), (n - 1, 1), (1, n - 1)]]
    tokenizer = Tokenizer(models.BPE(vocab=ids, merges=[tuple(pair) for pair in doubled + learned["merges"]], unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    tokenizer.normalizer = normalizers.Replace(" ", "\u2581")
    tokenizer.pre_tokenizer = pre_tokenizers.Split(" ", "merged_with_previous")
    tokenizer.post_processor = processors.TemplateProcessing(single="<bos> $A <eos>", pair="<bos> $A <eos> <bos> $B <eos>", special_tokens=[("<bos>", 2), ("<eos>", 1)])
    tokenizer.add_special_tokens([AddedToken(token, normalized=False, special=True) for token in tokens[:4]])
    tokenizer.add_tokens([AddedToken(token, normalized=False) for token in tokens[4:14] + runs])
    return tokenizer


def main():
    HERE.mkdir(exist_ok=True)
    lines = corpus()
    words = sorted({word for line in lines for word in line.split() if 1 < len(word) < 16})
    chosen = random.Random(14).sample(words, 3000) + SPECIALS
    (HERE / "words.txt").write_bytes("\x1e".join(chosen).encode())
    picked = random.Random(15).sample(lines, 12_000)
    xlm = xlm_roberta(picked)
    for name, tokenizer in (("clip", small_clip(picked)), ("xlm_roberta", xlm), ("siglip", siglip(xlm)), ("gemma", gemma(picked))):
        data = json.dumps(json.loads(tokenizer.to_str()), ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        (HERE / f"{name}.json").write_bytes(data)
        golden(HERE / f"{name}.txt", data, out=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["clip"] and len(sys.argv) == 4:
        lines = gzip.open(sys.argv[2], "rt", encoding="utf-8").read().split("\n")[1:49152 - 256 - 2 + 1]
        pathlib.Path(sys.argv[3]).write_text(clip([tuple(line.split()) for line in lines]).to_str(), encoding="utf-8")
    elif len(sys.argv) == 3:
        (HERE / "real").mkdir(exist_ok=True)
        golden(HERE / "real" / f"{sys.argv[1]}.txt", pathlib.Path(sys.argv[2]).read_bytes(), out=False)
    else:
        main()
