// What the BERT tokenizer does to each code point, as sorted tables (made by make_unicode_tables.py).
#pragma once

#include <algorithm>
#include <iterator>
#include <span>

namespace vitrine {

struct CodePointRange {
  char32_t first;
  char32_t last;  ///< Inclusive.
};

struct CodePointFold {
  char32_t from;
  char32_t to;
};

struct CodePointLongFold {
  char32_t from;
  char32_t to[3];  ///< Two or three code points, then 0.
};

/// All sorted by code point, without overlaps. Hangul syllables are in none of them: they decompose by
/// arithmetic.
struct UnicodeTables {
  std::span<const CodePointRange> controls;     ///< Removed.
  std::span<const CodePointRange> spaces;       ///< Become U+0020.
  std::span<const CodePointRange> punctuation;  ///< A word each.
  std::span<const CodePointRange> accents;      ///< Removed when lower-casing (category Mn).
  std::span<const CodePointFold> folds;  ///< Lower case without accents, where that is another code point.
  std::span<const CodePointLongFold> long_folds;
};

const UnicodeTables& BertUnicodeTables();

inline bool Contains(std::span<const CodePointRange> ranges, char32_t c) {
  const auto after =
      std::upper_bound(ranges.begin(), ranges.end(), c,
                       [](char32_t value, const CodePointRange& range) { return value < range.first; });
  return after != ranges.begin() && c <= std::prev(after)->last;
}

}  // namespace vitrine
