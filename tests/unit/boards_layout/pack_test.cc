#include <gtest/gtest.h>

#include "layout_testing.h"

namespace vitrine::layout {
namespace {

TEST(Pack, LeavesLittleEmpty) {
  std::mt19937_64 random(1);
  for (const std::size_t n : {30U, 200U, 1000U}) {
    EXPECT_GE(Used(Pack(WildSizes(n, random), {.gap = 0})), n < 100 ? 0.75 : 0.85) << n;
    EXPECT_GE(Used(Pack(PhotoSizes(n, random), {.gap = 0})), n < 100 ? 0.85 : 0.95) << n;
  }
}

TEST(Pack, EqualSquaresLeaveNothingEmpty) {
  const std::vector<Place> places = Pack(std::vector<Size>(6, Size{10, 10}), {.gap = 0, .aspect = 1.5});
  EXPECT_DOUBLE_EQ(Used(places), 1);
  EXPECT_DOUBLE_EQ(BoundsOf(places).width, 30);
}

TEST(Pack, TheWholeHasTheAspectWanted) {
  std::mt19937_64 random(2);
  for (const double aspect : {0.5, 1.0, 2.0}) {
    const Bounds bounds = BoundsOf(Pack(WildSizes(200, random), {.gap = 4, .aspect = aspect}));
    EXPECT_LE(std::abs(std::log(bounds.width / bounds.height / aspect)), std::log(1.25)) << aspect;
  }
}

TEST(Pack, OnePictureLiesAtTheOrigin) {
  const std::vector<Place> places = Pack(std::vector<Size>{{30, 10}}, {});
  ASSERT_EQ(places.size(), 1U);
  EXPECT_EQ(places[0], (Place{0, 0, 30, 10}));
}

}  // namespace
}  // namespace vitrine::layout
