#include "index/index_store.h"

#include <gtest/gtest.h>

#include <random>

#include "segment_testing.h"

namespace vitrine {
namespace {

TEST(IndexStore, SmallSetsAreScannedExactly) {
  std::mt19937 random(1);
  const TestFolder folder;
  const EncodedRows rows = RandomCodes(500, 24, random);
  const auto table = TableInMemory(rows);
  const RowSet live(rows.rows(), true);
  const auto published = PublishIndex(IdentityIn(folder, 24), table, live, {}, {}, {}, false);
  ASSERT_TRUE(published) << published.error().message();
  EXPECT_FALSE(published->built);
  VectorIndexReport report;
  const auto index = OpenIndex(IdentityIn(folder, 24), table, {}, &report);
  ASSERT_TRUE(index) << index.error().message();
  EXPECT_EQ(report.kind, IndexKind::kExact);
  EXPECT_EQ(report.rows, 500U);
  EXPECT_TRUE(AnswersLike(**index, rows, random));
}

}  // namespace
}  // namespace vitrine
