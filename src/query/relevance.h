// What a score is worth.
#pragma once

#include <cstddef>

#include "model/embedder.h"

namespace vitrine {

/// The probability that none of `pictures` unrelated pictures would score as high as `score` against a text
/// query, if unrelated scores are normally distributed as `background` says: (the normal
/// distribution)^pictures. 0..1. A library that holds nothing fitting tops out near 0.5; a clear hit is
/// near 1.
double TextRelevance(double score, std::size_t pictures, const ScoreBackground& background);

/// Between pictures no background is known: their cosine, cut to 0..1.
double PictureRelevance(double score);

}  // namespace vitrine
