// Probabilities and log-odds: evidence adds up in the one, people read the other.
#pragma once

#include <cmath>

namespace vitrine {

/// 1 / (1 + exp(-log_odds)).
inline double ProbabilityOf(double log_odds) { return 1 / (1 + std::exp(-log_odds)); }

/// Its inverse; minus and plus infinity at 0 and 1.
inline double LogOddsOf(double probability) { return std::log(probability) - std::log1p(-probability); }

}  // namespace vitrine
