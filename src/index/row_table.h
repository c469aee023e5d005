// All rows of a space as the indexes see them: a run of blocks without gaps, in memory or mapped.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "index/row_block.h"
#include "index/vector_index.h"

namespace vitrine {

/// The stored rows 0 .. row_count() - 1. Immutable, so thread-safe; indexes share one.
class RowTable {
 public:
  /// @param blocks  in row order without gaps from row 0, all of StrideOf(dimension).
  RowTable(std::size_t dimension, std::vector<RowBlock> blocks);

  std::size_t dimension() const { return dimension_; }
  std::size_t stride() const { return stride_; }
  RowId row_count() const { return blocks_.empty() ? 0 : blocks_.back().end(); }
  std::span<const RowBlock> blocks() const { return blocks_; }

  /// The block that holds a row. REQUIRES: row < row_count().
  const RowBlock& BlockOf(RowId row) const;

  /// The stored vector of a row in the rotated basis, as stored (its length is about 1; zeros for a row of
  /// scale 0). REQUIRES: row < row_count(), out.size() == dimension().
  void Rotated(RowId row, std::span<float> out) const;

  /// The stored vector of a row in its own basis, scaled to L2 norm 1 (zeros for a row of scale 0).
  /// REQUIRES: row < row_count().
  std::vector<float> Vector(RowId row) const;

 private:
  std::size_t dimension_;
  std::size_t stride_;
  std::vector<RowBlock> blocks_;
};

/// A table over rows held in memory: for tests, benches and small sets.
std::shared_ptr<const RowTable> TableInMemory(const EncodedRows& rows);

}  // namespace vitrine
