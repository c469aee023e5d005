#include <gtest/gtest.h>

#include <set>

#include "boards/layout/kinds.h"
#include "boards/layout/space.h"
#include "layout_testing.h"

namespace vitrine::layout {
namespace {

TEST(Clusters, FindsAsManyKindsAsThereAre) {
  for (const std::size_t kinds : {2U, 3U, 4U, 6U, 9U, 12U}) {
    std::mt19937_64 random(kinds);
    const Matrix vectors = ClusteredRows(300, 48, kinds, 0.15, random);
    EXPECT_EQ(ChooseKinds(vectors, 1), kinds);
    const ClusterLayout layout = ArrangeByClusters(PhotoSizes(300, random), vectors, 0, {});
    ASSERT_EQ(layout.clusters.size(), kinds);
    for (const Cluster& cluster : layout.clusters) {
      for (const std::size_t member : cluster.members) EXPECT_EQ(member % kinds, cluster.members[0] % kinds);
    }
  }
}

TEST(Clusters, WithoutClearKindsTheDivisionIsFinerThanInTwo) {
  // Like photographs at large: two kinds of kinds, none far from the next.
  std::mt19937_64 random(12);
  const Matrix finer = ClusteredRows(400, 64, 8, 0.9, random);
  const Matrix coarse = ClusteredRows(400, 64, 2, 0, random);
  Matrix vectors(400, 64);
  for (std::size_t i = 0; i < 400; ++i) {
    for (std::size_t j = 0; j < 64; ++j) vectors.row(i)[j] = finer.row(i)[j] + 0.5F * coarse.row(i)[j];
  }
  const auto two = SplitIntoKinds(vectors, 2, 1);
  ASSERT_LT(MeanSilhouette(AllDistances(vectors), two), 0.25);
  EXPECT_GE(ChooseKinds(vectors, 1), 3U);
  EXPECT_LE(ChooseKinds(vectors, 1), 12U);
}

TEST(Clusters, EveryPictureIsInOneAndBelowItsTitle) {
  std::mt19937_64 random(2);
  const Matrix vectors = ClusteredRows(200, 32, 6, 0.4, random);
  const ClusterLayout layout = ArrangeByClusters(WildSizes(200, random), vectors, 7, {});
  ASSERT_EQ(layout.clusters.size(), 7U);
  std::multiset<std::size_t> seen;
  for (std::size_t c = 0; c < layout.clusters.size(); ++c) {
    EXPECT_FALSE(layout.clusters[c].members.empty());
    const Place& title = layout.titles[c];
    EXPECT_GT(title.width, 0);
    EXPECT_GT(title.height, 0);
    for (const std::size_t i : layout.clusters[c].members) {
      seen.insert(i);
      EXPECT_GE(layout.places[i].y, title.y + title.height);
      EXPECT_GE(layout.places[i].x, title.x);
      EXPECT_LE(layout.places[i].x + layout.places[i].width, title.x + title.width + 1e-6);
    }
  }
  EXPECT_EQ(seen.size(), 200U);
  EXPECT_EQ(std::set<std::size_t>(seen.begin(), seen.end()).size(), 200U);
}

TEST(Clusters, BoxesOfClustersAreApart) {
  std::mt19937_64 random(3);
  const Matrix vectors = ClusteredRows(150, 32, 5, 0.2, random);
  const ClusterLayout layout = ArrangeByClusters(PhotoSizes(150, random), vectors, 5, {});
  std::vector<Place> boxes;
  for (std::size_t c = 0; c < 5; ++c) {
    Place box = layout.titles[c];
    for (const std::size_t i : layout.clusters[c].members) {
      box.height = std::max(box.height, layout.places[i].y + layout.places[i].height - box.y);
    }
    boxes.push_back(box);
  }
  EXPECT_EQ(Overlaps(boxes, 3 * 16), 0U);
}

TEST(Clusters, TheWholeHasTheAspectWantedAndLittleEmpty) {
  std::mt19937_64 random(4);
  for (const double aspect : {0.7, 1.5, 2.2}) {
    const Matrix vectors = ClusteredRows(300, 32, 8, 0.3, random);
    const ClusterLayout layout = ArrangeByClusters(PhotoSizes(300, random), vectors, 8, {.aspect = aspect});
    const Bounds bounds = BoundsOf(layout.places);
    EXPECT_LE(std::abs(std::log(bounds.width / bounds.height / aspect)), std::log(1.3)) << aspect;
    EXPECT_GE(Used(layout.places), 0.55) << aspect;
  }
}

TEST(Clusters, FewerVectorsThanAskedFor) {
  const std::vector<Size> sizes(5, Size{30, 20});
  Matrix equal(5, 3);
  EXPECT_EQ(ArrangeByClusters(sizes, equal, 4, {}).clusters.size(), 1U);
  EXPECT_EQ(ArrangeByClusters(sizes, equal, 0, {}).clusters.size(), 1U);
  equal.row(3)[0] = 1;
  EXPECT_EQ(ArrangeByClusters(sizes, equal, 4, {}).clusters.size(), 2U);
  std::mt19937_64 random(5);
  EXPECT_EQ(ArrangeByClusters(sizes, RandomRows(5, 3, random), 50, {}).clusters.size(), 5U);
  EXPECT_TRUE(ArrangeByClusters({}, Matrix(), 3, {}).clusters.empty());
}

TEST(Clusters, TheMostTypicalPictureComesFirst) {
  Matrix line(6, 1);
  const float values[] = {0, 1, 2, 100, 101, 103};
  std::copy(std::begin(values), std::end(values), line.values().begin());
  const ClusterLayout layout = ArrangeByClusters(std::vector<Size>(6, Size{30, 20}), line, 2, {});
  ASSERT_EQ(layout.clusters.size(), 2U);
  std::set<std::size_t> first;
  for (const Cluster& cluster : layout.clusters) first.insert(cluster.members[0]);
  EXPECT_EQ(first, (std::set<std::size_t>{1, 4}));
}

TEST(Clusters, ATitleIsAsHighAsAsked) {
  const ClusterLayout layout =
      ArrangeByClusters(std::vector<Size>(3, Size{30, 20}), Matrix(3, 2), 1, {.title_height = 44});
  EXPECT_EQ(layout.titles[0].height, 44);
}

TEST(Silhouette, ByHand) {
  // Rows 0, 1 | 4: of 0: within 1, beyond 4: 3/4. Of 1: within 1, beyond 3: 2/3. Of 4, alone: 0.
  Matrix line(3, 1);
  line.row(1)[0] = 1;
  line.row(2)[0] = 4;
  EXPECT_NEAR(MeanSilhouette(AllDistances(line), {{0, 1}, {2}}), (0.75 + 2.0 / 3) / 3, 1e-6);
}

}  // namespace
}  // namespace vitrine::layout
