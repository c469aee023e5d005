// The regular expressions that tokenizers are written with: a handful, each as code of its own.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace vitrine {

/// A part of a text, in bytes.
struct TextSpan {
  std::size_t begin;
  std::size_t end;
};

/// Immutable, so thread-safe.
class TextPattern {
 public:
  virtual ~TextPattern() = default;
  TextPattern() = default;
  TextPattern(const TextPattern&) = delete;
  TextPattern& operator=(const TextPattern&) = delete;

  /// The matches in well-formed UTF-8, from the left, none empty, none overlapping.
  virtual std::vector<TextSpan> Find(std::string_view text) const = 0;
};

/// Just this text, which is not empty.
std::unique_ptr<TextPattern> LiteralPattern(std::string literal);

/// The words of GPT-2's byte-level tokenizer.
std::unique_ptr<TextPattern> Gpt2Pattern();

/// A regular expression of those known here: CLIP's words, GPT-2's words, or one set of characters (a
/// character, \s, or a list in brackets without ranges) with nothing, "+" or "{n,}" behind it. nullptr for
/// any other.
std::unique_ptr<TextPattern> KnownPattern(std::string_view expression);

}  // namespace vitrine
