// A built index with the rows that came after it: what a library searches between two builds.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "index/exact_scan.h"
#include "index/row_table.h"
#include "index/vector_index.h"

namespace vitrine {

/// Answers from the base for rows [0, base->row_count()) and by an exact scan for the rows after them.
/// Immutable, so thread-safe.
class LayeredIndex final : public VectorIndex {
 public:
  /// @param base  knows rows of `table` by the same numbers; REQUIRES: base->row_count() <=
  /// table->row_count().
  LayeredIndex(std::unique_ptr<const VectorIndex> base, std::shared_ptr<const RowTable> table,
               const ScanOptions& options = {});

  std::size_t dimension() const override { return table_->dimension(); }
  RowId row_count() const override { return table_->row_count(); }
  /// As promised by VectorIndex. When the base says that its own file is damaged (kCorrupt), all rows are
  /// scanned instead.
  Result<std::vector<std::vector<Neighbour>>> Search(std::span<const float> queries, std::size_t k,
                                                     const RowSet* allowed) const override;
  std::vector<float> Vector(RowId row) const override { return table_->Vector(row); }

  const VectorIndex& base() const { return *base_; }

 private:
  std::unique_ptr<const VectorIndex> base_;
  std::shared_ptr<const RowTable> table_;
  ScanOptions options_;
  std::unique_ptr<const ExactScan> tail_;  ///< Its row 0 is base_->row_count(); null when nothing came after.
};

}  // namespace vitrine
