// Clustering millions of rows into thousands of lists.
//
// Problem: with n rows and 4 sqrt(n) lists a row held against every centroid costs more than all the rest of
// an index's life: at ten million rows, 6 * 10^13 products. Idea: two levels. Some sqrt(lists) groups are
// found first, on a small sample; each group then divides its own rows into its share of the lists, so that
// crowded regions get more. To place a row, the groups are ranked and only the clusters of the nearest few
// are tried. Why that loses little: a row's nearest centroid lies outside the four nearest groups only where
// many groups are about equally near, and there so are the centroids; a row in its second nearest list is
// found by the same probes. Cost: about 5 sqrt(lists) int8 dot products a row instead of `lists`, some 2
// microseconds at 12,000 lists and 512 numbers.
//
// Distances are Euclidean although scores are products: what the 1-bit codes lose is in proportion to the
// distance between a row and its centroid, so that is what must be small. Rows are of length 1, and there the
// two agree anyway. The nearest centroid is the one with the largest <row, c> - |c|^2 / 2, which the kernels
// of the exact scan compute.
#include "index/kmeans.h"

#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>

#include "index/kernels.h"

namespace vitrine {
namespace {

constexpr std::size_t kPiece = 64;
constexpr std::size_t kGroupsTried = 4;
constexpr std::size_t kGroupRounds = 10;
constexpr std::size_t kClusterRounds = 8;
/// Rows a group on average sees when groups are sought.
constexpr std::size_t kRowsPerGroup = 256;

float HalfSquare(std::span<const float> v) {
  double squares = 0;
  for (const float x : v) squares += static_cast<double>(x) * static_cast<double>(x);
  return static_cast<float>(squares / 2);
}

float LargestOf(std::span<const float> v) {
  float largest = 0;
  for (const float x : v) largest = std::max(largest, std::fabs(x));
  return largest;
}

/// At most 64 rows of a table, as kernels take them.
struct Piece {
  std::array<const std::int8_t*, kPiece> codes;
  std::array<float, kPiece> scales;

  Piece(const RowTable& table, std::span<const RowId> rows) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const RowBlock& block = table.BlockOf(rows[i]);
      codes[i] = block.codes + std::size_t{rows[i] - block.first} * table.stride();
      scales[i] = block.scales[rows[i] - block.first];
    }
  }
};

/// Calls `offer(row of the piece, point, <row, point> - |point|^2 / 2)` for all pairs.
template <typename Offer>
void CompareAll(const CodedPoints& points, const Piece& piece, std::size_t rows, const Offer& offer) {
  const Kernel& kernel = BestKernel();
  const EncodedQueries& codes = points.codes;
  std::array<std::int32_t, kTileQueries * kPiece> dots;
  for (std::size_t p = 0; p < points.count();) {
    const std::size_t some = p + kTileQueries <= points.count() ? kTileQueries : 1;
    const auto dot = some == 1 ? kernel.dot1 : kernel.dot4;
    dot(codes.query(p), piece.codes.data(), rows, codes.stride, dots.data());
    for (std::size_t i = 0; i < some; ++i, ++p) {
      for (std::size_t r = 0; r < rows; ++r) {
        const float product = static_cast<float>(dots[i * rows + r]) * (piece.scales[r] * codes.scales[p]);
        offer(r, p, product - points.half_squares[p]);
      }
    }
  }
}

void AssignToPoints(const RowTable& table, std::span<const RowId> rows, const CodedPoints& points,
                    std::span<std::uint32_t> nearest) {
  for (std::size_t first = 0; first < rows.size(); first += kPiece) {
    const std::size_t count = std::min(kPiece, rows.size() - first);
    std::array<float, kPiece> best;
    best.fill(-std::numeric_limits<float>::infinity());
    CompareAll(points, Piece(table, rows.subspan(first, count)), count,
               [&](std::size_t r, std::size_t p, float score) {
                 if (score <= best[r]) return;
                 best[r] = score;
                 nearest[first + r] = static_cast<std::uint32_t>(p);
               });
  }
}

/// The means of the rows of each cluster; an empty cluster gets a row of the largest.
Matrix Means(const RowTable& table, std::span<const RowId> rows, std::span<const std::uint32_t> nearest,
             std::size_t clusters, std::mt19937_64& random) {
  Matrix means(clusters, table.dimension());
  std::vector<std::uint32_t> counts(clusters);
  std::vector<float> row(table.dimension());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    CoarseRow(table, rows[i], row);
    float* mean = means.row(nearest[i]).data();
    for (std::size_t j = 0; j < row.size(); ++j) mean[j] += row[j];
    ++counts[nearest[i]];
  }
  const auto largest =
      static_cast<std::uint32_t>(std::max_element(counts.begin(), counts.end()) - counts.begin());
  for (std::size_t c = 0; c < clusters; ++c) {
    if (counts[c] == 0) {
      std::size_t i = random() % rows.size();
      while (nearest[i] != largest) i = (i + 1) % rows.size();
      CoarseRow(table, rows[i], means.row(c));
      continue;
    }
    const float factor = 1 / static_cast<float>(counts[c]);
    for (float& x : means.row(c)) x *= factor;
  }
  return means;
}

/// `count` of the rows, drawn without repetition.
std::vector<RowId> Draw(std::span<const RowId> rows, std::size_t count, std::mt19937_64& random) {
  std::vector<RowId> drawn(rows.begin(), rows.end());
  for (std::size_t i = 0; i < count; ++i) std::swap(drawn[i], drawn[i + random() % (drawn.size() - i)]);
  drawn.resize(count);
  return drawn;
}

}  // namespace

CodedPoints CodePoints(const Matrix& points) {
  CodedPoints coded;
  const std::size_t dimension = points.columns();
  coded.codes.stride = StrideOf(dimension);
  coded.codes.codes.assign(points.rows() * coded.codes.stride, 0);
  coded.codes.scales.assign(points.rows(), 0);
  coded.half_squares.resize(points.rows());
  const auto most = static_cast<float>(MaxQueryCode(dimension));
  for (std::size_t p = 0; p < points.rows(); ++p) {
    coded.half_squares[p] = HalfSquare(points.row(p));
    const float largest = LargestOf(points.row(p));
    if (!(largest > 0)) continue;
    const float step = largest / most;
    coded.codes.scales[p] = step;
    std::int16_t* codes = coded.codes.codes.data() + p * coded.codes.stride;
    for (std::size_t j = 0; j < dimension; ++j) {
      codes[j] = static_cast<std::int16_t>(std::lrintf(std::clamp(points.row(p)[j] / step, -most, most)));
    }
  }
  return coded;
}

void Centroids::Decode(std::size_t c, std::span<float> out) const {
  for (std::size_t j = 0; j < dimension; ++j) out[j] = static_cast<float>(row(c)[j]) * scales[c];
}

Centroids CodeCentroids(const Matrix& points) {
  Centroids made;
  made.dimension = points.columns();
  made.stride = StrideOf(points.columns());
  made.codes.assign(points.rows() * made.stride, 0);
  made.scales.assign(points.rows(), 0);
  for (std::size_t p = 0; p < points.rows(); ++p) {
    const float step = LargestOf(points.row(p)) / 127;
    if (!(step >= std::numeric_limits<float>::min())) continue;
    made.scales[p] = step;
    for (std::size_t j = 0; j < points.columns(); ++j) {
      const float code = std::clamp(points.row(p)[j] / step, -127.0F, 127.0F);
      made.codes[p * made.stride + j] = static_cast<std::int8_t>(std::lrintf(code));
    }
  }
  return made;
}

void CoarseRow(const RowTable& table, RowId row, std::span<float> out) {
  const RowBlock& block = table.BlockOf(row);
  const std::size_t offset = row - block.first;
  const std::int8_t* codes = block.codes + offset * table.stride();
  for (std::size_t j = 0; j < out.size(); ++j) out[j] = static_cast<float>(codes[j]) * block.scales[offset];
}

Matrix KMeans(const RowTable& table, std::span<const RowId> rows, std::size_t clusters, std::size_t rounds,
              std::uint64_t seed) {
  std::mt19937_64 random(seed);
  Matrix means(clusters, table.dimension());
  const std::vector<RowId> starts = Draw(rows, clusters, random);
  for (std::size_t c = 0; c < clusters; ++c) CoarseRow(table, starts[c], means.row(c));
  std::vector<std::uint32_t> nearest(rows.size());
  for (std::size_t round = 0; round < rounds && clusters > 0; ++round) {
    AssignToPoints(table, rows, CodePoints(means), nearest);
    means = Means(table, rows, nearest, clusters, random);
  }
  return means;
}

ClusterTree ClusterTree::Grow(const RowTable& table, std::span<const RowId> sample, std::size_t clusters,
                              std::uint64_t seed, ScanPool& pool) {
  ClusterTree tree;
  std::mt19937_64 random(seed);
  const std::size_t groups =
      std::min(sample.size(),
               std::max<std::size_t>(1, static_cast<std::size_t>(std::sqrt(static_cast<double>(clusters)))));
  const std::vector<RowId> few = Draw(sample, std::min(sample.size(), groups * kRowsPerGroup), random);
  tree.groups_ = CodePoints(KMeans(table, few, groups, kGroupRounds, random()));

  std::vector<std::uint32_t> group_of(sample.size());
  ForPieces(pool, sample.size(), 16 * kPiece, [&](std::size_t first, std::size_t end) {
    AssignToPoints(table, sample.subspan(first, end - first), tree.groups_,
                   std::span(group_of).subspan(first, end - first));
  });
  std::vector<std::vector<RowId>> members(groups);
  for (std::size_t i = 0; i < sample.size(); ++i) members[group_of[i]].push_back(sample[i]);

  std::vector<Matrix> of_group(groups);
  std::vector<std::uint64_t> seeds(groups);
  for (std::uint64_t& s : seeds) s = random();
  ForPieces(pool, groups, 1, [&](std::size_t g, std::size_t) {
    const double share = static_cast<double>(members[g].size()) / static_cast<double>(sample.size());
    const auto quota = static_cast<std::size_t>(std::lround(share * static_cast<double>(clusters)));
    const std::size_t count = std::min(members[g].size(), std::max<std::size_t>(1, quota));
    of_group[g] = KMeans(table, members[g], count, kClusterRounds, seeds[g]);
  });

  std::size_t total = 0;
  for (const Matrix& part : of_group) total += part.rows();
  Matrix all(total, table.dimension());
  tree.first_ = {0};
  for (const Matrix& part : of_group) {
    std::copy(part.values().begin(), part.values().end(), all.row(tree.first_.back()).data());
    tree.first_.push_back(tree.first_.back() + static_cast<std::uint32_t>(part.rows()));
  }
  tree.centroids_ = CodeCentroids(all);
  std::vector<float> centroid(table.dimension());
  for (std::size_t c = 0; c < total; ++c) {
    tree.centroids_.Decode(c, centroid);
    tree.half_squares_.push_back(HalfSquare(centroid));
  }
  return tree;
}

void ClusterTree::Assign(const RowTable& table, std::span<const RowId> rows, std::span<std::uint32_t> nearest,
                         ScanPool& pool) const {
  const Kernel& kernel = BestKernel();
  const std::size_t stride = table.stride();
  const std::size_t tried = std::min(kGroupsTried, groups_.count());
  std::vector<const std::int8_t*> pointers(centroids_.count());
  for (std::size_t c = 0; c < pointers.size(); ++c) pointers[c] = centroids_.row(c);

  ForPieces(pool, rows.size(), kPiece, [&](std::size_t first, std::size_t end) {
    const std::size_t count = end - first;
    const Piece piece(table, rows.subspan(first, count));
    std::vector<std::pair<float, std::uint32_t>> ranked(count * groups_.count());
    CompareAll(groups_, piece, count, [&](std::size_t r, std::size_t g, float score) {
      ranked[r * groups_.count() + g] = {-score, static_cast<std::uint32_t>(g)};
    });
    std::vector<std::int16_t> query(stride);
    std::vector<std::int32_t> dots(pointers.size());
    for (std::size_t r = 0; r < count; ++r) {
      const auto begin = ranked.begin() + static_cast<std::ptrdiff_t>(r * groups_.count());
      std::partial_sort(begin, begin + static_cast<std::ptrdiff_t>(tried),
                        begin + static_cast<std::ptrdiff_t>(groups_.count()));
      std::copy_n(piece.codes[r], stride, query.begin());
      float best = -std::numeric_limits<float>::infinity();
      for (std::size_t t = 0; t < tried; ++t) {
        const std::uint32_t group = (begin + static_cast<std::ptrdiff_t>(t))->second;
        const std::size_t some = first_[group + 1] - first_[group];
        if (some == 0) continue;
        kernel.dot1(query.data(), pointers.data() + first_[group], some, stride, dots.data());
        for (std::size_t i = 0; i < some; ++i) {
          const std::uint32_t leaf = first_[group] + static_cast<std::uint32_t>(i);
          const float score =
              static_cast<float>(dots[i]) * (piece.scales[r] * centroids_.scales[leaf]) - half_squares_[leaf];
          if (score <= best) continue;
          best = score;
          nearest[first + r] = leaf;
        }
      }
    }
  });
}

}  // namespace vitrine
