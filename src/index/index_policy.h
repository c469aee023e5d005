// Which index suits how many vectors. Knows numbers only; touches no file.
#pragma once

#include <cstddef>

#include "index/vector_index.h"
#include "vitrine/index_policy.h"

namespace vitrine {

/// The kind for so many rows: the one asked for, or by size and memory the simplest that answers in
/// milliseconds. A recall of 1 is for the exact scan alone. Never kAuto.
IndexKind ChooseKind(const IndexPolicy& policy, RowId rows, std::size_t dimension);

/// Lists of an inverted index over so many rows, >= 1: about 4 sqrt(rows), none of fewer than 64 rows.
std::size_t ListsFor(RowId rows);

/// True when an index that was built over `covered` rows, of which `dead` have gone since, does not pay any
/// more: `tail` rows came since and are scanned one by one. What is quick to build takes them in sooner.
bool ShouldRebuild(IndexKind kind, RowId covered, RowId tail, RowId dead);

}  // namespace vitrine
