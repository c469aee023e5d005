#include "query/relevance.h"
#include "query/log_odds.h"

#include <gtest/gtest.h>

#include <cmath>

namespace vitrine {
namespace {

const RelevanceModel kDefault = RelevanceOf(ScoreBackground{.mean = 0.1, .deviation = 0.05});

ScoreShape Among(std::size_t pictures, double best = 0) {
  return {.best = best, .best_mean = 0, .mean = 0, .deviation = 0, .pictures = pictures};
}

TEST(HitLogOdds, GrowWithTheScoreFromNothingToCertainty) {
  double before = -1;
  for (double score = -0.5; score < 1.0; score += 0.01) {
    const double relevance = ProbabilityOf(HitLogOdds(kDefault, score, Among(1000)));
    EXPECT_GE(relevance, before);
    before = relevance;
  }
  EXPECT_LT(ProbabilityOf(HitLogOdds(kDefault, 0.1, Among(1000))), 0.01);
  EXPECT_GT(ProbabilityOf(HitLogOdds(kDefault, 0.6, Among(1000))), 0.99);
}

TEST(HitLogOdds, TheSameScoreIsWorthLessAmongMorePicturesByDefault) {
  EXPECT_GT(HitLogOdds(kDefault, 0.25, Among(100)), HitLogOdds(kDefault, 0.25, Among(100'000)));
}

// The line that stands in for the best of n unrelated scores, against the formula.
TEST(RelevanceOf, PutsEvenOddsWhereTheBestUnrelatedScoreLies) {
  for (const std::size_t pictures : {50u, 1000u, 100'000u, 10'000'000u}) {
    const double best = 0.1 + 0.05 * std::sqrt(2 * std::log(static_cast<double>(pictures)));
    EXPECT_NEAR(HitLogOdds(kDefault, best, Among(pictures)), 0, 1.7 * 0.25) << pictures;
  }
}

TEST(HitLogOdds, AddUpTheMeasuresByTheirCoefficients) {
  RelevanceModel model;
  model.hit = {.intercept = 1, .score = 10, .best_mean = -2, .deviation = 3, .log_pictures = 0.5};
  const ScoreShape shape{.best = 9, .best_mean = 0.5, .mean = 9, .deviation = 0.25, .pictures = 100};
  EXPECT_NEAR(HitLogOdds(model, 0.3, shape), 1 + 3 - 1 + 0.75 + 0.5 * std::log(100.0), 1e-12);
}

TEST(PresentLogOdds, LookAtTheBestHit) {
  RelevanceModel model;
  model.present.score = 2;
  EXPECT_DOUBLE_EQ(PresentLogOdds(model, Among(10, 0.4)), 0.8);
}

}  // namespace
}  // namespace vitrine
