#include "boards/layout/skyline.h"

#include <gtest/gtest.h>

#include "layout_testing.h"

namespace vitrine::layout {
namespace {

TEST(Skyline, AgreesWithAnArrayOfHeights) {
  std::mt19937_64 random(5);
  constexpr std::size_t kWide = 60;
  for (int round = 0; round < 200; ++round) {
    Skyline skyline(kWide);
    std::vector<double> heights(kWide, 0);
    for (int step = 0; step < 60; ++step) {
      const std::size_t width = 1 + random() % 12;
      const std::size_t x = random() % (kWide - width + 1);
      const auto first = heights.begin() + static_cast<std::ptrdiff_t>(x);
      const auto end = first + static_cast<std::ptrdiff_t>(width);
      const double lowest = *std::max_element(first, end);
      ASSERT_EQ(skyline.LowestAt(static_cast<double>(x), static_cast<double>(width)), lowest);
      const double bottom = lowest + static_cast<double>(1 + random() % 9);
      skyline.Cover(static_cast<double>(x), static_cast<double>(width), bottom);
      std::fill(first, end, bottom);
    }
  }
}

TEST(Skyline, TheHighestSpotIsTheLeftmostOfTheHighest) {
  Skyline skyline(10);
  skyline.Cover(0, 4, 5);
  skyline.Cover(4, 2, 1);
  skyline.Cover(6, 2, 1);
  EXPECT_EQ(skyline.Highest(2).x, 8);
  EXPECT_EQ(skyline.Highest(2).y, 0);
  EXPECT_EQ(skyline.Highest(3).x, 4);
  EXPECT_EQ(skyline.Highest(3).y, 1);
  EXPECT_EQ(skyline.Highest(20).x, 0);
  EXPECT_EQ(skyline.Highest(20).y, 5);
}

TEST(Skyline, NearWeighsHeightAgainstTheWay) {
  Skyline skyline(100);
  skyline.Cover(0, 40, 30);
  skyline.Cover(60, 40, 10);
  const auto expect_at = [&](double width, double wanted, double pull, double x, double y) {
    const Skyline::Spot spot = skyline.Near(width, wanted, pull);
    EXPECT_EQ(spot.x, x);
    EXPECT_EQ(spot.y, y);
  };
  expect_at(20, 40, 1, 40, 0);   // Fits the hole.
  expect_at(20, 30, 1, 40, 0);   // Ten sideways save thirty.
  expect_at(20, 0, 1, 0, 30);    // Forty do not.
  expect_at(20, 0, 0.5, 40, 0);  // Twenty would.
  expect_at(20, 75, 5, 75, 10);  // Where it is wanted, between the steps' ends.
  expect_at(30, 35, 5, 35, 30);
  expect_at(50, 0, 0.1, 40, 10);  // Too wide for the hole alone.
  expect_at(10, 45, 0.1, 45, 0);
}

}  // namespace
}  // namespace vitrine::layout
