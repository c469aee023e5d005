// The exact scan judges the inverted index.
#include "index/inverted_index.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <limits>
#include <random>

#include "index/inverted_lists.h"
#include "index/recall.h"
#include "index/sign_kernels.h"
#include "inverted_testing.h"

namespace vitrine {
namespace {

constexpr std::size_t kDimension = 128;
constexpr std::size_t kRows = 20'000;
constexpr std::uint32_t kSeed = 1124;

/// One space for all tests of this file; building it takes longer than they do.
const Space& Pictures() {
  static const Space space(kDimension, kRows, kSeed);
  return space;
}

/// With one list and with many.
const InvertedIndex& Index(std::size_t lists) {
  static const auto one = MustBuild(Pictures().table, nullptr, Pictures().Options(1, 0.99));
  static const auto many = MustBuild(Pictures().table, nullptr, Pictures().Options(100, 0.99));
  return lists == 1 ? *one : *many;
}

class InvertedIndexOf : public testing::TestWithParam<std::size_t> {
 protected:
  const InvertedIndex& index_ = Index(GetParam());
  const RowTable& table_ = *Pictures().table;
  std::span<const float> queries_ = Pictures().queries.values();
};

TEST_P(InvertedIndexOf, ReachesTheRecallThatWasAskedWithSentences) {
  const double recall = MeasureRecall(index_, table_, nullptr, queries_, 10);
  std::printf("seed %u, %zu lists: %zu probed, %zu rescored, recall@10 %.4f, measured when built %.4f\n",
              kSeed, index_.lists(), index_.probes(), index_.rescored(), recall, index_.measured_recall());
  EXPECT_GE(index_.measured_recall(), 0.99);
  EXPECT_GE(recall, 0.975);  // 640 hits of other queries: two standard deviations below.
  EXPECT_LT(index_.rescored(), kRows / 20);
  EXPECT_GE(MeasureRecall(index_, table_, nullptr, queries_, 100), 0.975);
}

TEST_P(InvertedIndexOf, FilteredAnswersAreSoundAndGoodAtEverySelectivity) {
  std::mt19937 random(kSeed);
  for (const double share : {0.0, 0.00001, 0.0005, 0.005, 0.05, 0.2, 0.5, 0.9, 1.0}) {
    const RowSet allowed = RandomSubset(kRows, share, random);
    for (const std::size_t k : {1U, 10U, 150U}) {
      EXPECT_TRUE(SoundAnswers(index_, table_, queries_.first(8 * kDimension), k, &allowed))
          << "share " << share << ", k " << k;
    }
    EXPECT_GE(MeasureRecall(index_, table_, &allowed, queries_, 10), 0.975) << "share " << share;
  }
}

TEST_P(InvertedIndexOf, FilterFarFromTheQueryStillFindsK) {
  // The rows that score worst: with many lists they are where nobody probes.
  const std::span<const float> query = queries_.first(kDimension);
  const auto all = ExactScan(Pictures().table).Search(query, kRows, nullptr);
  RowSet worst(kRows);
  for (std::size_t i = kRows / 2; i < kRows; ++i) worst.Insert((*all)[0][i].row);
  EXPECT_TRUE(SoundAnswers(index_, table_, query, 100, &worst));
}

TEST_P(InvertedIndexOf, AnyNumberOfHitsIsFine) {
  const std::span<const float> query = queries_.first(kDimension);
  for (const std::size_t k : {std::size_t{1}, std::size_t{999}, kRows - 1, kRows, kRows + 1,
                              std::numeric_limits<std::size_t>::max()}) {
    EXPECT_TRUE(SoundAnswers(index_, table_, query, k, nullptr)) << k;
  }
}

TEST_P(InvertedIndexOf, KernelThreadsAndBatchesDoNotChangeABit) {
  std::mt19937 random(3);
  const RowSet allowed = RandomSubset(kRows, 0.4, random);
  const SignKernel* judge = SignKernelByName("scalar");
  for (const RowSet* filter : {static_cast<const RowSet*>(nullptr), &allowed}) {
    const auto expected =
        InvertedIndex(Pictures().table, index_.data(), 0.99, 1, judge).Search(queries_, 20, filter);
    ASSERT_TRUE(expected);
    for (const SignKernel& kernel : SignKernelsHere()) {
      for (const std::size_t threads : {1U, 2U, 5U}) {
        const InvertedIndex index(Pictures().table, index_.data(), 0.99, threads, &kernel);
        EXPECT_TRUE(Identical(*index.Search(queries_, 20, filter), *expected))
            << kernel.name << ", " << threads;
      }
    }
    for (std::size_t q = 0; q < 20; ++q) {
      EXPECT_TRUE(Identical(*index_.Search(queries_.subspan(q * kDimension, kDimension), 20, filter),
                            {(*expected)[q]}));
    }
  }
}

TEST_P(InvertedIndexOf, RefusesWhatIsNoSearch) {
  std::vector<float> query(queries_.begin(), queries_.begin() + kDimension);
  EXPECT_EQ(index_.Search(query, 0, nullptr).error().code(), Code::kInvalidArgument);
  EXPECT_EQ(index_.Search(std::span(query).first(7), 3, nullptr).error().code(), Code::kInvalidArgument);
  query[2] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(index_.Search(query, 3, nullptr).error().code(), Code::kInvalidArgument);
  EXPECT_TRUE(index_.Search({}, 3, nullptr)->empty());
}

TEST_P(InvertedIndexOf, ZeroQueryIsAnsweredInFull) {
  const auto found = index_.Search(std::vector<float>(kDimension), 5, nullptr);
  ASSERT_EQ((*found)[0].size(), 5U);
  for (const Neighbour& hit : (*found)[0]) EXPECT_EQ(hit.score, 0);
}

INSTANTIATE_TEST_SUITE_P(Lists, InvertedIndexOf, testing::Values(1, 100));

TEST(InvertedIndex, SameSeedBuildsTheSameIndexWhateverTheThreads) {
  InvertedOptions options = Pictures().Options(60, 0.95);
  options.threads = 1;
  const auto alone = MustBuild(Pictures().table, nullptr, options);
  options.threads = 4;
  const auto together = MustBuild(Pictures().table, nullptr, options);
  const InvertedLists& a = *alone->data();
  const InvertedLists& b = *together->data();
  ASSERT_EQ(a.counts, b.counts);
  EXPECT_EQ(alone->probes(), together->probes());
  EXPECT_EQ(alone->rescored(), together->rescored());
  const std::size_t bytes = a.block_count() * SignLayout(kDimension).block_bytes();
  EXPECT_TRUE(std::equal(a.blocks, a.blocks + bytes, b.blocks));
}

TEST(InvertedIndex, EveryLivingRowIsInOneListAndNoOther) {
  std::mt19937 random(4);
  RowSet live = RandomSubset(kRows, 0.7, random);
  const auto index = MustBuild(Pictures().table, &live, Pictures().Options(50, 0.9));
  const InvertedLists& lists = *index->data();
  const SignLayout layout(kDimension);
  std::size_t entries = 0;
  for (std::size_t l = 0; l < lists.lists(); ++l) {
    for (std::uint32_t i = 0; i < lists.counts[l]; ++i, ++entries) {
      const std::byte* block = lists.blocks + (lists.first_block[l] + i / kSignRows) * layout.block_bytes();
      const RowId row = layout.Rows(block)[i % kSignRows];
      EXPECT_TRUE(live.Contains(row));
      live.Erase(row);
    }
  }
  EXPECT_EQ(live.Count(), 0U);
  EXPECT_EQ(entries, lists.entries());
}

TEST(InvertedIndex, DeletedRowsNeverReturn) {
  std::mt19937 random(5);
  const RowSet live = RandomSubset(kRows, 0.5, random);
  for (const std::size_t lists : {1U, 100U}) {
    // Deleted after the build, and before it.
    EXPECT_TRUE(SoundAnswers(Index(lists), *Pictures().table, Pictures().queries.values(), 10, &live));
    const auto index = MustBuild(Pictures().table, &live, Pictures().Options(lists, 0.99));
    EXPECT_TRUE(SoundAnswers(*index, *Pictures().table, Pictures().queries.values(), 10, &live));
    EXPECT_GE(MeasureRecall(*index, *Pictures().table, &live, Pictures().queries.values(), 10), 0.975);
  }
}

/// A table over the same codes in which some rows have lost their vector.
std::shared_ptr<const RowTable> WithoutScales(const RowSet& gone) {
  ClipLike space(kDimension, 100, kSeed);
  EncodedRows rows = Encode(space.Pictures(kRows));
  for (std::size_t i = 0; i < kRows; ++i) {
    if (gone.Contains(i)) rows.scales[i] = 0;
  }
  return TableInMemory(rows);
}

TEST(InvertedIndex, RowsThatLostTheirVectorNeverReturnAndHideNoOther) {
  RowSet gone(kRows, true);
  for (std::size_t i = 0; i < kRows; i += 1000) gone.Erase(i);
  const auto table = WithoutScales(gone);
  for (const std::size_t lists : {1U, 100U}) {
    const InvertedIndex index(table, Index(lists).data(), 0.99, 2);
    EXPECT_TRUE(SoundAnswers(index, *table, Pictures().queries.values().first(4 * kDimension), 10, nullptr));
  }
}

TEST(InvertedIndex, RowsBehindTheCoveredAreNotSeen) {
  ClipLike space(kDimension, 100, kSeed);
  const Matrix pictures = space.Pictures(3000);
  const EncodedRows rows = Encode(pictures);
  EncodedRows few = rows;
  few.codes.resize(2000 * kDimension);
  few.fine.resize(2000 * kDimension);
  few.scales.resize(2000);
  const auto longer = TableInMemory(rows);
  for (const std::size_t lists : {1U, 20U}) {
    const auto built = MustBuild(TableInMemory(few), nullptr, {.lists = lists});
    const InvertedIndex index(longer, built->data(), 0.99, 1);
    EXPECT_EQ(index.row_count(), 2000U);
    const RowSet all(3000, true);
    for (const RowSet* allowed : {static_cast<const RowSet*>(nullptr), &all}) {
      for (const std::size_t k : {10U, 5000U}) {
        const auto found = index.Search(pictures.row(2500), k, allowed);
        EXPECT_EQ((*found)[0].size(), std::min<std::size_t>(k, 2000));
        for (const Neighbour& hit : (*found)[0]) EXPECT_LT(hit.row, 2000U);
      }
    }
  }
}

TEST(InvertedIndex, FewStrangeAndNoRows) {
  std::mt19937 random(6);
  const Matrix queries = RandomUnitRows(3, 70, random);
  for (const std::size_t count : {0U, 1U, 2U, 63U, 64U, 65U, 200U}) {
    Matrix vectors = RandomUnitRows(count, 70, random);
    for (std::size_t i = 0; i < count; i += 3) vectors.row(i)[0] = std::numeric_limits<float>::quiet_NaN();
    for (std::size_t i = 1; i < count; i += 3) std::fill(vectors.row(i).begin(), vectors.row(i).end(), 0.0F);
    EncodedRows rows = Encode(vectors);
    rows.dimension = 70;
    const auto table = TableInMemory(rows);
    for (const std::size_t lists : {1U, 2U, 50U}) {
      const auto index = MustBuild(table, nullptr, {.lists = lists});
      EXPECT_TRUE(SoundAnswers(*index, *table, queries.values(), 10, nullptr)) << count << " rows";
    }
  }
}

TEST(InvertedIndex, RowsThatAreAllTheSame) {
  std::mt19937 random(7);
  const Matrix one = RandomUnitRows(1, 64, random);
  Matrix rows(3000, 64);
  for (std::size_t i = 0; i < rows.rows(); ++i)
    std::copy(one.row(0).begin(), one.row(0).end(), rows.row(i).begin());
  const auto table = TableInMemory(Encode(rows));
  for (const std::size_t lists : {1U, 30U}) {
    const auto index = MustBuild(table, nullptr, {.lists = lists});
    EXPECT_TRUE(SoundAnswers(*index, *table, one.values(), 10, nullptr));
  }
}

TEST(InvertedIndex, RefusesOptionsThatMakeNoSense) {
  const auto& table = Pictures().table;
  const std::vector<float> bad(kDimension, std::numeric_limits<float>::infinity());
  for (const InvertedOptions& options :
       {InvertedOptions{.lists = 0}, InvertedOptions{.recall = 0}, InvertedOptions{.recall = 1.1},
        InvertedOptions{.query_bits = 3}, InvertedOptions{.query_bits = 9},
        InvertedOptions{.sample_queries = {1, 2}}, InvertedOptions{.sample_queries = bad},
        InvertedOptions{.anchor = {1}}, InvertedOptions{.anchor = bad}}) {
    EXPECT_EQ(BuildInverted(table, nullptr, options).error().code(), Code::kInvalidArgument);
  }
}

TEST(InvertedIndex, VectorIsTheTables) {
  EXPECT_EQ(Index(100).Vector(17), Pictures().table->Vector(17));
  EXPECT_EQ(Index(100).dimension(), kDimension);
}

}  // namespace
}  // namespace vitrine
