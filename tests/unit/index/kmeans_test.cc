#include "index/kmeans.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <numeric>
#include <random>

#include "index_testing.h"
#include "support/clip_like.h"

namespace vitrine {
namespace {

/// Mean squared distance between rows and the points that they were given.
double Loss(const RowTable& table, std::span<const RowId> rows, const Centroids& points,
            std::span<const std::uint32_t> nearest) {
  std::vector<float> row(table.dimension());
  std::vector<float> point(table.dimension());
  double sum = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    CoarseRow(table, rows[i], row);
    points.Decode(nearest[i], point);
    for (std::size_t j = 0; j < row.size(); ++j) {
      const double difference = static_cast<double>(row[j]) - static_cast<double>(point[j]);
      sum += difference * difference;
    }
  }
  return sum / static_cast<double>(rows.size());
}

/// The slow judge: the nearest of all points.
std::vector<std::uint32_t> NearestOfAll(const RowTable& table, std::span<const RowId> rows,
                                        const Centroids& points) {
  std::vector<float> row(table.dimension());
  std::vector<float> point(table.dimension());
  std::vector<std::uint32_t> nearest;
  for (const RowId id : rows) {
    CoarseRow(table, id, row);
    double best = 1e30;
    std::uint32_t best_point = 0;
    for (std::uint32_t p = 0; p < points.count(); ++p) {
      points.Decode(p, point);
      const double distance = Dot(row, row) + Dot(point, point) - 2 * Dot(row, point);
      if (distance >= best) continue;
      best = distance;
      best_point = p;
    }
    nearest.push_back(best_point);
  }
  return nearest;
}

TEST(KMeans, FindsClustersThatAreFarApart) {
  std::mt19937 random(11);
  const Matrix centres = RandomUnitRows(5, 80, random);
  std::normal_distribution<float> noise(0, 0.02F);
  Matrix rows(500, 80);
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    for (std::size_t j = 0; j < 80; ++j) rows.row(i)[j] = centres.row(i % 5)[j] + noise(random);
  }
  const auto table = TableInMemory(Encode(rows));
  std::vector<RowId> all(500);
  std::iota(all.begin(), all.end(), 0U);
  // From random starts two centres may share a cluster; from some of these seeds they do not.
  double best = 1e30;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const auto points = CodeCentroids(KMeans(*table, all, 5, 10, seed));
    best = std::min(best, Loss(*table, all, points, NearestOfAll(*table, all, points)));
  }
  EXPECT_LT(best, 1.2 * 80 * 0.02 * 0.02);
}

TEST(KMeans, OneClusterIsTheMean) {
  std::mt19937 random(12);
  const auto table = TableInMemory(Encode(RandomUnitRows(100, 30, random)));
  std::vector<RowId> all(100);
  std::iota(all.begin(), all.end(), 0U);
  const Matrix mean = KMeans(*table, all, 1, 1, 3);
  std::vector<float> row(30);
  std::vector<double> sum(30);
  for (RowId i = 0; i < 100; ++i) {
    CoarseRow(*table, i, row);
    for (std::size_t j = 0; j < 30; ++j) sum[j] += static_cast<double>(row[j]) / 100;
  }
  for (std::size_t j = 0; j < 30; ++j) EXPECT_NEAR(mean.row(0)[j], sum[j], 1e-5);
}

TEST(ClusterTree, IsNearlyAsGoodAsHoldingEveryRowAgainstEveryCentroid) {
  constexpr std::uint32_t kSeed = 13;
  ClipLike space(128, 200, kSeed);
  const auto table = TableInMemory(Encode(space.Pictures(12'000)));
  std::vector<RowId> all(12'000);
  std::iota(all.begin(), all.end(), 0U);
  ScanPool pool(1);
  const ClusterTree tree = ClusterTree::Grow(*table, all, 150, 1, pool);
  EXPECT_NEAR(static_cast<double>(tree.centroids().count()), 150, 12);
  std::vector<std::uint32_t> nearest(all.size());
  tree.Assign(*table, all, nearest, pool);
  const double quick = Loss(*table, all, tree.centroids(), nearest);
  const double slow = Loss(*table, all, tree.centroids(), NearestOfAll(*table, all, tree.centroids()));
  const auto one = CodeCentroids(KMeans(*table, all, 1, 1, 1));
  const double none = Loss(*table, all, one, std::vector<std::uint32_t>(all.size(), 0));
  std::printf("seed %u: mean squared distance %.4f, of the nearest of all %.4f, of one mean %.4f\n", kSeed,
              quick, slow, none);
  EXPECT_LT(quick, 1.02 * slow);
  EXPECT_LT(quick, 0.9 * none);
}

TEST(CodePoints, KeepDirectionsAndLengths) {
  std::mt19937 random(14);
  Matrix points = RandomUnitRows(3, 100, random);
  std::fill(points.row(1).begin(), points.row(1).end(), 0.0F);
  const CodedPoints coded = CodePoints(points);
  const Centroids rows = CodeCentroids(points);
  for (std::size_t p = 0; p < 3; ++p) {
    EXPECT_NEAR(coded.half_squares[p], p == 1 ? 0 : 0.5, 1e-5);
    for (std::size_t j = 0; j < 100; ++j) {
      EXPECT_NEAR(coded.codes.query(p)[j] * coded.codes.scales[p], points.row(p)[j], 1e-4);
      EXPECT_NEAR(rows.row(p)[j] * rows.scales[p], points.row(p)[j], 0.003);
    }
  }
}

}  // namespace
}  // namespace vitrine
