// The query language: what a person types, and what it means (docs/query.md).
//
//   ParseQuery("2:dog beach -umbrella camera:fuji date:2023..2024 (snow OR ice)")
//
// A parsed query is a tree. Words side by side are one phrase of meaning ("two dogs in the snow" stays
// whole); everything else is a term of its own. Parsing never touches files or the library.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "vitrine/result.h"
#include "vitrine/types.h"

namespace vitrine {

/// A part of a picture, in shares of its width and height from the upper left corner: 0 <= left < right <= 1.
struct CropBox {
  double left = 0, top = 0, right = 1, bottom = 1;
  bool operator==(const CropBox&) const = default;
};

/// The facts that a query may ask about; their spellings are in language.cc.
enum class Field : std::uint8_t {
  kTag,
  kFolder,
  kName,
  kType,
  kCamera,
  kLens,
  kIso,
  kFNumber,
  kExposure,
  kFocalLength,
  kDate,
  kSize,
  kOrientation,
  kRating,
  kNear,
  kColor,
  kMood,
  kBoard,
  kIs,
};

/// The least part of a picture that `color:` asks for where none is named with '~'.
inline constexpr float kUsualColorShare = 0.08F;

/// A fact to hold. Which members count depends on the field:
///   kTag kFolder kName kType kCamera kLens kOrientation kMood kBoard kIs: text; of kType kOrientation kMood
///   kIs one of the words of docs/query.md in lower case kIso kFNumber kExposure (s) kFocalLength (mm)
///   kRating: low, high (both ends included; infinite where open; values of a float, so that they compare
///   with the columns exactly) kDate: low, high as seconds of the local clock since 1970, both at midnight
///   (low included, high not) kSize: low, high (both included) and unit ("bytes", "px" for the long side,
///   "mp" for width times height in millions) kNear: latitude, longitude, kilometres kColor: color; its share
///   is the least part of the picture, 8 % where none was named with '~'
struct Fact {
  Field field = Field::kName;
  std::string text = {};
  double low = 0, high = 0;
  std::string unit = {};
  double latitude = 0, longitude = 0, kilometres = 0;
  Swatch color = {};
  bool operator==(const Fact&) const = default;
};

/// One node of a parsed query. What ParseQuery returns is in normal form: kAll and kAny have two children or
/// more, none of them of the same kind unless it is excluded; texts are not empty.
struct QueryNode {
  enum class Kind : std::uint8_t {
    kAll,      ///< Every child holds.
    kAny,      ///< Some child holds (OR).
    kMeaning,  ///< text: looks like these words.
    kExact,    ///< text: these words stand, in this order, in a name, folder, caption, tag or the picture.
    kPicture,  ///< text: a file to resemble, as typed; crop: only that part of it.
    kAsset,    ///< asset: a picture of the library to resemble.
    kFact,     ///< fact.
  };
  Kind kind = Kind::kAll;
  bool excluded = false;  ///< Written with '-': must not hold, or must not look like.
  double weight = 1;      ///< 0.001 .. 1000; of meaning, pictures and assets.
  std::string text = {};
  AssetId asset{};
  CropBox crop = {};
  Fact fact = {};
  std::vector<QueryNode> children = {};
  std::size_t column = 1;  ///< Where it begins in what was typed: characters, from 1.
};

/// Everything but the columns.
bool SameQuery(const QueryNode& x, const QueryNode& y);

/// Reads a query. Limits: 64 KiB, 1,000 terms, 32 levels of parentheses.
/// @param now_s  seconds of the local clock since 1970, what `date:today` means; that of the machine when
/// absent. Errors: kInvalidArgument; the message begins "column 5: " and names the cause and what to write
/// instead.
Result<QueryNode> ParseQuery(std::string_view typed, std::optional<std::int64_t> now_s = std::nullopt);

/// Writes a tree in normal form as a query that parses to the same tree.
std::string FormatQuery(const QueryNode& node);

}  // namespace vitrine
