// By meaning, in three steps: a plane in which neighbours are neighbours (tsne.cc), rows or columns that
// follow that plane spread evenly (shelves.cc), and exchanges of pictures that win back the neighbours lost
// to the rows (exchange.cc).
//
// Beyond kAllPairs pictures the squares of their number no longer fit a person's patience. Then so many are
// drawn and embedded, the others lie between the three of those that they resemble most, and nothing is
// exchanged.
#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <random>

#include "boards/layout/arrange.h"
#include "boards/layout/exchange.h"
#include "boards/layout/shelves.h"
#include "boards/layout/space.h"
#include "boards/layout/tsne.h"

namespace vitrine::layout {
namespace {

constexpr std::size_t kAllPairs = 2500;
constexpr std::size_t kAnchors = 3;

/// Rows drawn without repetition, in order.
std::vector<std::size_t> Draw(std::size_t from, std::size_t count, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<std::size_t> drawn;
  for (std::size_t i = 0; i < from; ++i) {
    const auto left = static_cast<double>(from - i);
    if (Uniform(random) * left < static_cast<double>(count - drawn.size())) drawn.push_back(i);
  }
  return drawn;
}

/// Between the nearest few of the drawn rows, nearer to the nearer ones.
Point Between(std::span<const float> vector, const Matrix& sample, std::span<const Point> plane) {
  std::array<std::pair<float, std::size_t>, kAnchors> nearest;
  nearest.fill({std::numeric_limits<float>::infinity(), 0});
  for (std::size_t s = 0; s < sample.rows(); ++s) {
    const std::pair<float, std::size_t> candidate = {SquaredDistance(vector, sample.row(s)), s};
    if (candidate >= nearest.back()) continue;
    nearest.back() = candidate;
    std::sort(nearest.begin(), nearest.end());
  }
  Point point;
  double total = 0;
  for (const auto& [distance, s] : nearest) {
    const double weight = 1 / (static_cast<double>(distance) * static_cast<double>(distance) + 1e-9);
    point.x += weight * plane[s].x;
    point.y += weight * plane[s].y;
    total += weight;
  }
  return {point.x / total, point.y / total};
}

std::vector<Point> EmbedMany(const Matrix& vectors, std::uint64_t seed) {
  const std::vector<std::size_t> drawn = Draw(vectors.rows(), kAllPairs, seed);
  Matrix sample(drawn.size(), vectors.columns());
  for (std::size_t s = 0; s < drawn.size(); ++s) {
    std::copy_n(vectors.row(drawn[s]).begin(), vectors.columns(), sample.row(s).begin());
  }
  const Matrix distances = AllDistances(sample);
  const std::vector<Point> plane = EmbedInPlane(sample, distances, Ranks(distances), seed);
  std::vector<Point> points;
  for (std::size_t i = 0; i < vectors.rows(); ++i) points.push_back(Between(vectors.row(i), sample, plane));
  return points;
}

}  // namespace

std::vector<Place> ArrangeByMeaning(std::span<const Size> sizes, const Matrix& vectors,
                                    const ArrangeOptions& options) {
  if (vectors.rows() > kAllPairs) {
    const std::vector<Point> plane = SpreadEvenly(EmbedMany(vectors, options.seed), options.aspect);
    return ChooseShelves(sizes, plane, options).Lay(options.gap);
  }
  const Matrix distances = AllDistances(vectors);
  const Ranks ranks(distances);
  const std::vector<Point> plane = EmbedInPlane(vectors, distances, ranks, options.seed);
  ShelfBoard board = ChooseShelves(sizes, SpreadEvenly(plane, options.aspect), options);
  ExchangeForTrust(ranks, options, board);
  if (Loosen(options, board)) ExchangeForTrust(ranks, options, board);
  return board.Lay(options.gap);
}

}  // namespace vitrine::layout
