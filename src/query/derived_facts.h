// What filters and colour scores would otherwise work out of the table of facts for every query: folded
// names, colours in OKLab, the mood of each picture.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/oklab.h"
#include "catalog/fact_table.h"
#include "index/row_set.h"

namespace vitrine {

/// The mean colour of a picture, after its palette; NaN where none is known.
struct Mood {
  float lightness = FactTable::kNoNumber;
  float chroma = FactTable::kNoNumber;  ///< Mean of the colours' chromas, not chroma of the mean.
  float warmth = FactTable::kNoNumber;  ///< Mean along the axis from blue (-) to orange (+).
};

/// The mood of a picture with this palette.
Mood MoodOf(std::span<const Swatch> palette);

/// Made once for a FactTable and valid for it alone. Thread-safe to read.
struct DerivedFacts {
  RowSet living;                           ///< Rows with a picture.
  std::string names;                       ///< FoldText of every place's name, each with '/' behind it.
  std::vector<std::uint32_t> name_starts;  ///< By place: where its name begins; one more at the end.
  std::vector<OkLab> colors;               ///< By swatch, as FactTable::palette.values.
  std::vector<Mood> moods;                 ///< By row.

  std::string_view NameOf(std::size_t place) const {
    return std::string_view(names).substr(name_starts[place],
                                          name_starts[place + 1] - name_starts[place] - 1);
  }
};

/// Cost: some 25 ms for 100,000 pictures.
DerivedFacts DeriveFacts(const FactTable& facts);

}  // namespace vitrine
