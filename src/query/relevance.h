// What a score is worth: the probability that a picture is what was meant.
#pragma once

#include <cstddef>

#include "model/embedder.h"

namespace vitrine {

/// How one query's scores lie in one library.
struct ScoreShape {
  double best = 0;           ///< The best cosine.
  double best_mean = 0;      ///< Mean of the best ten, or of all where there are fewer.
  double mean = 0;           ///< Of a random sample of the library,
  double deviation = 0;      ///< and its standard deviation.
  std::size_t pictures = 0;  ///< That were compared.
};

/// Log-odds, in nats, that a picture of cosine `score` is relevant to a query whose scores lie so.
double HitLogOdds(const RelevanceModel& model, double score, const ScoreShape& shape);

/// Log-odds that such a query has any relevant picture in the library.
double PresentLogOdds(const RelevanceModel& model, const ScoreShape& shape);

}  // namespace vitrine
