// From parsed queries to ranked pictures: embed, search, look up, say why.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "index/vector_index.h"
#include "model/embedder.h"
#include "vitrine/result.h"

namespace vitrine {

/// One query, with its pictures already turned into vectors of the space.
struct QueryParts {
  std::string text;                          ///< Empty for none.
  std::vector<std::vector<float>> pictures;  ///< Unit vectors of the space's dimension.
  std::vector<AssetId> leave_out;            ///< Never returned: the pictures asked about.
};

/// One picture that answers a query.
struct Match {
  AssetRecord asset;
  float score = 0;
  double relevance = 0;
  std::vector<std::string> why;
};

/// What a query is run against: a consistent view of one library and one space. All references outlive the
/// run.
struct QueryRooms {
  Embedder& embedder;
  Catalog& catalog;
  const VectorIndex& index;
  const RowSet& live;  ///< Rows that may be returned.
};

/// Runs each query and returns at most `limit` matches for each, best first, ties by smaller row.
/// A query of several parts looks for the normalised sum of its parts' unit vectors.
/// Errors: kInvalidArgument (a query without parts), kModel, those of the catalog.
Result<std::vector<std::vector<Match>>> RunQueries(const QueryRooms& rooms,
                                                   std::span<const QueryParts> queries, std::size_t limit);

}  // namespace vitrine
