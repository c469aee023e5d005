#include <gtest/gtest.h>

#include <set>

#include "layout_testing.h"

namespace vitrine::layout {
namespace {

TEST(FarthestFirst, TakesOneOfEachKindFirst) {
  for (const std::size_t kinds : {3U, 8U, 20U}) {
    std::mt19937_64 random(kinds);
    const Matrix vectors = ClusteredRows(200, 64, kinds, 0.1, random);
    std::set<std::size_t> seen;
    for (const std::size_t row : FarthestFirst(vectors, kinds)) seen.insert(row % kinds);
    EXPECT_EQ(seen.size(), kinds);
  }
}

TEST(FarthestFirst, ShowsAKindByItsTypicalPicture) {
  Matrix line(7, 1);
  const float values[] = {0, 1, 2, 50, 100, 101, 105};
  std::copy(std::begin(values), std::end(values), line.values().begin());
  const std::vector<std::size_t> chosen = FarthestFirst(line, 3);
  EXPECT_EQ(std::set<std::size_t>(chosen.begin(), chosen.end()), (std::set<std::size_t>{1, 3, 5}));
}

TEST(FarthestFirst, IsDistinctWhateverIsAsked) {
  std::mt19937_64 random(1);
  Matrix few = RandomRows(9, 4, random);
  for (std::size_t i = 3; i < 9; ++i) std::copy_n(few.row(i % 3).begin(), 4, few.row(i).begin());  // Copies.
  for (const std::size_t n : {0U, 1U, 4U, 9U, 30U}) {
    const std::vector<std::size_t> chosen = FarthestFirst(few, n);
    EXPECT_EQ(chosen.size(), std::min<std::size_t>(n, 9));
    EXPECT_EQ(std::set<std::size_t>(chosen.begin(), chosen.end()).size(), chosen.size());
  }
  EXPECT_TRUE(FarthestFirst(Matrix(), 5).empty());
}

}  // namespace
}  // namespace vitrine::layout
