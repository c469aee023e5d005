// The seam between a text tower and the many ways to make ids of a text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "vitrine/result.h"

namespace vitrine {

enum class TokenizerKind : std::uint8_t {
  kWordPiece,  ///< BERT's, from its vocabulary file (wordpiece.h).
  kJson,       ///< Whatever a tokenizer.json describes (tokenizer_json.h).
};

struct TokenizerSpec {
  TokenizerKind kind = TokenizerKind::kWordPiece;
  bool lowercase = true;        ///< For kWordPiece: fold case and drop accents.
  std::size_t max_tokens = 64;  ///< Ids a text at most, those that are put around it among them.
};

/// Immutable, so thread-safe.
class Tokenizer {
 public:
  virtual ~Tokenizer() = default;
  Tokenizer() = default;
  Tokenizer(const Tokenizer&) = delete;
  Tokenizer& operator=(const Tokenizer&) = delete;

  /// @param text  bytes; each that belongs to no well-formed UTF-8 sequence is read as U+FFFD.
  /// @return at most max_tokens ids, with those around the text that the tokenizer's description asks for,
  /// unpadded. A long text costs what its first max_tokens tokens cost, if it has spaces.
  virtual std::vector<std::int64_t> Encode(std::string_view text) const = 0;
};

/// @param bytes  the file that `spec.kind` names, whole.
/// Errors: kModel (damaged, or it asks for what this version does not know; the message names it).
Result<std::unique_ptr<const Tokenizer>> MakeTokenizer(const TokenizerSpec& spec, std::string_view bytes);

}  // namespace vitrine
