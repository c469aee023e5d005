// What holds of every arrangement, whatever comes in.
#include <gtest/gtest.h>

#include <limits>

#include "layout_testing.h"

namespace vitrine::layout {
namespace {

struct Input {
  std::vector<Size> sizes;
  Matrix vectors, oklab;
  std::vector<double> times;
  ArrangeOptions options;
};

Input Make(std::size_t n, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  Input input;
  input.sizes = seed % 3 == 0 ? PhotoSizes(n, random) : WildSizes(n, random);
  input.vectors = ClusteredRows(n, 1 + seed % 40, 1 + seed % 7, 0.3, random);
  input.oklab = Matrix(n, 3);
  for (std::size_t i = 0; i < n; ++i) {
    input.oklab.row(i)[0] = static_cast<float>(Drawn(random, 0, 1));
    input.oklab.row(i)[1] = static_cast<float>(Drawn(random, -0.3, 0.3));
    input.oklab.row(i)[2] = static_cast<float>(Drawn(random, -0.3, 0.3));
    const bool unknown = random() % 10 == 0;
    input.times.push_back(unknown ? std::numeric_limits<double>::quiet_NaN() : Drawn(random, 0, 1e6));
  }
  input.options = {
      .gap = seed % 4 == 0 ? 0 : Drawn(random, 0, 60), .aspect = Drawn(random, 0.5, 2.5), .seed = seed};
  return input;
}

void ExpectWhole(std::span<const Size> sizes, std::span<const Place> places, double gap, const char* what) {
  ASSERT_EQ(places.size(), sizes.size()) << what;
  EXPECT_EQ(Overlaps(places, gap), 0U) << what << " of " << sizes.size();
  if (places.empty()) return;
  const Bounds bounds = BoundsOf(places);
  EXPECT_NEAR(bounds.left, 0, 1e-9) << what;
  EXPECT_NEAR(bounds.top, 0, 1e-9) << what;
}

void ExpectKept(std::span<const Size> sizes, std::span<const Place> places, double gap, const char* what) {
  ExpectWhole(sizes, places, gap, what);
  EXPECT_EQ(Resized(sizes, places), 0U) << what;
}

void CheckAll(const Input& in) {
  const double gap = in.options.gap;
  ExpectKept(in.sizes, ArrangeByMeaning(in.sizes, in.vectors, in.options), gap, "meaning");
  ExpectKept(in.sizes, ArrangeByColour(in.sizes, in.oklab, in.options), gap, "colour");
  ExpectKept(in.sizes, ArrangeByTime(in.sizes, in.times, in.options), gap, "time");
  ExpectKept(in.sizes, Pack(in.sizes, in.options), gap, "pack");
  ExpectWhole(in.sizes, JustifiedRows(in.sizes, in.options), gap, "rows");
  for (const std::size_t k : {std::size_t{0}, std::size_t{5}}) {
    const ClusterLayout layout = ArrangeByClusters(in.sizes, in.vectors, k, in.options);
    std::vector<Place> all = layout.places;
    EXPECT_EQ(Resized(in.sizes, all), 0U);
    all.insert(all.end(), layout.titles.begin(), layout.titles.end());
    EXPECT_EQ(Overlaps(all, gap), 0U) << "clusters of " << in.sizes.size();
    ASSERT_EQ(layout.titles.size(), layout.clusters.size());
  }
}

TEST(Overlap, NoneInAnyArrangementOfRandomPictures) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    std::mt19937_64 random(seed * 77);
    const std::size_t n = seed < 30 ? seed - 1 : random() % 150;
    SCOPED_TRACE(seed);
    CheckAll(Make(n, seed));
  }
}

TEST(Overlap, NoneAmongManyPictures) { CheckAll(Make(2000, 2001)); }

TEST(Overlap, NoneAmongEqualVectorsAndOfOneDimension) {
  for (const std::size_t n : {1U, 2U, 3U, 4U, 5U, 11U, 60U}) {
    SCOPED_TRACE(n);
    Input in = Make(n, n);
    for (const std::size_t dimension : {1U, 8U}) {
      in.vectors = Matrix(n, dimension);
      for (float& value : in.vectors.values()) value = 0.5F;
      in.oklab = Matrix(n, 3);
      in.times.assign(n, 7.0);
      CheckAll(in);
    }
  }
}

TEST(Overlap, TheSameSeedGivesTheSamePlaces) {
  const Input in = Make(120, 9);
  EXPECT_EQ(ArrangeByMeaning(in.sizes, in.vectors, in.options),
            ArrangeByMeaning(in.sizes, in.vectors, in.options));
  EXPECT_EQ(ArrangeByClusters(in.sizes, in.vectors, 0, in.options).places,
            ArrangeByClusters(in.sizes, in.vectors, 0, in.options).places);
}

TEST(Overlap, TheJudgeSeesOverlapsAndMissingGaps) {
  const std::vector<Place> touching = {{0, 0, 10, 10}, {10, 0, 10, 10}};
  EXPECT_EQ(Overlaps(touching), 0U);
  EXPECT_EQ(Overlaps(touching, 1), 1U);
  EXPECT_EQ(Overlaps(std::vector<Place>{{0, 0, 10, 10}, {9, 9, 10, 10}}), 1U);
}

}  // namespace
}  // namespace vitrine::layout
