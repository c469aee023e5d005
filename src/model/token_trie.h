// All tokens that a text begins with, found in one walk.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace vitrine {

/// A tree of bytes, made once from all tokens. Immutable, so thread-safe.
class TokenTrie {
 public:
  /// @param tokens  texts, not empty, each once, with their numbers; any order.
  explicit TokenTrie(std::vector<std::pair<std::string_view, std::uint32_t>> tokens);

  /// Calls on_token(bytes, number) for each token that is a front of `text`, the shortest first.
  template <typename OnToken>
  void ForEachFront(std::string_view text, const OnToken& on_token) const {
    const Node* node = &nodes_.front();
    for (std::size_t i = 0; i < text.size(); ++i) {
      const auto first = nodes_.begin() + node->first_child;
      const auto last = first + node->children;
      const auto byte = static_cast<std::uint8_t>(text[i]);
      const auto found = std::lower_bound(
          first, last, byte, [](const Node& child, std::uint8_t value) { return child.byte < value; });
      if (found == last || found->byte != byte) return;
      node = &*found;
      if (node->token != kNone) on_token(i + 1, node->token);
    }
  }

 private:
  static constexpr std::uint32_t kNone = 0xFFFFFFFF;

  struct Node {
    std::uint32_t token = kNone;
    std::uint32_t first_child = 0;  ///< The children of one node lie in a row, by byte.
    std::uint16_t children = 0;
    std::uint8_t byte = 0;
  };

  std::vector<Node> nodes_;
};

}  // namespace vitrine
