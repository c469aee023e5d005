// All rows of a space as the indexes see them: a run of blocks without gaps, in memory or mapped.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "index/kernels.h"
#include "index/quantise.h"
#include "index/row_block.h"
#include "index/vector_index.h"

namespace vitrine {

/// How many rows to keep by their codes alone, so that the best k by codes and fine codes are among them: k
/// and half of it more, at least 16 more. A code's rounding moves a score by some 0.0003 at 512 dimensions;
/// between two ranks near k it takes far more than that to pass so many rows.
std::size_t KeptFor(std::size_t k);

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

  /// Ranks candidates by codes and fine codes: the score a row has in every index of the project.
  ///
  /// @param queries     encoded with dimension(); query `q` of them is asked.
  /// @param candidates  rows < row_count() in ascending order, none twice.
  /// @param kernel      any: the answer does not depend on it.
  /// @return the best k (fewer when there are fewer candidates), best first, ties by smaller row; rows of
  /// scale 0 are left out. Candidates beyond KeptFor(k) are first cut to that by their codes alone.
  /// Cost: the candidates' codes and KeptFor(k) fine codes, gathered. Errors: those of Verify().
  Result<std::vector<Neighbour>> BestOf(const EncodedQueries& queries, std::size_t q,
                                        std::span<const RowId> candidates, std::size_t k,
                                        const Kernel& kernel) const;

  /// Checks, once, that the codes and scales of rows [first, end) are the bytes that were written. Whoever
  /// reads blocks() calls it before; it costs next to nothing when it was done before.
  /// REQUIRES: end <= row_count(). Errors: kCorrupt, naming the file.
  Status Verify(RowId first, RowId end) const;

  /// The stored vector of a row in the rotated basis, as stored: its length is about 1. Zeros for a row of
  /// scale 0, and for one whose bytes in a file are damaged. REQUIRES: row < row_count(), out.size() ==
  /// dimension().
  void Rotated(RowId row, std::span<float> out) const;

  /// The stored vector of a row in its own basis, scaled to L2 norm 1, or zeros as above.
  /// REQUIRES: row < row_count().
  std::vector<float> Vector(RowId row) const;

 private:
  /// Keeps the resident part of a large map within about 512 MB; called after so many gathers of a row.
  void BoundMemory(std::size_t gathered) const;

  std::size_t dimension_;
  std::size_t stride_;
  std::vector<RowBlock> blocks_;
  std::size_t mapped_bytes_ = 0;
  mutable std::atomic<std::size_t> gathered_ = 0;  ///< Since the map was last let go.
};

/// A table over rows held in memory: for tests, benches and small sets.
std::shared_ptr<const RowTable> TableInMemory(const EncodedRows& rows);

}  // namespace vitrine
