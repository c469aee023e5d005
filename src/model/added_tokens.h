// Tokens that are looked for in a text before anything else is: "<|endoftext|>", "<mask>", runs of line ends.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "model/text_pattern.h"
#include "model/token_model.h"

namespace vitrine {

/// A set of such tokens. Immutable once filled, so thread-safe.
class AddedTokens {
 public:
  /// @param spaces_before, spaces_after  white space there belongs to the token.
  void Add(std::string_view content, std::int64_t id, bool spaces_before, bool spaces_after);

  bool empty() const { return ids_.empty(); }
  /// Whether one of them goes on after a space, or after the mark that stands for one (U+2581).
  bool reach_over_spaces() const { return reach_over_spaces_; }

  struct Part {
    TextSpan span;
    std::int64_t id;  ///< kText: no token.
  };
  static constexpr std::int64_t kText = -1;

  /// The whole text as tokens and what lies between them: of the tokens that begin at the leftmost place the
  /// longest, and so on.
  std::vector<Part> Find(std::string_view text) const;

 private:
  struct Token {
    std::int64_t id;
    bool spaces_before;
    bool spaces_after;
  };
  // The longest token at the front, its bytes, or nullptr.
  const Token* LongestAt(std::string_view text, std::size_t& bytes) const;

  std::unordered_map<std::string, Token, TextHash, std::equal_to<>> ids_;
  std::vector<std::vector<std::size_t>> lengths_ = std::vector<std::vector<std::size_t>>(256);
  bool reach_over_spaces_ = false;
};

}  // namespace vitrine
