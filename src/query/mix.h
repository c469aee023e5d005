// The answers of two models made into one list, by rank.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "query/runner.h"

namespace vitrine {

/// What one model answers to a query.
struct ModelAnswer {
  std::string model;  ///< For people: "starter 1.0.0".
  Answer answer;
};

/// How deep each model's list should reach for a mixed one of `limit`: what stands just past the end of one
/// may be the other's best.
std::size_t MixDepth(const RunOptions& options);

/// The best `limit` pictures of several models' answers to one query, by reciprocal rank fusion (Cormack,
/// Clarke and Buettcher 2009). A picture that only one model has seen takes part with that model's rank.
///
///   order      pictures that a model counts above its cut come before those that none does; within both by
///              the sum of 1 / (60 + rank) over the models, ties by the first model's rank, then by id
///   score      that sum, so scaled that it is 1 for a picture that every model ranks first
///   relevance  what the model says that is surest of the picture; each was measured on its own
///   why        the reasons of the model that ranks it best, then its rank with each
///   grouped    what any of the models puts under it
///
/// A query of facts alone has no ranks: its answers are merged in the order that they have, by how well
/// colours fit, then newest first. REQUIRES: at least one answer, all to one query.
Answer MixAnswers(std::vector<ModelAnswer> answers, std::size_t limit);

}  // namespace vitrine
