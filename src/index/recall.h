// How much of the exact answer an index finds.
#pragma once

#include <cstddef>
#include <span>

#include "index/row_table.h"
#include "index/vector_index.h"

namespace vitrine {

/// The share of the exact k nearest among `live` rows that `index` returns, over all queries: 1 is all of
/// them. A hit counts when its score is not below the k-th exact one, so ties are no loss. 1 without queries
/// or rows.
///
/// @param live     the rows that may be returned; nullptr for all.
/// @param queries  row-major float32 [n, dimension].
/// Cost: one exact scan of the table for all queries together. An index or table that fails counts as 0.
double MeasureRecall(const VectorIndex& index, const RowTable& table, const RowSet* live,
                     std::span<const float> queries, std::size_t k);

}  // namespace vitrine
