// Clusters of stored rows in two levels: groups, and in each group the clusters that become lists.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "index/quantise.h"
#include "index/row_table.h"
#include "index/scan_pool.h"

namespace vitrine {

/// Points that rows are held against, all in the rotated basis, coded as queries are.
struct CodedPoints {
  EncodedQueries codes;
  std::vector<float> half_squares;  ///< |p|^2 / 2 of each.
  std::size_t count() const { return half_squares.size(); }
};

/// Codes points [n, dimension] that are in the rotated basis already.
CodedPoints CodePoints(const Matrix& points);

/// Lloyd's k-means by Euclidean distance over rows of a table, from `clusters` of the rows drawn by the seed.
/// A cluster that lost all its rows starts again at a row of the largest one. REQUIRES: clusters <=
/// rows.size().
/// @return the means [clusters, dimension] in the rotated basis.
Matrix KMeans(const RowTable& table, std::span<const RowId> rows, std::size_t clusters, std::size_t rounds,
              std::uint64_t seed);

/// Many clusters, found and looked up through some square root of them.
class ClusterTree {
 public:
  /// Clusters the sample into about `clusters` (each group rounds its share).
  static ClusterTree Grow(const RowTable& table, std::span<const RowId> sample, std::size_t clusters,
                          std::uint64_t seed, ScanPool& pool);

  /// The clusters' centroids as rows of int8 codes.
  const std::shared_ptr<const RowTable>& centroids() const { return centroids_; }

  /// Writes for each row the number of the nearest centroid, among those of the groups nearest to it.
  void Assign(const RowTable& table, std::span<const RowId> rows, std::span<std::uint32_t> nearest,
              ScanPool& pool) const;

 private:
  CodedPoints groups_;
  std::vector<std::uint32_t> first_;  ///< [groups + 1]: the clusters of each group.
  std::shared_ptr<const RowTable> centroids_;
  std::vector<float> half_squares_;  ///< |c|^2 / 2 of each centroid as coded.
};

/// Vectors in the rotated basis as int8 rows, rounded to the nearest code.
EncodedRows CodeAsRows(const Matrix& points);

/// Calls `work(first, end)` for pieces of [0, count), on all threads of the pool.
template <typename Work>
void ForPieces(ScanPool& pool, std::size_t count, std::size_t piece, const Work& work);

}  // namespace vitrine

#include <algorithm>
#include <atomic>

namespace vitrine {

template <typename Work>
void ForPieces(ScanPool& pool, std::size_t count, std::size_t piece, const Work& work) {
  std::atomic<std::size_t> next = 0;
  pool.Run([&](std::size_t) {
    for (std::size_t first = next.fetch_add(piece); first < count; first = next.fetch_add(piece)) {
      work(first, std::min(first + piece, count));
    }
  });
}

}  // namespace vitrine
