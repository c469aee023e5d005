// What the reference tokenizer's regular expressions, lower case and normal forms know of each code point, as
// sorted tables (made by make_text_tables.py).
#pragma once

#include <cstdint>
#include <span>

#include "model/unicode_tables.h"

namespace vitrine {

/// Every code point from `first` to `last` in steps of `step` has `distance` added (modulo 2^32) in lower
/// case.
struct LoweredRun {
  char32_t first;
  char32_t last;
  char32_t step;
  char32_t distance;
};

/// A code point that is canonically `first` followed by `second`.
struct CanonicalPair {
  char32_t whole;
  char32_t first;
  char32_t second;
};

struct CombiningClass {
  char32_t first;
  char32_t last;        ///< Inclusive.
  std::uint32_t value;  ///< 1..254; marks that follow a letter are sorted by it.
};

/// All sorted by (first) code point, without overlaps. Hangul syllables are in none of the decompositions:
/// they are taken apart by arithmetic.
struct TextTables {
  std::span<const CodePointRange> letters;     ///< \p{L}
  std::span<const CodePointRange> numbers;     ///< \p{N}
  std::span<const CodePointRange> spaces;      ///< \s
  std::span<const LoweredRun> lowered;         ///< Above U+007F. U+0130, which becomes two, is not in it.
  std::span<const CanonicalPair> composed;     ///< Decompositions that NFC makes whole again.
  std::span<const CanonicalPair> taken_apart;  ///< Decompositions that it leaves.
  std::span<const CodePointFold> replaced;     ///< Code points that are canonically another one.
  std::span<const CombiningClass> classes;
};

const TextTables& ReferenceTextTables();

}  // namespace vitrine
