// What is known of every picture of a space, in columns by row: what filters, colours and orders of a search
// read. Made once from the catalog and then only read, so a filter costs a pass over one column.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "index/row_set.h"
#include "index/vector_index.h"
#include "vitrine/result.h"
#include "vitrine/types.h"

namespace vitrine {

/// A column of few different texts: a code a row, 0 for "not known", and the texts by code (texts[0] is
/// empty).
struct TextColumn {
  std::vector<std::uint32_t> codes;
  std::vector<std::string> texts = {""};
};

/// Any number of values a row, side by side: those of row r are values[starts[r]] .. values[starts[r + 1] -
/// 1].
template <typename T>
struct ListColumn {
  std::vector<std::uint32_t> starts = {0};
  std::vector<T> values;
  std::span<const T> Of(RowId row) const {
    return std::span(values).subspan(starts[row], starts[row + 1] - starts[row]);
  }
};

/// A path of a picture: its folder by number, and its last component as a piece of `FactTable::names`.
struct PlacedName {
  std::uint32_t folder = 0;
  std::uint32_t name_at = 0;
  std::uint16_t name_bytes = 0;
};

/// A tag and the pictures that carry it.
struct TagRows {
  std::string path;  ///< Levels joined with '/', a '/' or '\' inside a level preceded by '\'. As it is shown.
  RowSet accepted;   ///< By a person, a file, or accepted from a suggestion. Not those of tags below it.
};

/// Thread-safe to read. Rows without a living picture hold nothing: zeros, empty lists.
struct FactTable {
  static constexpr std::int64_t kNoTime = std::numeric_limits<std::int64_t>::min();
  static constexpr float kNoNumber = std::numeric_limits<float>::quiet_NaN();
  static constexpr std::int8_t kNoRating = -128;

  RowId row_count = 0;
  std::vector<AssetId> assets;           ///< 0 where no living picture.
  std::vector<std::int64_t> taken_at_s;  ///< Seconds of the local clock since 1970-01-01, or kNoTime.
  std::vector<float> width_px, height_px, iso, f_number, exposure_s, focal_length_mm;
  std::vector<float> latitude, longitude;
  std::vector<std::int8_t> rating;        ///< -1 (rejected), 0..5, or kNoRating.
  std::vector<std::uint64_t> size_bytes;  ///< Of the largest file with this content.
  TextColumn format, camera, lens;
  std::vector<PathBytes> folders;     ///< Each folder that holds a picture, without the last '/'.
  std::string names;                  ///< Last components of all paths, one after another.
  ListColumn<PlacedName> places;      ///< Where each picture lies; several for copies.
  ListColumn<Swatch> palette;         ///< Colours of each picture, largest share first.
  std::vector<std::uint64_t> hashes;  ///< Perceptual hash (image/sketch.h), 0 where none is known.
  RowSet offline, tagged;             ///< All paths on drives that are not there; any accepted tag.
  std::vector<TagRows> tags;          ///< In order of path.

  std::string_view NameOf(const PlacedName& place) const {
    return std::string_view(names).substr(place.name_at, place.name_bytes);
  }
};

/// A time as facts spell it ("2024-06-01T17:03:22") in seconds of that clock since 1970-01-01, or
/// FactTable::kNoTime.
std::int64_t LocalSeconds(std::string_view taken_at);

class Catalog;

/// Reads the table of a space. Cost: some 150 ms for 100,000 pictures. Errors: those of reading the catalog.
Result<std::shared_ptr<const FactTable>> LoadFacts(Catalog& catalog, const std::string& space);

}  // namespace vitrine
