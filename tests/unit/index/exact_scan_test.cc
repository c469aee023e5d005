#include "index/exact_scan.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <limits>
#include <random>

#include "index/quantise.h"
#include "index_testing.h"

namespace vitrine {
namespace {

/// Rows cut into blocks of uneven sizes, as a file that grew has them.
std::unique_ptr<VectorIndex> IndexInPieces(const EncodedRows& rows, const ScanOptions& options,
                                           std::mt19937& random) {
  std::vector<RowBlock> blocks;
  const std::size_t stride = StrideOf(rows.dimension);
  for (std::size_t first = 0; first < rows.rows();) {
    const std::size_t count = std::min<std::size_t>(1 + random() % 150, rows.rows() - first);
    EncodedRows part{.dimension = rows.dimension};
    part.Append(rows, first, first + count);
    const auto payload = LayOut(part, stride);
    blocks.push_back(
        BlockOver(static_cast<RowId>(first), static_cast<RowId>(count), stride, payload.get(), payload));
    first += count;
  }
  return std::make_unique<ExactScan>(std::make_shared<const RowTable>(rows.dimension, std::move(blocks)),
                                     options);
}

/// Holds three queries over the allowed rows against the judge.
void ExpectRight(const VectorIndex& index, const EncodedRows& rows, const Matrix& queries, std::size_t k,
                 const RowSet& allowed) {
  const auto found = index.Search(queries.values(), k, &allowed);
  ASSERT_TRUE(found);
  for (std::size_t q = 0; q < queries.rows(); ++q) {
    EXPECT_TRUE(SameNeighbours((*found)[q], BruteForce(rows, queries.row(q), k, &allowed)));
    for (const Neighbour& hit : (*found)[q]) EXPECT_TRUE(allowed.Contains(hit.row));
  }
}

TEST(ExactScan, AgreesWithBruteForceAtEverySelectivity) {
  constexpr std::uint32_t kSeed = 41;
  std::printf("seed %u\n", kSeed);
  std::mt19937 random(kSeed);
  for (const std::size_t dimension : {1U, 7U, 64U, 100U, 256U}) {
    const std::size_t count = 3000 + random() % 500;
    const EncodedRows rows = Encode(RandomUnitRows(count, dimension, random));
    const auto index = IndexInPieces(rows, {}, random);
    const Matrix queries = RandomUnitRows(3, dimension, random);
    for (const double share : {0.0, 0.0005, 0.005, 0.05, 0.3, 0.9, 1.0}) {
      SCOPED_TRACE(testing::Message() << "dimension " << dimension << ", share " << share);
      const RowSet allowed = RandomSubset(count, share, random);
      for (const std::size_t k : {1U, 10U, 200U}) ExpectRight(*index, rows, queries, k, allowed);
    }
  }
}

TEST(ExactScan, OneSurvivorIsFoundWhereverItIs) {
  std::mt19937 random(42);
  const EncodedRows rows = RandomCodes(1000, 20, random);
  const auto index = IndexInPieces(rows, {}, random);
  const Matrix query = RandomUnitRows(1, 20, random);
  for (std::size_t row = 0; row < 1000; ++row) {
    RowSet allowed(1000);
    allowed.Insert(row);
    const auto found = index->Search(query.values(), 5, &allowed);
    ASSERT_TRUE(found);
    ASSERT_EQ((*found)[0].size(), 1U);
    ASSERT_EQ((*found)[0][0].row, row);
  }
}

TEST(ExactScan, NoSurvivorsNoRowsAndNoQueriesGiveEmptyLists) {
  std::mt19937 random(43);
  const EncodedRows rows = RandomCodes(100, 20, random);
  const Matrix query = RandomUnitRows(1, 20, random);
  const RowSet none(100);
  const auto index = IndexInMemory(rows);
  EXPECT_TRUE((*index->Search(query.values(), 5, &none))[0].empty());
  EXPECT_TRUE(index->Search({}, 5, nullptr)->empty());
  const ExactScan empty(std::make_shared<const RowTable>(20, std::vector<RowBlock>()));
  EXPECT_EQ(empty.row_count(), 0U);
  EXPECT_TRUE((*empty.Search(query.values(), 5, nullptr))[0].empty());
}

TEST(ExactScan, FilterShorterOrLongerThanTheRowsIsFine) {
  std::mt19937 random(44);
  const EncodedRows rows = RandomCodes(500, 16, random);
  const auto index = IndexInMemory(rows);
  const Matrix query = RandomUnitRows(1, 16, random);
  const RowSet shorter(70, true);
  const RowSet longer(5000, true);
  EXPECT_EQ((*index->Search(query.values(), 1000, &shorter))[0].size(), 70U);
  EXPECT_EQ((*index->Search(query.values(), 1000, &longer))[0].size(), 500U);
}

TEST(ExactScan, MoreWantedThanThereAreGivesAllUnpadded) {
  std::mt19937 random(45);
  EncodedRows rows = RandomCodes(300, 16, random);
  rows.scales[7] = 0;
  const auto index = IndexInMemory(rows);
  const Matrix query = RandomUnitRows(1, 16, random);
  const auto found = index->Search(query.values(), std::numeric_limits<std::size_t>::max(), nullptr);
  ASSERT_TRUE(found);
  EXPECT_TRUE(SameNeighbours((*found)[0], BruteForce(rows, query.values(), 300, nullptr)));
  EXPECT_EQ((*found)[0].size(), 299U);
}

TEST(ExactScan, RowsOfScaleZeroNeverReturn) {
  std::mt19937 random(46);
  EncodedRows rows = RandomCodes(400, 16, random);
  for (std::size_t i = 0; i < 400; i += 3) rows.scales[i] = 0;
  const auto index = IndexInMemory(rows);
  const Matrix queries = RandomUnitRows(6, 16, random);
  const RowSet all(400, true);
  for (const RowSet* allowed : {static_cast<const RowSet*>(nullptr), &all}) {
    const auto found = index->Search(queries.values(), 400, allowed);
    for (const auto& list : *found) {
      EXPECT_EQ(list.size(), 266U);
      for (const Neighbour& hit : list) EXPECT_NE(hit.row % 3, 0U);
    }
  }
}

TEST(ExactScan, BadScalesCountAsZero) {
  std::mt19937 random(47);
  EncodedRows rows = RandomCodes(4, 16, random);
  rows.scales = {std::numeric_limits<float>::quiet_NaN(), -1.0F, std::numeric_limits<float>::infinity(),
                 0.01F};
  const auto found = IndexInMemory(rows)->Search(RandomUnitRows(1, 16, random).values(), 4, nullptr);
  ASSERT_EQ((*found)[0].size(), 1U);
  EXPECT_EQ((*found)[0][0].row, 3U);
}

TEST(ExactScan, TiesGoToTheSmallerRow) {
  std::mt19937 random(48);
  const EncodedRows row = RandomCodes(1, 16, random);
  EncodedRows rows;
  for (int i = 0; i < 700; ++i) rows.Append(row, 0, 1);
  for (const std::size_t threads : {1U, 3U}) {
    const auto index = IndexInMemory(rows, {.threads = threads, .bytes_per_thread = 1});
    const auto found = index->Search(RandomUnitRows(1, 16, random).values(), 10, nullptr);
    ASSERT_EQ((*found)[0].size(), 10U);
    for (RowId i = 0; i < 10; ++i) EXPECT_EQ((*found)[0][i].row, i);
  }
}

TEST(ExactScan, KernelThreadsAndBlocksDoNotChangeABit) {
  std::mt19937 random(49);
  const EncodedRows rows = RandomCodes(20'000, 130, random);
  const Matrix queries = RandomUnitRows(7, 130, random);
  const RowSet allowed = RandomSubset(20'000, 0.4, random);
  const ScanOptions judge{.kernel = KernelByName("scalar"), .threads = 1};
  const auto expected = IndexInMemory(rows, judge)->Search(queries.values(), 25, &allowed);
  ASSERT_TRUE(expected);
  for (const Kernel& kernel : KernelsHere()) {
    for (const std::size_t threads : {1U, 2U, 5U}) {
      const auto index =
          IndexInPieces(rows, {.kernel = &kernel, .threads = threads, .bytes_per_thread = 1}, random);
      for (int round = 0; round < 3; ++round) {
        EXPECT_TRUE(Identical(*index->Search(queries.values(), 25, &allowed), *expected))
            << kernel.name << ", " << threads << " threads";
      }
    }
  }
}

TEST(ExactScan, BatchEqualsSingle) {
  std::mt19937 random(50);
  const EncodedRows rows = RandomCodes(5000, 96, random);
  const auto index = IndexInMemory(rows, {.threads = 2, .bytes_per_thread = 1});
  for (std::size_t n = 1; n <= 13; ++n) {
    const Matrix queries = RandomUnitRows(n, 96, random);
    const auto batch = index->Search(queries.values(), 20, nullptr);
    ASSERT_TRUE(batch);
    for (std::size_t q = 0; q < n; ++q) {
      EXPECT_TRUE(Identical({(*batch)[q]}, *index->Search(queries.row(q), 20, nullptr))) << n << " queries";
    }
  }
}

TEST(ExactScan, RefusesWhatIsNoSearch) {
  std::mt19937 random(51);
  const auto index = IndexInMemory(RandomCodes(10, 8, random));
  std::vector<float> query(8, 0.3F);
  EXPECT_EQ(index->Search(query, 0, nullptr).error().code(), Code::kInvalidArgument);
  EXPECT_EQ(index->Search(std::span(query).first(7), 3, nullptr).error().code(), Code::kInvalidArgument);
  query[2] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(index->Search(query, 3, nullptr).error().code(), Code::kInvalidArgument);
}

TEST(ExactScan, ZeroQueryScoresEverythingZero) {
  std::mt19937 random(52);
  const auto index = IndexInMemory(RandomCodes(10, 8, random));
  const auto found = index->Search(std::vector<float>(8, 0.0F), 3, nullptr);
  ASSERT_EQ((*found)[0].size(), 3U);
  for (const Neighbour& hit : (*found)[0]) EXPECT_EQ(hit.score, 0);
}

TEST(ExactScan, VectorIsTheRowAtLengthOne) {
  std::mt19937 random(53);
  const Matrix originals = RandomUnitRows(400, 100, random);
  EncodedRows rows = Encode(originals);
  rows.scales[5] = 0;
  const auto index = IndexInPieces(rows, {}, random);
  for (RowId row = 0; row < 400; ++row) {
    const std::vector<float> vector = index->Vector(row);
    EXPECT_NEAR(Dot(vector, vector), row == 5 ? 0 : 1, 1e-5);
    EXPECT_NEAR(Dot(vector, originals.row(row)), row == 5 ? 0 : 1, 1e-3);
  }
}

}  // namespace
}  // namespace vitrine
