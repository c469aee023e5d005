// Problem: a compressed, inverted or graph index is built in minutes and for all rows at once, but pictures
// come one by one. Idea, that of a log-structured merge tree (O'Neil and others, 1996): leave the built index
// as it is, keep what came later in a layer that costs nothing to build (the rows themselves, scanned), and
// build anew when the layer has grown too large (index_policy.h). Why right: both layers give a row the same
// score and each gives its best k in one total order, so the best k of both are the first k of the two lists
// merged. Cost: that of the base, and of reading the rows that came later.
#include "index/layered_index.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/try.h"
#include "index/top_k.h"

namespace vitrine {
namespace {

/// The rows from `first` on as a table of their own, in which they count from 0.
std::shared_ptr<const RowTable> RowsFrom(const RowTable& table, RowId first) {
  std::vector<RowBlock> blocks;
  for (RowBlock block : table.blocks()) {
    if (block.end() <= first) continue;
    const RowId skipped = std::max(first, block.first) - block.first;
    block.codes += std::size_t{skipped} * table.stride();
    block.fine += std::size_t{skipped} * table.stride();
    block.scales += skipped;
    block.rows -= skipped;
    block.first += skipped - first;
    blocks.push_back(std::move(block));
  }
  return std::make_shared<const RowTable>(table.dimension(), std::move(blocks));
}

/// The rows of a set from `first` on, counted from 0.
RowSet SetFrom(const RowSet& rows, RowId first) {
  RowSet moved(rows.size() > first ? rows.size() - first : 0);
  for (std::size_t row = first; row < rows.size(); ++row) {
    if (rows.Contains(row)) moved.Insert(row - first);
  }
  return moved;
}

}  // namespace

LayeredIndex::LayeredIndex(std::unique_ptr<const VectorIndex> base, std::shared_ptr<const RowTable> table,
                           const ScanOptions& options)
    : base_(std::move(base)), table_(std::move(table)), options_(options) {
  const RowId covered = base_->row_count();
  if (covered < table_->row_count()) {
    tail_ = std::make_unique<const ExactScan>(RowsFrom(*table_, covered), options_);
  }
}

Result<std::vector<std::vector<Neighbour>>> LayeredIndex::Search(std::span<const float> queries,
                                                                 std::size_t k, const RowSet* allowed) const {
  auto found = base_->Search(queries, k, allowed);
  if (!found && found.error().code() == Code::kCorrupt) {
    return ExactScan(table_, options_).Search(queries, k, allowed);
  }
  if (!found || !tail_) return found;
  const RowId covered = base_->row_count();
  const RowSet tail_allowed = allowed == nullptr ? RowSet() : SetFrom(*allowed, covered);
  VITRINE_TRY_ASSIGN(auto newer, tail_->Search(queries, k, allowed == nullptr ? nullptr : &tail_allowed));
  for (std::size_t q = 0; q < newer.size(); ++q) {
    for (Neighbour& hit : newer[q]) hit.row += covered;
    std::vector<Neighbour> both;
    std::merge((*found)[q].begin(), (*found)[q].end(), newer[q].begin(), newer[q].end(),
               std::back_inserter(both), Better);
    both.resize(std::min(both.size(), k));
    (*found)[q] = std::move(both);
  }
  return found;
}

}  // namespace vitrine
