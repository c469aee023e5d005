// What a query asks of a library, sorted by how it is answered: facts by a bitmap, likeness by vectors.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "query/language.h"
#include "vitrine/result.h"

namespace vitrine {

/// Something that results should resemble, or should not.
struct Likeness {
  std::string text;         ///< Words; empty for a picture.
  std::size_t picture = 0;  ///< Where the vector of the picture stands in PreparedQuery::pictures.
  double weight = 1;        ///< > 0.
  bool is_picture() const { return text.empty(); }
};

/// One way to answer a query: all of it at once.
struct Branch {
  std::vector<QueryNode> facts;  ///< All must hold: facts, exact words, and trees of nothing else.
  std::vector<Likeness> wanted;
  std::vector<Likeness> unwanted;
};

/// A picture that somebody outside of this room has to turn into a vector.
struct PictureAsked {
  PathBytes file;   ///< As typed; empty when `asset` is meant.
  AssetId asset{};  ///< A picture of the library.
  CropBox crop;     ///< Only that part of it.
};

struct QueryPlan {
  std::vector<Branch> branches;  ///< At least one; a picture answers when it answers any of them.
  std::vector<PictureAsked> pictures;
};

/// Sorts a parsed query. OR between facts stays a bitmap; OR between likenesses makes a branch each.
/// Errors: kInvalidArgument (an empty query, or more than 16 branches).
Result<QueryPlan> PlanQuery(const QueryNode& query);

/// The query that asks for likeness to all of some files: what --like and `similar` ask.
QueryNode LikePictures(const std::vector<PathBytes>& files);

}  // namespace vitrine
