#include "query/relevance.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace vitrine {

double TextRelevance(double score, std::size_t pictures, const ScoreBackground& background) {
  const double z = (score - background.mean) / background.deviation;
  const double above = 0.5 * std::erfc(z / std::numbers::sqrt2);
  // (1 - above)^pictures, without losing a small `above` to rounding.
  return std::exp(static_cast<double>(pictures) * std::log1p(-std::min(above, 1.0 - 1e-12)));
}

double PictureRelevance(double score) { return std::clamp(score, 0.0, 1.0); }

}  // namespace vitrine
