// One ranked list out of meaning, words and colours.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "index/vector_index.h"
#include "query/relevance.h"
#include "vitrine/result.h"

namespace vitrine {

/// A row with all that speaks for it.
struct Ranked {
  RowId row = 0;
  float cosine = 0;     ///< With the meaning; 0 where the query has none.
  double log_odds = 0;  ///< Of being what was meant, all evidence together.
  std::size_t way = 0;  ///< Which branch of the query it answers best.
};

/// Higher log-odds first, ties by smaller row: total, so that the order is one whatever the way it was found.
bool RanksBefore(const Ranked& a, const Ranked& b);

/// What is to be fused. Spans and pointers outlive the call.
struct Evidence {
  std::span<const float> query;    ///< Unit vector.
  std::vector<Neighbour> nearest;  ///< A beginning: the nearest allowed rows to `query`, best first.
  ScoreShape shape;                ///< Of the query's scores.
  RelevanceModel model;
  std::span<const float> extra;     ///< Evidence in nats a row, >= 0, from words and colours; empty for none.
  const RowSet* allowed = nullptr;  ///< The rows that pass the facts.
  std::size_t allowed_count = 0;
};

/// The best `limit` allowed rows by the sum of their evidence, best first. Exact: whatever is left out has
/// less. Errors: those of the index.
Result<std::vector<Ranked>> Fuse(const VectorIndex& index, Evidence evidence, std::size_t limit);

}  // namespace vitrine
