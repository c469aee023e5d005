#include "query/fuse.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "base/matrix.h"
#include "index/exact_scan.h"
#include "index/quantise.h"

namespace vitrine {
namespace {

constexpr std::size_t kRows = 3000;
constexpr std::size_t kDimension = 16;

class FuseTest : public ::testing::Test {
 protected:
  FuseTest() : rows_(kRows, kDimension), query_(kDimension), allowed_(kRows) {
    for (std::size_t i = 0; i < kRows; ++i) Draw(rows_.row(i));
    Draw(query_);
    index_ = IndexInMemory(Encode(rows_));
    for (std::size_t i = 0; i < kRows; ++i) {
      if (i % 3 != 0) allowed_.Insert(i);
    }
    model_.hit = {.intercept = -8, .score = 20, .best_mean = 0, .deviation = 0, .log_pictures = 0};
  }

  void Draw(std::span<float> vector) {
    float squares = 0;
    for (float& x : vector) {
      x = normal_(random_);
      squares += x * x;
    }
    for (float& x : vector) x /= std::sqrt(squares);
  }

  std::vector<Ranked> Fused(std::span<const float> extra, std::size_t limit) {
    return Fuse(*index_,
                {.query = query_,
                 .nearest = {},
                 .shape = {.best = 0, .best_mean = 0, .mean = 0, .deviation = 0, .pictures = kRows},
                 .model = model_,
                 .extra = extra,
                 .allowed = &allowed_,
                 .allowed_count = allowed_.Count()},
                limit)
        .value();
  }

  // Everything scored and summed.
  std::vector<Ranked> Judged(std::span<const float> extra, std::size_t limit) {
    std::vector<Ranked> all;
    const std::vector<Neighbour> scored = index_->Search(query_, kRows, &allowed_).value().front();
    for (const Neighbour& found : scored) {
      const double more = extra.empty() ? 0 : static_cast<double>(extra[found.row]);
      all.push_back({found.row, found.score, -8 + 20 * static_cast<double>(found.score) + more, 0});
    }
    std::sort(all.begin(), all.end(), RanksBefore);
    all.resize(std::min(limit, all.size()));
    return all;
  }

  void ExpectSame(const std::vector<Ranked>& fused, const std::vector<Ranked>& judged) {
    ASSERT_EQ(fused.size(), judged.size());
    for (std::size_t i = 0; i < fused.size(); ++i) {
      EXPECT_EQ(fused[i].row, judged[i].row) << "rank " << i;
      EXPECT_NEAR(fused[i].log_odds, judged[i].log_odds, 1e-6);
    }
  }

  std::mt19937 random_{20261125};
  std::normal_distribution<float> normal_;
  Matrix rows_;
  std::vector<float> query_;
  RowSet allowed_;
  std::unique_ptr<VectorIndex> index_;
  RelevanceModel model_;
};

TEST_F(FuseTest, WithoutOtherEvidenceTheOrderIsThatOfMeaning) {
  const std::vector<Ranked> fused = Fused({}, 10);
  const auto nearest = index_->Search(query_, 10, &allowed_).value().front();
  ASSERT_EQ(fused.size(), 10u);
  for (std::size_t i = 0; i < fused.size(); ++i) EXPECT_EQ(fused[i].row, nearest[i].row);
}

TEST_F(FuseTest, SparseEvidenceGivesWhatScoringEverythingGives) {
  std::vector<float> extra(kRows);
  for (std::size_t row = 7; row < kRows; row += 97) extra[row] = static_cast<float>(row % 9);
  for (const std::size_t limit : {1u, 10u, 100u}) ExpectSame(Fused(extra, limit), Judged(extra, limit));
}

// Evidence everywhere, as colours give it: the threshold has to grow until nothing can be missing.
TEST_F(FuseTest, DenseEvidenceGivesWhatScoringEverythingGives) {
  for (int round = 0; round < 20; ++round) {
    std::vector<float> extra(kRows);
    for (float& x : extra) x = std::abs(normal_(random_)) * static_cast<float>(round);
    ExpectSame(Fused(extra, 10), Judged(extra, 10));
  }
}

TEST_F(FuseTest, RowsThatAreNotAllowedNeverReturn) {
  std::vector<float> extra(kRows, 0);
  extra[0] = extra[3] = 50;
  extra[1] = 40;
  const std::vector<Ranked> fused = Fused(extra, 5);
  EXPECT_EQ(fused.front().row, 1u);
  for (const Ranked& hit : fused) EXPECT_NE(hit.row % 3, 0u);
}

TEST_F(FuseTest, MoreThanThereIsGivesAllThatIsAllowed) {
  EXPECT_EQ(Fused({}, 2 * kRows).size(), allowed_.Count());
}

}  // namespace
}  // namespace vitrine
