// Graphemes: what a reader takes for one character (UAX 29, extended grapheme clusters).
#pragma once

#include <string_view>

namespace vitrine {

/// Takes graphemes off the front of well-formed UTF-8, one at a time.
class GraphemeReader {
 public:
  explicit GraphemeReader(std::string_view text) : rest_(text) {}

  /// The next one; empty at the end of the text.
  std::string_view Next();

 private:
  std::string_view rest_;
};

}  // namespace vitrine
