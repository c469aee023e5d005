// Every library answers every query with something; is it any good? A cosine alone does not say. It means one
// thing among a hundred pictures and another among a hundred thousand, and some words lie near all pictures
// and others far from all. What does say, found by measuring on captions that no tower was trained with
// (docs/quality.md):
//   - the cosine itself,
//   - the mean of the ten best cosines: ten equally good answers are either ten good ones or none,
//   - the deviation of the query's cosines over a random sample of the library: words that the model
//     understands divide the pictures, words that it does not leave them all alike,
//   - the logarithm of the number of pictures: among more, chance scores higher.
// A logistic regression on these four (Platt 1999, with more than one input) gives log-odds that are linear
// in the cosine, so they never change the order of one query's hits and add up with other evidence. A second
// regression on the same measures, the best cosine for the hit's, says whether there is anything at all.
#include "query/relevance.h"

#include <algorithm>
#include <cmath>

namespace vitrine {
namespace {

double LogOdds(const RelevanceModel::Odds& odds, double score, const ScoreShape& shape) {
  const auto pictures = static_cast<double>(std::max<std::size_t>(shape.pictures, 1));
  return odds.intercept + odds.score * score + odds.best_mean * shape.best_mean +
         odds.deviation * shape.deviation + odds.log_pictures * std::log(pictures);
}

}  // namespace

double HitLogOdds(const RelevanceModel& model, double score, const ScoreShape& shape) {
  return LogOdds(model.hit, score, shape);
}

double PresentLogOdds(const RelevanceModel& model, const ScoreShape& shape) {
  return LogOdds(model.present, shape.best, shape);
}

}  // namespace vitrine
