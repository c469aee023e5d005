// What every vector index offers, and what it is built from. This room knows vectors and rows; it never sees
// a file of the user or a line of SQL.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "index/encoded_rows.h"
#include "index/row_set.h"
#include "vitrine/result.h"

namespace vitrine {

/// The position of a vector in its space: dense from 0, never reused within a generation.
using RowId = std::uint32_t;

/// One hit: a row and its cosine with the query, in about [-1, 1].
struct Neighbour {
  RowId row = 0;
  float score = 0;
};

/// Where the vectors live for good (the catalog). Files made from it are a cache that is rebuilt on any
/// doubt.
class RowSource {
 public:
  virtual ~RowSource() = default;

  /// How many rows there are: the ids are 0 .. row_count() - 1. Deleted rows still count.
  virtual Result<RowId> RowCount() = 0;

  /// The rows [first, end) in order; a deleted row may come as zeros with scale 0. Errors: kIo, kCorrupt.
  virtual Result<EncodedRows> Read(RowId first, RowId end) = 0;
};

/// Finds nearest vectors by cosine. Thread-safe: any number of searches at once.
class VectorIndex {
 public:
  virtual ~VectorIndex() = default;

  virtual std::size_t dimension() const = 0;
  virtual RowId row_count() const = 0;

  /// Finds the nearest stored vectors to each query.
  ///
  /// @param queries  row-major float32 [n, dimension()], each row of L2 norm 1.
  /// @param k        hits wanted per query, >= 1; more than there are rows is fine.
  /// @param allowed  the rows that may be returned; nullptr for all.
  /// @return one list per query, in order; best score first, ties by smaller row. A list is shorter than k
  /// only when
  ///         fewer rows are allowed. Rows of scale 0 are never returned.
  /// Errors: kInvalidArgument (wrong length, a NaN or infinity, k = 0), kCorrupt (bytes of a file that it
  /// read are damaged: open the files again, checking all at once).
  virtual Result<std::vector<std::vector<Neighbour>>> Search(std::span<const float> queries, std::size_t k,
                                                             const RowSet* allowed) const = 0;

  /// The stored vector of a row, decoded and scaled to L2 norm 1. Zeros for a row of scale 0, and for one
  /// whose bytes in a file are damaged. REQUIRES: row < row_count().
  virtual std::vector<float> Vector(RowId row) const = 0;
};

}  // namespace vitrine
