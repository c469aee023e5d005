"""WordPiece token ids as the text tower takes them."""
import numpy as np
from tokenizers import BertWordPieceTokenizer

from .text_encoder import MAX_TOKENS, package_file


class Tokeniser:
    """The reference tokenizer: lower case, accents stripped, at most MAX_TOKENS ids with [CLS] and [SEP]."""

    def __init__(self, vocabulary=None):
        self._inner = BertWordPieceTokenizer(vocabulary or package_file("vocab.txt"), lowercase=True)
        self._inner.enable_truncation(MAX_TOKENS)
        self.size = self._inner.get_vocab_size()
        self.wordless = [number for token, number in self._inner.get_vocab().items() if token.startswith("[") or not any(c.isalpha() for c in token)]

    def numbers(self, words):
        """The id of each word; the words must be whole tokens."""
        return [self._inner.token_to_id(word) for word in words]

    def ids(self, texts):
        """One list of ids a text."""
        return [encoding.ids for encoding in self._inner.encode_batch(list(texts))]

    def batch(self, texts):
        """input_ids and attention_mask, int64 [n, longest]."""
        rows = self.ids(texts)
        ids = np.zeros((len(rows), max(map(len, rows))), np.int64)
        mask = np.zeros_like(ids)
        for row, values in enumerate(rows):
            ids[row, :len(values)] = values
            mask[row, :len(values)] = 1
        return ids, mask
