// Clusters of stored rows in two levels: groups, and in each group the clusters that become lists.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
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

/// Centroids as int8 rows with a scale each: what a list's entries are differences to.
struct Centroids {
  std::size_t dimension = 0;
  std::size_t stride = 0;
  std::vector<std::int8_t> codes;  ///< [count, stride], zeros past the dimension.
  std::vector<float> scales;
  std::size_t count() const { return scales.size(); }
  const std::int8_t* row(std::size_t c) const { return codes.data() + c * stride; }

  /// Centroid c in the rotated basis.
  void Decode(std::size_t c, std::span<float> out) const;
};

/// Rounds points in the rotated basis to the nearest codes.
Centroids CodeCentroids(const Matrix& points);

/// A row by its codes alone, in the rotated basis: all that signs and clusters need, at half the bytes.
void CoarseRow(const RowTable& table, RowId row, std::span<float> out);

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

  const Centroids& centroids() const { return centroids_; }

  /// Writes for each row the number of the nearest centroid, among those of the groups nearest to it.
  void Assign(const RowTable& table, std::span<const RowId> rows, std::span<std::uint32_t> nearest,
              ScanPool& pool) const;

 private:
  CodedPoints groups_;
  std::vector<std::uint32_t> first_;  ///< [groups + 1]: the clusters of each group.
  Centroids centroids_;
  std::vector<float> half_squares_;  ///< |c|^2 / 2 of each centroid as coded.
};

/// Calls `work(first, end)` for pieces of [0, count), on all threads of the pool.
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
