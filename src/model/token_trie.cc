#include "model/token_trie.h"

namespace vitrine {

// Level by level over the sorted tokens: the tokens below a node are a range of them, and the ranges of its
// children follow each other.
TokenTrie::TokenTrie(std::vector<std::pair<std::string_view, std::uint32_t>> tokens) {
  struct Range {
    std::size_t begin;
    std::size_t end;
    std::size_t depth;
  };
  std::ranges::sort(tokens);
  nodes_.emplace_back();
  std::vector<Range> ranges = {{0, tokens.size(), 0}};
  for (std::size_t at = 0; at < nodes_.size(); ++at) {
    auto [begin, end, depth] = ranges[at];
    if (begin < end && tokens[begin].first.size() == depth) nodes_[at].token = tokens[begin++].second;
    nodes_[at].first_child = static_cast<std::uint32_t>(nodes_.size());
    while (begin < end) {
      const char byte = tokens[begin].first[depth];
      std::size_t last = begin;
      while (last < end && tokens[last].first[depth] == byte) ++last;
      Node child;
      child.byte = static_cast<std::uint8_t>(byte);
      nodes_.push_back(child);
      ranges.push_back({begin, last, depth + 1});
      ++nodes_[at].children;
      begin = last;
    }
  }
}

}  // namespace vitrine
