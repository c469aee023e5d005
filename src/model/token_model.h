// From a piece of text to ids: the "model" of a tokenizer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "vitrine/result.h"

namespace vitrine {

/// Immutable, so thread-safe.
class TokenModel {
 public:
  virtual ~TokenModel() = default;
  TokenModel() = default;
  TokenModel(const TokenModel&) = delete;
  TokenModel& operator=(const TokenModel&) = delete;

  /// @param piece  well-formed UTF-8, not empty.
  virtual void AppendIds(std::string_view piece, std::vector<std::int64_t>& ids) const = 0;

  /// True when a piece can be cut before any U+2581 that follows another character, with the same ids.
  virtual bool SplitsAtWords() const = 0;
};

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
};

/// Tokens and their ids.
using TokenIds = std::unordered_map<std::string, std::int64_t, TextHash, std::equal_to<>>;

constexpr std::int64_t kNoToken = -1;

/// The tokens "<0x00>" to "<0xFF>" that stand for single bytes; kNoToken where there is none.
std::vector<std::int64_t> FallbackBytes(const TokenIds& ids);

/// Whether every byte of `text` has one of `bytes`, which may be empty.
bool HasBytes(const std::vector<std::int64_t>& bytes, std::string_view text);

/// What a byte-pair model is made of (Sennrich et al. 2016), as tokenizer.json has it.
struct BpeParts {
  TokenIds ids;
  std::vector<std::pair<std::string, std::string>> merges;  ///< The most important first.
  std::string suffix;                                       ///< Ends the last character of a piece: "</w>".
  std::optional<std::string> unknown;
  bool fuse_unknown = false;
  bool byte_fallback = false;
  bool whole_pieces_first = false;  ///< A piece that is a token is not merged up ("ignore_merges").
};

/// Errors: kModel (a merge or the unknown token names no token).
Result<std::unique_ptr<TokenModel>> MakeBpe(BpeParts parts);

/// What a unigram model is made of (Kudo 2018).
struct UnigramParts {
  std::vector<std::pair<std::string, double>> tokens;  ///< A token's place is its id; with log likelihoods.
  std::size_t unknown = 0;                             ///< The place of the unknown token.
  bool byte_fallback = false;
};

/// Errors: kModel (there is no such unknown token).
Result<std::unique_ptr<TokenModel>> MakeUnigram(UnigramParts parts);

/// BERT's pieces (wordpiece.h), with the changes of the text and the cuts that belong to them.
/// Errors: kModel (there is no [UNK]).
Result<std::unique_ptr<TokenModel>> MakeWordPiece(const TokenIds& ids, bool lowercase);

}  // namespace vitrine
