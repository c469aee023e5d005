// Which index suits how many vectors. Knows numbers only; touches no file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "index/vector_index.h"

namespace vitrine {

/// The ways to search. Every one gives the same scores; they differ in what they cost and in what they may
/// miss.
enum class IndexKind : std::uint8_t {
  kAuto,        ///< Whichever ChooseKind() finds right. The only value that no built index has.
  kExact,       ///< Every row is scored (exact_scan.h).
  kCompressed,  ///< One bit a dimension, then the best exactly.
  kIvf,         ///< The same in lists, of which a search reads a few.
  kHnsw,        ///< A graph: fast, large, slow to build. Never chosen, only asked for.
};

/// "auto", "exact", "compressed", "ivf", "hnsw".
std::string_view NameOf(IndexKind kind);

/// What a library's owner asks of its index.
struct IndexPolicy {
  IndexKind kind = IndexKind::kAuto;
  std::uint64_t memory_bytes = 2ull << 30;  ///< Memory that searches should keep warm at most.
  double recall = 0.99;                     ///< Share of the true best k to be found, at least; in (0, 1].

  bool operator==(const IndexPolicy&) const = default;
};

/// The kind for so many rows: the one asked for, or by size and memory the simplest that answers in
/// milliseconds. A recall of 1 is for the exact scan alone. Never kAuto.
IndexKind ChooseKind(const IndexPolicy& policy, RowId rows, std::size_t dimension);

/// Lists of an inverted index over so many rows, >= 1: about 4 sqrt(rows), none of fewer than 64 rows.
std::size_t ListsFor(RowId rows);

/// True when an index that was built over `covered` rows, of which `dead` have gone since, does not pay any
/// more: `tail` rows came since and are scanned one by one.
bool ShouldRebuild(RowId covered, RowId tail, RowId dead);

}  // namespace vitrine
