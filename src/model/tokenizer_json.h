// Reads a `tokenizer.json`, the file in which Hugging Face's fast tokenizers keep all that they do.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "model/tokenizer.h"
#include "vitrine/result.h"

namespace vitrine {

/// A tokenizer with ids equal to those of the Python package `tokenizers` for the same file, with its
/// truncation at `max_tokens` (or at the file's own length where that is less) and no padding. The file may
/// use:
///   model           BPE (with byte fallback), Unigram, WordPiece (BERT's, with its two below)
///   normalizer      NFC, Lowercase, Replace, Strip, Prepend, Precompiled, BertNormalizer
///   pre_tokenizer   Split, ByteLevel, Metaspace, WhitespaceSplit, BertPreTokenizer
///   post_processor  TemplateProcessing, RobertaProcessing, BertProcessing, ByteLevel
/// and Sequences of those; regular expressions as far as KnownPattern() knows them.
/// Errors: kModel, with the field and its value for anything else.
Result<std::unique_ptr<const Tokenizer>> ReadTokenizerJson(std::string_view bytes, std::size_t max_tokens);

}  // namespace vitrine
