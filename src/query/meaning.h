// From words and pictures to the point of the vector space that they mean together.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "base/matrix.h"
#include "model/embedder.h"
#include "query/plan.h"
#include "vitrine/result.h"

namespace vitrine {

/// A plan with the pictures it asks about turned into vectors.
struct PreparedQuery {
  QueryPlan plan;
  std::vector<std::vector<float>> pictures;  ///< For each of plan.pictures a unit vector of the space.
  std::vector<AssetId> leave_out;            ///< Never returned: the pictures asked about.
};

/// The unit vectors of all words that some queries mention, each text embedded once.
class Meanings {
 public:
  /// Errors: kModel; kInternal (a picture of another space).
  static Result<Meanings> Of(Embedder& embedder, std::span<const PreparedQuery> queries);

  /// The unit vector of one likeness of a query.
  std::span<const float> VectorOf(const PreparedQuery& query, const Likeness& likeness) const;
  /// The sum of the likenesses' unit vectors, each times its weight, brought to length 1; zeros for none.
  std::vector<float> Blend(const PreparedQuery& query, std::span<const Likeness> likenesses) const;

 private:
  std::size_t dimension_ = 0;
  std::vector<std::string> texts_;  ///< Sorted.
  Matrix vectors_;
};

}  // namespace vitrine
