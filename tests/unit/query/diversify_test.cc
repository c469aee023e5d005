#include "query/diversify.h"

#include <gtest/gtest.h>

#include <cmath>

namespace vitrine {
namespace {

// Unit vectors in the plane, by angle in degrees.
std::vector<float> At(double degrees) {
  const double radians = degrees * 3.14159265358979 / 180;
  return {static_cast<float>(std::cos(radians)), static_cast<float>(std::sin(radians))};
}

std::vector<Ranked> Rows(std::vector<double> log_odds) {
  std::vector<Ranked> ranked;
  for (const double odds : log_odds) {
    ranked.push_back({.row = static_cast<RowId>(ranked.size()), .cosine = 0, .log_odds = odds, .way = 0});
  }
  return ranked;
}

std::vector<std::size_t> Firsts(const std::vector<HitGroup>& groups) {
  std::vector<std::size_t> firsts;
  for (const HitGroup& group : groups) firsts.push_back(group.first);
  return firsts;
}

TEST(Diversify, TakesTheBestFirstAndThenWhatIsUnlikeIt) {
  const std::vector<std::vector<float>> vectors = {At(0), At(1), At(2), At(90)};
  EXPECT_EQ(Diversify(Rows({2, 1.9, 1.8, 1}), vectors, 2), (std::vector<std::size_t>{0, 3}));
}

TEST(Diversify, OfHitsAllUnlikeTheOrderStays) {
  const std::vector<std::vector<float>> vectors = {At(0), At(90), At(180), At(270)};
  EXPECT_EQ(Diversify(Rows({2, 1, 0, -1}), vectors, 9), (std::vector<std::size_t>{0, 1, 2, 3}));
}

class GroupTest : public ::testing::Test {
 protected:
  void Fill(std::size_t rows) {
    facts_.row_count = static_cast<RowId>(rows);
    facts_.taken_at_s.assign(rows, FactTable::kNoTime);
    facts_.hashes.assign(rows, 0);
  }
  FactTable facts_;
};

TEST_F(GroupTest, NearlyEqualVectorsStandUnderTheBetterOne) {
  Fill(3);
  const auto groups = GroupSimilar(Rows({3, 2, 1}), std::vector{At(0), At(60), At(5)}, facts_, 10);
  EXPECT_EQ(Firsts(groups), (std::vector<std::size_t>{0, 1}));
  EXPECT_EQ(groups[0].others, std::vector<std::size_t>{2});
}

TEST_F(GroupTest, BurstsNeedTheMomentAndTheLikeness) {
  Fill(4);
  facts_.taken_at_s = {1000, 1010, 5000, 1015};
  const auto groups =
      GroupSimilar(Rows({4, 3, 2, 1}), std::vector{At(0), At(25), At(25), At(80)}, facts_, 10);
  EXPECT_EQ(groups[0].others, std::vector<std::size_t>{1});  // Not the later one, not the unlike one.
  EXPECT_EQ(groups.size(), 3u);
}

TEST_F(GroupTest, EditsAgreeInTheirHash) {
  Fill(3);
  facts_.hashes = {0xff00ff00ff00ff00, 0xff00ff00ff00ff03, 0x00ff00ff00ff00ff};
  const auto groups = GroupSimilar(Rows({3, 2, 1}), std::vector{At(0), At(25), At(25)}, facts_, 10);
  EXPECT_EQ(groups[0].others, std::vector<std::size_t>{1});
}

TEST_F(GroupTest, DaysAreThoseOfTheLocalCalendarAndUndatedHitsStandAlone) {
  Fill(6);
  facts_.taken_at_s = {86'400, 86'399, FactTable::kNoTime, 172'799, FactTable::kNoTime, -1};
  const auto groups = GroupByDay(Rows({6, 5, 4, 3, 2, 1}), facts_, 10);
  EXPECT_EQ(Firsts(groups), (std::vector<std::size_t>{0, 1, 2, 4, 5}));
  EXPECT_EQ(groups[0].others, std::vector<std::size_t>{3});
}

TEST_F(GroupTest, NoMoreGroupsThanWantedAndLaterHitsStillJoin) {
  Fill(4);
  facts_.taken_at_s = {0, 86'400, 172'800, 1};
  const auto groups = GroupByDay(Rows({4, 3, 2, 1}), facts_, 2);
  EXPECT_EQ(Firsts(groups), (std::vector<std::size_t>{0, 1}));
  EXPECT_EQ(groups[0].others, std::vector<std::size_t>{3});
}

}  // namespace
}  // namespace vitrine
