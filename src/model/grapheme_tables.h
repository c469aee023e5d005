// What decides where a grapheme ends (UAX 29), as the reference tokenizer has it, as sorted tables (made by
// make_grapheme_tables.py).
#pragma once

#include <span>

#include "model/unicode_tables.h"

namespace vitrine {

/// Each sorted, without overlaps. Hangul and regional indicators are in none: they lie in blocks of their
/// own.
struct GraphemeTables {
  std::span<const CodePointRange> controls;       ///< Stand alone.
  std::span<const CodePointRange> extenders;      ///< Belong to what is before them; joiners among them.
  std::span<const CodePointRange> spacing_marks;  ///< Likewise.
  std::span<const CodePointRange> prepended;      ///< Belong to what follows them.
  std::span<const CodePointRange> pictures;       ///< Joined to a picture before them by U+200D.
  std::span<const CodePointRange> consonants;     ///< Joined to a consonant before them by a linker.
  std::span<const CodePointRange> linkers;        ///< Some of the extenders.
};

const GraphemeTables& ReferenceGraphemeTables();

}  // namespace vitrine
