// Without measurements, the normal distribution stands in for them. The best of n unrelated scores lies about
// sqrt(2 ln n) deviations above their mean: 3.0 for a hundred, 3.7 for a thousand, 5.3 for a million. A
// straight line in ln n stays within 0.2 of that from fifty to ten million. One deviation more or less than
// that best is taken for odds of e^1.7, the logistic curve nearest to the normal one.
#include "model/embedder.h"

namespace vitrine {
namespace {

constexpr double kNatsADeviation = 1.7;
constexpr double kBestOfOne = 2.05;
constexpr double kBestGrowth = 0.24;

}  // namespace

RelevanceModel RelevanceOf(const ScoreBackground& background) {
  const RelevanceModel::Odds odds{
      .intercept = -kNatsADeviation * (background.mean / background.deviation + kBestOfOne),
      .score = kNatsADeviation / background.deviation,
      .best_mean = 0,
      .deviation = 0,
      .log_pictures = -kNatsADeviation * kBestGrowth};
  return {.hit = odds, .present = odds, .cut = 0.5};
}

RelevanceModel DefaultPictureRelevance() { return RelevanceOf({.mean = 0.1, .deviation = 0.15}); }

}  // namespace vitrine
