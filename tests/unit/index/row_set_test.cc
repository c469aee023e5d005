#include "index/row_set.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

#include "index_testing.h"

namespace vitrine {
namespace {

TEST(RowSet, FullSetHasNoBitsPastItsEnd) {
  for (const std::size_t size : {0U, 1U, 63U, 64U, 65U, 128U, 1000U}) {
    const RowSet set(size, true);
    EXPECT_EQ(set.Count(), size);
    EXPECT_FALSE(set.Contains(size));
    EXPECT_FALSE(set.Contains(size + 64));
  }
}

TEST(RowSet, AgreesWithAStandardSet) {
  std::mt19937 random(3);
  RowSet set(300);
  std::set<std::size_t> model;
  for (int i = 0; i < 5000; ++i) {
    const std::size_t row = random() % 300;
    if (random() % 2 == 0) {
      set.Insert(row);
      model.insert(row);
    } else {
      set.Erase(row);
      model.erase(row);
    }
    ASSERT_EQ(set.Count(), model.size());
  }
  for (std::size_t row = 0; row < 300; ++row) EXPECT_EQ(set.Contains(row), model.contains(row));
}

TEST(RowSet, CountsWhatLiesBelowARow) {
  std::mt19937 random(5);
  const RowSet set = RandomSubset(200, 0.5, random);
  std::size_t count = 0;
  for (std::size_t end = 0; end < 260; ++end) {
    EXPECT_EQ(set.CountBelow(end), count) << end;
    count += set.Contains(end) ? 1U : 0U;
  }
}

TEST(RowSet, WindowIsTheRowsFromThereOn) {
  std::mt19937 random(6);
  const RowSet set = RandomSubset(200, 0.5, random);
  for (std::size_t first = 0; first < 300; ++first) {
    const std::uint64_t window = set.Window(first);
    for (std::size_t i = 0; i < 64; ++i) {
      ASSERT_EQ(((window >> i) & 1) != 0, set.Contains(first + i)) << first << " + " << i;
    }
  }
}

TEST(RowSet, IntersectionWithAShorterSetEndsWithIt) {
  RowSet set(200, true);
  set.IntersectWith(RowSet(70, true));
  EXPECT_EQ(set.Count(), 70U);
  EXPECT_TRUE(set.Contains(69));
  EXPECT_FALSE(set.Contains(70));
  EXPECT_EQ(set.size(), 200U);
}

}  // namespace
}  // namespace vitrine
