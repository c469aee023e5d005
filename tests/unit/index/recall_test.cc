// float judges int8: how many of the true ten nearest a search over codes returns.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <set>

#include "index/exact_scan.h"
#include "index/quantise.h"
#include "support/clip_like.h"

namespace vitrine {
namespace {

std::vector<RowId> TrueNearest(const Matrix& vectors, std::span<const float> query, std::size_t k) {
  std::vector<std::pair<double, RowId>> all;
  for (std::size_t r = 0; r < vectors.rows(); ++r) {
    double dot = 0;
    for (std::size_t i = 0; i < query.size(); ++i) {
      dot += static_cast<double>(query[i]) * static_cast<double>(vectors.row(r)[i]);
    }
    all.emplace_back(-dot, static_cast<RowId>(r));
  }
  std::partial_sort(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(k), all.end());
  std::vector<RowId> nearest;
  for (std::size_t i = 0; i < k; ++i) nearest.push_back(all[i].second);
  return nearest;
}

double RecallAt10(std::size_t dimension, bool sentences) {
  constexpr std::uint32_t kSeed = 7;
  constexpr std::size_t kQueries = 200;
  ClipLike space(dimension, 300, kSeed);
  const Matrix pictures = space.Pictures(10'000);
  const Matrix queries = sentences ? space.Sentences(kQueries) : space.Pictures(kQueries);
  const auto found = IndexInMemory(Encode(pictures))->Search(queries.values(), 10, nullptr);
  std::size_t right = 0;
  for (std::size_t q = 0; q < kQueries; ++q) {
    const std::vector<RowId> truth = TrueNearest(pictures, queries.row(q), 10);
    for (const Neighbour& hit : (*found)[q]) right += static_cast<std::size_t>(std::count(truth.begin(), truth.end(), hit.row));
  }
  const double recall = static_cast<double>(right) / (10 * kQueries);
  std::printf("seed %u, dimension %zu, %s: recall@10 %.4f\n", kSeed, dimension, sentences ? "sentences" : "pictures",
              recall);
  return recall;
}

TEST(Recall, SentencesOverClusteredPicturesAt256) { EXPECT_GE(RecallAt10(256, true), 0.995); }
TEST(Recall, SentencesOverClusteredPicturesAt512) { EXPECT_GE(RecallAt10(512, true), 0.995); }
TEST(Recall, PicturesOverClusteredPicturesAt256) { EXPECT_GE(RecallAt10(256, false), 0.995); }
TEST(Recall, PicturesOverClusteredPicturesAt512) { EXPECT_GE(RecallAt10(512, false), 0.995); }

}  // namespace
}  // namespace vitrine
