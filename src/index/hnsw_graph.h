// A navigable graph over rows, as flat arrays of row numbers, and the walk through it. The vectors stay in
// the row table.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "index/index_file.h"
#include "index/kernels.h"
#include "index/quantise.h"
#include "index/row_set.h"
#include "index/row_table.h"

namespace vitrine {

/// Links of a row in the base level: two cache lines; and in each level above it.
inline constexpr std::size_t kBaseLinks = 32;
inline constexpr std::size_t kUpperLinks = 16;
/// Stands where a row has fewer links.
inline constexpr RowId kNoRow = ~RowId{0};

/// A level above the base: a random sixteenth of the level below it.
struct GraphLevel {
  std::vector<RowId> rows;   ///< Ascending.
  std::vector<RowId> links;  ///< [rows, kUpperLinks]: rows of this level, then kNoRow.
};

/// Links between rows. Immutable once built.
struct HnswGraph {
  RowId covered = 0;     ///< Rows [0, covered) were there when it was built.
  RowId entries = 0;     ///< Rows that are in the graph.
  RowId entry = kNoRow;  ///< Where walks begin: a row of the top level. kNoRow when there are no entries.
  std::vector<GraphLevel> levels;     ///< The lowest first.
  const RowId* base = nullptr;        ///< [covered, kBaseLinks]; a row that is not in the graph has no links.
  std::shared_ptr<const void> owner;  ///< Keeps `base` alive.
  std::shared_ptr<const IndexFile> file;  ///< Checks links before their first use; null when built here.

  std::size_t bytes() const;
};

/// How a walk goes.
struct WalkOptions {
  std::size_t expansion = 64;       ///< Best rows kept, >= 1: more of them find more and cost more.
  const RowSet* allowed = nullptr;  ///< Rows that may be kept; all are walked through. nullptr for all.
  std::size_t most_scored = ~std::size_t{0};  ///< Gives up when more rows would have to be scored.
};

/// What a walk found.
struct WalkResult {
  std::vector<Neighbour> best;  ///< The best rows met, at most `expansion`, in no particular order.
  std::size_t scored = 0;       ///< Rows whose vectors were read.
  bool gave_up = false;
};

/// Walks to the rows nearest to query `q`. Errors: kCorrupt (links that are damaged or lead nowhere).
Result<WalkResult> Walk(const HnswGraph& graph, const RowTable& table, const Kernel& kernel,
                        const EncodedQueries& queries, std::size_t q, const WalkOptions& options);

/// How to build a graph.
struct HnswBuildOptions {
  std::size_t expansion = 128;  ///< Candidates from which a row's links are chosen.
  std::size_t threads = 1;
};

/// Builds a graph over the rows of `live` (nullptr: all) that have a scale above 0. With one thread the same
/// rows give the same graph. Errors: kInternal (the memory is not enough).
Result<HnswGraph> BuildHnswGraph(const RowTable& table, const RowSet* live, const HnswBuildOptions& options);

}  // namespace vitrine
