#include <gtest/gtest.h>

#include <limits>
#include <map>

#include "layout_testing.h"

namespace vitrine::layout {
namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

/// Whether each place comes after the one before as words on a page do.
bool InReadingOrder(const std::vector<Place>& places, const std::vector<std::size_t>& order) {
  for (std::size_t i = 1; i < order.size(); ++i) {
    const Place& before = places[order[i - 1]];
    const Place& here = places[order[i]];
    const bool beside = here.x >= before.x + before.width;
    const bool below = here.y >= before.y + before.height;
    if (!beside && !below) return false;
  }
  return true;
}

TEST(JustifiedRows, AreFlushAndKeepAspects) {
  std::mt19937_64 random(1);
  const std::vector<Size> sizes = WildSizes(120, random);
  const std::vector<Place> places = JustifiedRows(sizes, {.gap = 10});
  std::map<double, std::vector<Place>> rows;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    EXPECT_NEAR(places[i].width / places[i].height, sizes[i].width / sizes[i].height, 1e-9);
    rows[places[i].y].push_back(places[i]);
  }
  const double wide = BoundsOf(places).width;
  std::size_t number = 0;
  for (const auto& [y, row] : rows) {
    for (const Place& place : row) EXPECT_DOUBLE_EQ(place.height, row[0].height);
    if (++number == rows.size()) break;  // The last may be shorter.
    EXPECT_NEAR(row.back().x + row.back().width, wide, 1e-6) << "row at " << y;
  }
  std::vector<std::size_t> order(sizes.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  EXPECT_TRUE(InReadingOrder(places, order));
}

TEST(JustifiedRows, HeightsStayNearTheMedian) {
  std::mt19937_64 random(2);
  const std::vector<Place> places = JustifiedRows(PhotoSizes(300, random), {});
  for (const Place& place : places) {
    EXPECT_GE(place.height, 170);
    EXPECT_LE(place.height, 235);
  }
}

TEST(JustifiedRows, TheWholeHasTheAspectWanted) {
  std::mt19937_64 random(3);
  for (const double aspect : {0.5, 1.0, 2.0}) {
    const Bounds bounds = BoundsOf(JustifiedRows(PhotoSizes(150, random), {.aspect = aspect}));
    EXPECT_LE(std::abs(std::log(bounds.width / bounds.height / aspect)), std::log(1.25)) << aspect;
  }
}

TEST(Time, IsReadingOrderWithTheUnknownLast) {
  std::mt19937_64 random(4);
  const std::vector<Size> sizes = WildSizes(90, random);
  std::vector<double> times;
  for (std::size_t i = 0; i < 90; ++i) times.push_back(i % 9 == 4 ? kUnknown : Drawn(random, 0, 5000));
  const std::vector<Place> places = ArrangeByTime(sizes, times, {});
  std::vector<std::size_t> order(90);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const auto key = [&](std::size_t i) { return std::isnan(times[i]) ? 1e300 : times[i]; };
    return key(a) < key(b);
  });
  EXPECT_TRUE(InReadingOrder(places, order));
}

TEST(Time, EventsAreFartherApart) {
  // Three afternoons of twelve pictures each, five minutes apart, and one picture of no known time.
  std::vector<double> times;
  for (int day = 0; day < 3; ++day) {
    for (int i = 0; i < 12; ++i) times.push_back(day * 86400.0 + i * 300.0);
  }
  times.push_back(kUnknown);
  const std::vector<Size> sizes(times.size(), Size{100, 100});
  const std::vector<Place> places = ArrangeByTime(sizes, times, {.gap = 10});
  for (std::size_t i = 0; i < places.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const bool same_event = i / 12 == j / 12;
      if (places[i].y == places[j].y && places[i].x - places[j].x < 200 && places[i].x > places[j].x) {
        const double between = places[i].x - places[j].x - 100;
        EXPECT_EQ(between < 40, same_event) << j << " " << i;
      }
    }
  }
  const Bounds bounds = BoundsOf(places);
  EXPECT_GE(bounds.width, 300);
}

TEST(Time, RegularPausesAreNoEvents) {
  std::vector<double> times;
  for (int month = 0; month < 30; ++month) times.push_back(month * 2.6e6);
  const std::vector<Size> sizes(times.size(), Size{100, 100});
  std::vector<double> close;
  for (int i = 0; i < 30; ++i) close.push_back(i);
  EXPECT_EQ(ArrangeByTime(sizes, times, {}), ArrangeByTime(sizes, close, {}));
}

TEST(Normalised, ToTheMedian) {
  const std::vector<Size> sizes = {{10, 20}, {40, 10}, {90, 30}};
  for (const Size& size : Normalised(sizes, Normalise::kHeight)) EXPECT_DOUBLE_EQ(size.height, 20);
  for (const Size& size : Normalised(sizes, Normalise::kWidth)) EXPECT_DOUBLE_EQ(size.width, 40);
  for (const Size& size : Normalised(sizes, Normalise::kArea))
    EXPECT_DOUBLE_EQ(size.width * size.height, 400);
  const std::vector<Size> by_area = Normalised(sizes, Normalise::kArea);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_DOUBLE_EQ(by_area[i].width / by_area[i].height, sizes[i].width / sizes[i].height);
  }
  EXPECT_TRUE(Normalised({}, Normalise::kArea).empty());
}

}  // namespace
}  // namespace vitrine::layout
