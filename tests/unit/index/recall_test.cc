// float judges the codes: how many of the true ten nearest a search over them returns.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <functional>

#include "index/exact_scan.h"
#include "index/quantise.h"
#include "index_testing.h"
#include "support/clip_like.h"

namespace vitrine {
namespace {

/// All true cosines with a query.
std::vector<double> TrueScores(const Matrix& vectors, std::span<const float> query) {
  std::vector<double> scores(vectors.rows());
  for (std::size_t r = 0; r < scores.size(); ++r) scores[r] = Dot(query, vectors.row(r));
  return scores;
}

/// The shares of the ten returned that are among the true ten, and that are at most 0.001 worse than the
/// tenth.
struct Recall {
  double strict = 0;
  double near_ties = 0;
};

Recall RecallAt10(const Matrix& pictures, const VectorIndex& index, const Matrix& queries) {
  const auto found = index.Search(queries.values(), 10, nullptr);
  Recall recall;
  for (std::size_t q = 0; q < queries.rows(); ++q) {
    const std::vector<double> scores = TrueScores(pictures, queries.row(q));
    std::vector<double> sorted = scores;
    std::nth_element(sorted.begin(), sorted.begin() + 9, sorted.end(), std::greater<>());
    for (const Neighbour& hit : (*found)[q]) {
      recall.strict += scores[hit.row] >= sorted[9] ? 1 : 0;
      recall.near_ties += scores[hit.row] >= sorted[9] - 0.001 ? 1 : 0;
    }
  }
  recall.strict /= 10 * static_cast<double>(queries.rows());
  recall.near_ties /= 10 * static_cast<double>(queries.rows());
  return recall;
}

void ExpectFloatsAnswer(std::size_t dimension) {
  constexpr std::size_t kQueries = 100;
  ClipLike space(dimension, 500, 7);
  const Matrix pictures = space.Pictures(10'000);
  const auto index = IndexInMemory(Encode(pictures));
  for (const bool sentences : {true, false}) {
    const Matrix queries = sentences ? space.Sentences(kQueries) : space.Pictures(kQueries);
    const Recall recall = RecallAt10(pictures, *index, queries);
    std::printf("dimension %zu, %s: recall@10 %.4f, counting near ties %.4f\n", dimension,
                sentences ? "sentences" : "pictures", recall.strict, recall.near_ties);
    EXPECT_GE(recall.strict, 0.998);
    EXPECT_GE(recall.near_ties, 0.9999);
  }
}

TEST(Recall, OfCodesAgainstFloatAt256) { ExpectFloatsAnswer(256); }
TEST(Recall, OfCodesAgainstFloatAt512) { ExpectFloatsAnswer(512); }

}  // namespace
}  // namespace vitrine
