#include "index/row_table.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <numeric>
#include <random>

#include "index/quantise.h"
#include "index_testing.h"

namespace vitrine {
namespace {

std::vector<RowId> RowsIn(const RowSet& set) {
  std::vector<RowId> rows;
  for (std::size_t row = 0; row < set.size(); ++row) {
    if (set.Contains(row)) rows.push_back(static_cast<RowId>(row));
  }
  return rows;
}

TEST(RowTable, BestOfRanksTheCandidatesAsTheJudgeDoes) {
  constexpr std::uint32_t kSeed = 61;
  std::printf("seed %u\n", kSeed);
  std::mt19937 random(kSeed);
  EncodedRows rows = RandomCodes(2000, 90, random);
  for (std::size_t i = 0; i < 2000; i += 7) rows.scales[i] = 0;
  const auto table = TableInMemory(rows);
  const Matrix queries = RandomUnitRows(3, 90, random);
  const EncodedQueries encoded = EncodeQueries(queries.values(), 90).value();
  for (const double share : {0.0, 0.001, 0.03, 0.5, 1.0}) {
    const RowSet allowed = RandomSubset(2000, share, random);
    const std::vector<RowId> candidates = RowsIn(allowed);
    for (const std::size_t k : {1U, 10U, 3000U}) {
      for (std::size_t q = 0; q < 3; ++q) {
        const auto best = table->BestOf(encoded, q, candidates, k, BestKernel());
        ASSERT_TRUE(best);
        EXPECT_TRUE(SameNeighbours(*best, BruteForce(rows, queries.row(q), k, &allowed)));
        for (const Kernel& kernel : KernelsHere()) {
          EXPECT_TRUE(Identical({*table->BestOf(encoded, q, candidates, k, kernel)}, {*best})) << kernel.name;
        }
      }
    }
  }
}

// Rows that differ in their fine codes alone come in the order of those.
TEST(RowTable, FineCodesSettleWhatCodesCannot) {
  std::mt19937 random(62);
  const Matrix query = RandomUnitRows(1, 64, random);
  const EncodedQueries encoded = EncodeQueries(query.values(), 64).value();
  const EncodedRows one = RandomCodes(1, 64, random);
  EncodedRows rows;
  for (int i = 0; i < 12; ++i) {
    rows.Append(one, 0, 1);
    for (std::size_t j = 0; j < 64; ++j) {
      const int toward = encoded.codes[j] > 0 ? i : -i;
      rows.fine[rows.fine.size() - 64 + j] = static_cast<std::int8_t>(toward * 10);
    }
  }
  std::vector<RowId> all(12);
  std::iota(all.begin(), all.end(), RowId{0});
  const auto best = TableInMemory(rows)->BestOf(encoded, 0, all, 5, BestKernel());
  ASSERT_EQ(best->size(), 5U);
  for (RowId i = 0; i < 5; ++i) EXPECT_EQ((*best)[i].row, 11 - i);
}

TEST(RowTable, KeepsMoreThanAreAskedFor) {
  EXPECT_EQ(KeptFor(0), 16U);
  EXPECT_EQ(KeptFor(10), 26U);
  EXPECT_EQ(KeptFor(1000), 1500U);
}

TEST(RowTable, RotatedIsWhatWasEncoded) {
  std::mt19937 random(63);
  const EncodedRows rows = RandomCodes(50, 33, random);
  const auto table = TableInMemory(rows);
  std::vector<float> rotated(33);
  for (RowId row = 0; row < 50; ++row) {
    table->Rotated(row, rotated);
    for (std::size_t i = 0; i < 33; ++i) {
      EXPECT_NEAR(rotated[i], ComponentOf(rows, row * 33 + i) * static_cast<double>(rows.scales[row]), 1e-6);
    }
  }
}

}  // namespace
}  // namespace vitrine
