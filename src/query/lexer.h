// The words and signs of a typed query, before they are a tree. For language.cc and format_query.cc.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "query/language.h"
#include "vitrine/result.h"

namespace vitrine {

/// Where a piece of a query stands: its text, and the column of its first character.
struct QueryPiece {
  std::string text;
  std::size_t column = 1;
};

struct QueryToken {
  enum class Kind : std::uint8_t {
    kWord,     ///< Plain text without white space.
    kOpen,     ///< (
    kClose,    ///< )
    kOr,       ///< OR, in capitals
    kPlus,     ///< + between white space
    kDash,     ///< - between white space: plain text, unless the query is arithmetic
    kMinus,    ///< - directly before a term
    kWeight,   ///< 2: or 2* directly before a term
    kExact,    ///< "words"; text
    kPicture,  ///< ./picture.jpg#crop=...; text and crop
    kAsset,    ///< id:12; asset
    kFact,     ///< field:value; field and value
  };
  Kind kind = Kind::kWord;
  bool escaped = false;  ///< Of a word: it begins with a backslash that is not part of the text.
  Field field = Field::kName;
  std::size_t begin = 0, end = 0;  ///< Bytes of the query.
  std::size_t column = 1;
  double weight = 1;
  AssetId asset{};
  std::string text;
  QueryPiece value;
  CropBox crop;
};

/// Cuts a query, valid UTF-8 within its limits, into tokens. Errors: those of ParseQuery.
Result<std::vector<QueryToken>> LexQuery(std::string_view typed);

/// True for what a query takes for a picture's file: begins with ./ ../ or ~/, or holds a / and ends like a
/// picture.
bool LooksLikePicture(std::string_view token);

/// Bytes of the white space at the front of `text`; 0 when it begins with something else.
std::size_t SpaceBytes(std::string_view text);

/// An error of a query: kInvalidArgument, "column 5: ...".
Error QueryError(std::size_t column, const std::string& message);

}  // namespace vitrine
