#include "index/layered_index.h"

#include <gtest/gtest.h>

#include <random>

#include "segment_testing.h"

namespace vitrine {
namespace {

EncodedRows FirstRows(const EncodedRows& rows, std::size_t count) {
  EncodedRows first;
  first.dimension = rows.dimension;
  const auto codes = static_cast<std::ptrdiff_t>(count * rows.dimension);
  first.codes.assign(rows.codes.begin(), rows.codes.begin() + codes);
  if (!rows.fine.empty()) first.fine.assign(rows.fine.begin(), rows.fine.begin() + codes);
  first.scales.assign(rows.scales.begin(), rows.scales.begin() + static_cast<std::ptrdiff_t>(count));
  return first;
}

/// A table whose rows lie in blocks of a random length, as a library's files hold them.
std::shared_ptr<const RowTable> TableInPieces(const EncodedRows& rows, std::mt19937& random) {
  const auto whole = TableInMemory(rows);
  std::vector<RowBlock> blocks;
  for (RowId first = 0; first < whole->row_count();) {
    RowBlock block = whole->blocks()[0];
    block.codes += std::size_t{first} * whole->stride();
    block.fine += std::size_t{first} * whole->stride();
    block.scales += first;
    block.first = first;
    block.rows = std::min(static_cast<RowId>(1 + random() % 90), whole->row_count() - first);
    first += block.rows;
    blocks.push_back(std::move(block));
  }
  return std::make_shared<const RowTable>(rows.dimension, std::move(blocks));
}

/// A base whose file turned out to be damaged, or that fails for another reason.
class FailingIndex final : public VectorIndex {
 public:
  FailingIndex(std::size_t dimension, RowId rows, Code code)
      : dimension_(dimension), rows_(rows), code_(code) {}
  std::size_t dimension() const override { return dimension_; }
  RowId row_count() const override { return rows_; }
  Result<std::vector<std::vector<Neighbour>>> Search(std::span<const float>, std::size_t,
                                                     const RowSet*) const override {
    return Error(code_, "as asked");
  }
  std::vector<float> Vector(RowId) const override { return std::vector<float>(dimension_); }

 private:
  std::size_t dimension_;
  RowId rows_;
  Code code_;
};

TEST(LayeredIndex, AnswersToTheBitLikeOneScanOfAllRows) {
  std::mt19937 random(11);
  for (int round = 0; round < 200; ++round) {
    const std::size_t count = 1 + random() % 400;
    const std::size_t covered = round % 10 == 0 ? count : random() % (count + 1);
    const EncodedRows rows = RandomCodes(count, 20, random);
    const auto table = TableInPieces(rows, random);
    const LayeredIndex layered(IndexInMemory(FirstRows(rows, covered)), table);
    const ExactScan exact(table);
    const Matrix queries = RandomUnitRows(1 + random() % 6, 20, random);
    const std::size_t k = 1 + random() % 30;
    const RowSet some = RandomSubset(count, round % 3 == 0 ? 0.02 : 0.5, random);
    for (const RowSet* allowed : {static_cast<const RowSet*>(nullptr), &some}) {
      const auto found = layered.Search(queries.values(), k, allowed);
      const auto expected = exact.Search(queries.values(), k, allowed);
      ASSERT_TRUE(found && expected);
      ASSERT_TRUE(Identical(*found, *expected)) << "round " << round;
    }
  }
}

TEST(LayeredIndex, RowsMappedFromAFileKeepTheirChecksInTheTail) {
  std::mt19937 random(15);
  const TestFolder folder;
  MemoryRowSource source(RandomCodes(300, 20, random));
  const SegmentIdentity identity = IdentityIn(folder, 20);
  ASSERT_TRUE(PublishSegments(identity, source));
  source.Append(RandomCodes(200, 20, random));
  ASSERT_TRUE(PublishSegments(identity, source));
  const auto table = OpenSegments(identity, source);
  ASSERT_TRUE(table);
  for (const std::size_t covered : {1U, 257U, 300U, 499U}) {
    const LayeredIndex layered(IndexInMemory(FirstRows(source.rows(), covered)), *table);
    const Matrix queries = RandomUnitRows(3, 20, random);
    EXPECT_TRUE(Identical(*layered.Search(queries.values(), 12, nullptr),
                          *ExactScan(*table).Search(queries.values(), 12, nullptr)));
  }
}

TEST(LayeredIndex, AFilterShorterThanTheBaseHidesTheTail) {
  std::mt19937 random(12);
  const EncodedRows rows = RandomCodes(100, 8, random);
  const LayeredIndex layered(IndexInMemory(FirstRows(rows, 60)), TableInMemory(rows));
  const Matrix query = RandomUnitRows(1, 8, random);
  const RowSet early(30, true);
  const auto found = layered.Search(query.values(), 100, &early);
  ASSERT_TRUE(found);
  EXPECT_EQ((*found)[0].size(), 30U);
  for (const Neighbour& hit : (*found)[0]) EXPECT_LT(hit.row, 30U);
}

TEST(LayeredIndex, ADamagedBaseCostsTimeAndNoAnswer) {
  std::mt19937 random(13);
  const EncodedRows rows = RandomCodes(150, 8, random);
  const auto table = TableInMemory(rows);
  const Matrix query = RandomUnitRows(2, 8, random);
  const LayeredIndex damaged(std::make_unique<FailingIndex>(8, 100, Code::kCorrupt), table);
  const auto found = damaged.Search(query.values(), 9, nullptr);
  ASSERT_TRUE(found);
  EXPECT_TRUE(Identical(*found, *ExactScan(table).Search(query.values(), 9, nullptr)));
  const LayeredIndex refused(std::make_unique<FailingIndex>(8, 100, Code::kInvalidArgument), table);
  EXPECT_FALSE(refused.Search(query.values(), 9, nullptr));
}

TEST(LayeredIndex, KnowsTheVectorsOfBothLayers) {
  std::mt19937 random(14);
  const EncodedRows rows = RandomCodes(90, 8, random);
  const auto table = TableInMemory(rows);
  const LayeredIndex layered(IndexInMemory(FirstRows(rows, 50)), table);
  EXPECT_EQ(layered.row_count(), 90U);
  EXPECT_EQ(layered.dimension(), 8U);
  EXPECT_EQ(layered.Vector(89), table->Vector(89));
}

}  // namespace
}  // namespace vitrine
