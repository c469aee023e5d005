#include "query/relevance.h"

#include <gtest/gtest.h>

namespace vitrine {
namespace {

constexpr ScoreBackground kBackground{.mean = 0.1, .deviation = 0.05};

TEST(TextRelevance, GrowsWithTheScoreFromNothingToCertainty) {
  double before = -1;
  for (double score = -0.5; score < 1.0; score += 0.01) {
    const double relevance = TextRelevance(score, 1000, kBackground);
    EXPECT_GE(relevance, before);
    EXPECT_GE(relevance, 0.0);
    EXPECT_LE(relevance, 1.0);
    before = relevance;
  }
  EXPECT_LT(TextRelevance(0.1, 1000, kBackground), 0.01);
  EXPECT_GT(TextRelevance(0.6, 1000, kBackground), 0.99);
}

TEST(TextRelevance, TheSameScoreIsWorthLessAmongMorePictures) {
  EXPECT_GT(TextRelevance(0.25, 100, kBackground), TextRelevance(0.25, 100'000, kBackground));
}

// One picture, score at the mean: half of all unrelated pictures score below it.
TEST(TextRelevance, IsTheNormalDistributionForOnePicture) {
  EXPECT_NEAR(TextRelevance(0.1, 1, kBackground), 0.5, 1e-12);
  EXPECT_NEAR(TextRelevance(0.15, 1, kBackground), 0.8413447, 1e-6);
}

TEST(PictureRelevance, IsTheCosineCutToItsRange) {
  EXPECT_EQ(PictureRelevance(-0.2), 0.0);
  EXPECT_EQ(PictureRelevance(0.4), 0.4);
  EXPECT_EQ(PictureRelevance(1.00001), 1.0);
}

}  // namespace
}  // namespace vitrine
