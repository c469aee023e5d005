#include <gtest/gtest.h>

#include <cmath>

#include "boards/layout/shelves.h"
#include "boards/layout/space.h"
#include "boards/layout/tsne.h"
#include "layout_testing.h"

namespace vitrine::layout {
namespace {

constexpr std::size_t kNear = 10;

TEST(Meaning, IsTrustworthyOnVectorsLikeThoseOfPhotographs) {
  std::mt19937_64 random(1);
  const Matrix vectors = ClusteredRows(500, 64, 12, 0.5, random);
  const std::vector<Size> sizes = PhotoSizes(500, random);
  const std::vector<Place> places = ArrangeByMeaning(sizes, vectors, {});
  const double trust = Trustworthiness(vectors, places, kNear);
  const double shuffled = Trustworthiness(vectors, Shuffled(places, random), kNear);
  EXPECT_GE(trust, 0.95);
  EXPECT_LE(shuffled, 0.6);
  EXPECT_GE(Used(places), 0.75);
}

TEST(Meaning, LikeLiesBesideLike) {
  std::mt19937_64 random(2);
  constexpr std::size_t kKinds = 8;
  const Matrix vectors = ClusteredRows(240, 64, kKinds, 0.1, random);
  const std::vector<Size> sizes = PhotoSizes(240, random);
  const std::vector<Place> places = ArrangeByMeaning(sizes, vectors, {});
  // The nearest picture on the board is of the same kind but at the borders of kinds, where a third of 30
  // pictures lie; by chance it would be for an eighth.
  std::size_t same = 0;
  for (std::size_t i = 0; i < places.size(); ++i) {
    std::size_t nearest = i;
    double least = 1e300;
    for (std::size_t j = 0; j < places.size(); ++j) {
      const double dx = places[i].x + places[i].width / 2 - places[j].x - places[j].width / 2;
      const double dy = places[i].y + places[i].height / 2 - places[j].y - places[j].height / 2;
      if (j == i || dx * dx + dy * dy >= least) continue;
      least = dx * dx + dy * dy;
      nearest = j;
    }
    if (nearest % kKinds == i % kKinds) ++same;
  }
  EXPECT_GE(same, 160U);
}

TEST(Meaning, AnyOrderOfThePicturesIsArrangedAsWell) {
  std::mt19937_64 random(3);
  const Matrix vectors = ClusteredRows(300, 48, 9, 0.4, random);
  const std::vector<Size> sizes = PhotoSizes(300, random);
  std::vector<double> trusts;
  std::vector<std::size_t> order(300);
  std::iota(order.begin(), order.end(), std::size_t{0});
  for (int round = 0; round < 4; ++round) {
    Matrix permuted(300, 48);
    std::vector<Size> permuted_sizes;
    for (std::size_t i = 0; i < 300; ++i) {
      std::copy_n(vectors.row(order[i]).begin(), 48, permuted.row(i).begin());
      permuted_sizes.push_back(sizes[order[i]]);
    }
    trusts.push_back(Trustworthiness(permuted, ArrangeByMeaning(permuted_sizes, permuted, {}), kNear));
    std::shuffle(order.begin(), order.end(), random);
  }
  const auto [least, most] = std::minmax_element(trusts.begin(), trusts.end());
  EXPECT_GE(*least, 0.93);
  EXPECT_LE(*most - *least, 0.02);
}

TEST(Meaning, HoldsForWildSizesToo) {
  std::mt19937_64 random(4);
  const Matrix vectors = ClusteredRows(400, 64, 10, 0.4, random);
  const std::vector<Size> sizes = WildSizes(400, random);
  const std::vector<Place> places = ArrangeByMeaning(sizes, vectors, {});
  EXPECT_GE(Trustworthiness(vectors, places, kNear), 0.88);
  EXPECT_GE(Used(places), 0.45);
}

TEST(Meaning, LooseBoardsTakeLessRoomThanRows) {
  std::mt19937_64 random(14);
  const std::vector<Size> wild = WildSizes(200, random);
  std::vector<Point> points;
  for (std::size_t i = 0; i < wild.size(); ++i)
    points.push_back({Drawn(random, 0, 1.5), Drawn(random, 0, 1)});
  ShelfBoard board = ChooseShelves(wild, points, {});
  const double in_rows = Used(board.Lay(16));
  ASSERT_TRUE(Loosen({}, board));
  EXPECT_GT(Used(board.Lay(16)), in_rows);
  // Pictures of one size fill their rows: nothing is gained, and the rows stay.
  ShelfBoard even = ChooseShelves(std::vector<Size>(200, Size{150, 100}), points, {});
  const std::vector<Place> before = even.Lay(16);
  EXPECT_FALSE(Loosen({}, even));
  EXPECT_EQ(even.Lay(16), before);
}

TEST(Meaning, BeyondThoseWhosePairsAreAllSeenTheOthersFollow) {
  std::mt19937_64 random(5);
  const Matrix vectors = ClusteredRows(2700, 16, 12, 0.3, random);
  const std::vector<Size> sizes = PhotoSizes(2700, random);
  const std::vector<Place> places = ArrangeByMeaning(sizes, vectors, {});
  EXPECT_GE(Trustworthiness(vectors, places, kNear), 0.85);
  EXPECT_EQ(Overlaps(places, 16), 0U);
  EXPECT_EQ(Resized(sizes, places), 0U);
}

TEST(Meaning, TheWholeHasTheAspectWanted) {
  std::mt19937_64 random(6);
  for (const double aspect : {0.6, 1.0, 1.5, 2.5}) {
    for (const std::size_t n : {60U, 300U}) {
      const Matrix vectors = ClusteredRows(n, 32, 5, 0.4, random);
      const std::vector<Size> sizes = PhotoSizes(n, random);
      const Bounds bounds = BoundsOf(ArrangeByMeaning(sizes, vectors, {.aspect = aspect}));
      EXPECT_LE(std::abs(std::log(bounds.width / bounds.height / aspect)), std::log(1.25))
          << aspect << " of " << n;
    }
  }
}

TEST(Plane, KeepsGroupsThatAreFarApartWhole) {
  std::mt19937_64 random(7);
  const Matrix vectors = ClusteredRows(120, 32, 3, 0.05, random);
  const Matrix distances = AllDistances(vectors);
  const std::vector<Point> plane = EmbedInPlane(vectors, distances, Ranks(distances), 1);
  for (std::size_t i = 0; i < plane.size(); ++i) {
    std::size_t nearest = i;
    double least = 1e300;
    for (std::size_t j = 0; j < plane.size(); ++j) {
      const double distance = std::hypot(plane[i].x - plane[j].x, plane[i].y - plane[j].y);
      if (j == i || distance >= least) continue;
      least = distance;
      nearest = j;
    }
    EXPECT_EQ(nearest % 3, i % 3) << i;
  }
}

TEST(Plane, PrincipalAxesAreThoseOfTheSpread) {
  std::mt19937_64 random(8);
  Matrix rows(200, 5);
  for (std::size_t i = 0; i < 200; ++i) {
    rows.row(i)[3] = static_cast<float>(Drawn(random, -10, 10));
    rows.row(i)[1] = static_cast<float>(Drawn(random, -3, 3));
  }
  double square = 0;
  for (std::size_t i = 0; i < 200; ++i) square += std::pow(static_cast<double>(rows.row(i)[3]), 2) / 200;
  const double scale = 1 / std::sqrt(square);
  const std::vector<Point> plane = PrincipalPlane(rows, 1);
  for (std::size_t i = 0; i < 200; ++i) {
    EXPECT_NEAR(std::abs(plane[i].x), scale * std::abs(static_cast<double>(rows.row(i)[3])), 0.15);
    EXPECT_NEAR(std::abs(plane[i].y), scale * std::abs(static_cast<double>(rows.row(i)[1])), 0.15);
  }
}

TEST(Space, RanksCountTheNearer) {
  Matrix line(5, 1);
  const float values[] = {0, 1, 1, 3, 10};
  std::copy(std::begin(values), std::end(values), line.values().begin());
  const Ranks ranks(AllDistances(line));
  EXPECT_EQ(ranks(0, 0), 0);
  EXPECT_EQ(ranks(0, 1), 1);
  EXPECT_EQ(ranks(0, 2), 1);  // As near as 1.
  EXPECT_EQ(ranks(0, 3), 3);
  EXPECT_EQ(ranks(0, 4), 4);
  EXPECT_EQ(ranks(1, 2), 1);
  EXPECT_EQ(ranks.nearest(4)[0], 3U);
  EXPECT_EQ(ranks.nearest(4).size(), 4U);
}

}  // namespace
}  // namespace vitrine::layout
