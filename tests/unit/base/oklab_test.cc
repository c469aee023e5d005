#include "base/oklab.h"

#include <gtest/gtest.h>

namespace vitrine {
namespace {

void ExpectNear(const OkLab& color, float l, float a, float b) {
  EXPECT_NEAR(color.l, l, 0.001f);
  EXPECT_NEAR(color.a, a, 0.001f);
  EXPECT_NEAR(color.b, b, 0.001f);
}

// Known values of the primaries (CSS Color 4 gives the same ones).
TEST(OkLab, PlacesTheCornersOfTheCube) {
  ExpectNear(ToOkLab(0, 0, 0), 0, 0, 0);
  ExpectNear(ToOkLab(255, 255, 255), 1, 0, 0);
  ExpectNear(ToOkLab(255, 0, 0), 0.62796f, 0.22486f, 0.12585f);
  ExpectNear(ToOkLab(0, 255, 0), 0.86644f, -0.23389f, 0.17950f);
  ExpectNear(ToOkLab(0, 0, 255), 0.45201f, -0.03246f, -0.31153f);
}

TEST(OkLab, GreysHaveNoChromaAndGrowLighter) {
  float last = -1;
  for (int grey = 0; grey < 256; ++grey) {
    const auto byte = static_cast<std::uint8_t>(grey);
    const OkLab color = ToOkLab(byte, byte, byte);
    EXPECT_LT(Chroma(color), 0.0001f) << grey;
    EXPECT_GT(color.l, last) << grey;
    last = color.l;
  }
}

TEST(OkLab, ComesBackToTheSamePixel) {
  for (int red = 0; red < 256; red += 15) {
    for (int green = 0; green < 256; green += 15) {
      for (int blue = 0; blue < 256; blue += 15) {
        const Rgb8 pixel{static_cast<std::uint8_t>(red), static_cast<std::uint8_t>(green),
                         static_cast<std::uint8_t>(blue)};
        EXPECT_EQ(FromOkLab(ToOkLab(pixel.red, pixel.green, pixel.blue)), pixel)
            << red << ' ' << green << ' ' << blue;
      }
    }
  }
}

TEST(OkLab, ClipsWhatNoScreenShows) {
  EXPECT_EQ(FromOkLab({.l = 1.5f, .a = 0, .b = 0}), (Rgb8{255, 255, 255}));
  EXPECT_EQ(FromOkLab({.l = -0.5f, .a = 0, .b = 0}), (Rgb8{0, 0, 0}));
}

TEST(OkLab, DistanceIsThatOfThreeAxes) {
  EXPECT_FLOAT_EQ(Distance({.l = 0.1f, .a = 0.2f, .b = 0.3f}, {.l = 0.1f, .a = 0.2f, .b = 0.3f}), 0);
  EXPECT_FLOAT_EQ(Distance({.l = 0, .a = 0, .b = 0}, {.l = 0.2f, .a = 0.3f, .b = 0.6f}), 0.7f);
  EXPECT_FLOAT_EQ(Chroma({.l = 0.9f, .a = -0.3f, .b = 0.4f}), 0.5f);
}

}  // namespace
}  // namespace vitrine
