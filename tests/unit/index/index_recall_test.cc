#include "index/recall.h"

#include <gtest/gtest.h>

#include <random>

#include "index/exact_scan.h"
#include "index_testing.h"

namespace vitrine {
namespace {

/// Answers from another table, or not at all.
class Fake final : public VectorIndex {
 public:
  explicit Fake(std::vector<std::vector<Neighbour>> answers) : answers_(std::move(answers)) {}
  std::size_t dimension() const override { return 16; }
  RowId row_count() const override { return 100; }
  Result<std::vector<std::vector<Neighbour>>> Search(std::span<const float>, std::size_t,
                                                     const RowSet*) const override {
    if (answers_.empty()) return Error(Code::kCorrupt, "broken");
    return answers_;
  }
  std::vector<float> Vector(RowId) const override { return {}; }

 private:
  std::vector<std::vector<Neighbour>> answers_;
};

TEST(MeasureRecall, CountsTheHitsThatAreAsGoodAsTheKth) {
  std::mt19937 random(21);
  const auto table = TableInMemory(RandomCodes(100, 16, random));
  const Matrix queries = RandomUnitRows(2, 16, random);
  const ExactScan exact(table);
  EXPECT_EQ(MeasureRecall(exact, *table, nullptr, queries.values(), 10), 1);
  auto answers = *exact.Search(queries.values(), 10, nullptr);
  const auto beyond = *exact.Search(queries.values(), 20, nullptr);
  for (std::size_t i = 7; i < 10; ++i) answers[0][i] = beyond[0][i + 10];
  EXPECT_NEAR(MeasureRecall(Fake(answers), *table, nullptr, queries.values(), 10), 0.85, 1e-9);
  answers[1].resize(5);
  EXPECT_NEAR(MeasureRecall(Fake(answers), *table, nullptr, queries.values(), 10), 0.6, 1e-9);
}

TEST(MeasureRecall, OnlyLivingRowsCount) {
  std::mt19937 random(22);
  const auto table = TableInMemory(RandomCodes(100, 16, random));
  const Matrix queries = RandomUnitRows(2, 16, random);
  RowSet live(100);
  for (const RowId row : {3U, 50U, 99U}) live.Insert(row);
  EXPECT_EQ(MeasureRecall(ExactScan(table), *table, &live, queries.values(), 10), 1);
  const RowSet none(100);
  EXPECT_EQ(MeasureRecall(ExactScan(table), *table, &none, queries.values(), 10), 1);
}

TEST(MeasureRecall, NoQueriesAreNoLossAndAFailureIsAll) {
  std::mt19937 random(23);
  const auto table = TableInMemory(RandomCodes(100, 16, random));
  EXPECT_EQ(MeasureRecall(ExactScan(table), *table, nullptr, {}, 10), 1);
  EXPECT_EQ(MeasureRecall(Fake({}), *table, nullptr, RandomUnitRows(1, 16, random).values(), 10), 0);
}

}  // namespace
}  // namespace vitrine
