#include "model/ocr_cut.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <numbers>

namespace vitrine {
namespace {

RgbImage Gradient(std::int32_t width, std::int32_t height) {
  RgbImage picture{width, height, {}};
  for (std::int32_t y = 0; y < height; ++y) {
    for (std::int32_t x = 0; x < width; ++x) {
      for (const std::int32_t value : {2 * x, 3 * y, x + y}) {
        picture.pixels.push_back(static_cast<std::uint8_t>(value));
      }
    }
  }
  return picture;
}

TEST(CutOut, WholePictureAtItsSizeIsItself) {
  const RgbImage picture = Gradient(40, 30);
  EXPECT_EQ(CutOut(picture, {20, 15, 40, 30, 0}, 40, 30).pixels, picture.pixels);
}

TEST(CutOut, PartAtItsSizeIsThatPart) {
  const RgbImage picture = Gradient(40, 30);
  const RgbImage part = CutOut(picture, {15, 12, 10, 4, 0}, 10, 4);
  for (std::int32_t y = 0; y < 4; ++y) {
    for (std::int32_t x = 0; x < 10; ++x) {
      EXPECT_EQ(part.pixels[static_cast<std::size_t>(3 * (y * 10 + x))], 2 * (x + 10));
      EXPECT_EQ(part.pixels[static_cast<std::size_t>(3 * (y * 10 + x) + 1)], 3 * (y + 10));
    }
  }
}

// On a plane of colour every point has one right value, turned and scaled or not.
TEST(CutOut, TurnedAndScaledBoxesLieOnThePlane) {
  const RgbImage picture = Gradient(100, 80);
  for (const float degrees : {-30.0F, 5.0F, 44.0F}) {
    const float angle = degrees * std::numbers::pi_v<float> / 180;
    for (const std::int32_t width : {15, 30, 61}) {
      const TurnedBox box = {50, 40, 30, 10, angle};
      const RgbImage cut = CutOut(picture, box, width, 9);
      for (std::int32_t y = 0; y < 9; ++y) {
        for (std::int32_t x = 0; x < width; ++x) {
          const float u = (static_cast<float>(x) + 0.5F) * 30 / static_cast<float>(width) - 15;
          const float v = (static_cast<float>(y) + 0.5F) * 10 / 9 - 5;
          const float px = 50 + u * std::cos(angle) - v * std::sin(angle);
          const float py = 40 + u * std::sin(angle) + v * std::cos(angle);
          const std::size_t at = static_cast<std::size_t>(3 * (y * width + x));
          ASSERT_NEAR(cut.pixels[at], 2 * (px - 0.5F), 0.6F) << degrees << ' ' << width;
          ASSERT_NEAR(cut.pixels[at + 1], 3 * (py - 0.5F), 0.6F) << degrees << ' ' << width;
        }
      }
    }
  }
}

TEST(CutOut, ThinStrokesDoNotVanishWhenShrunk) {
  RgbImage picture{64, 8, std::vector<std::uint8_t>(64 * 8 * 3, 0)};
  for (std::size_t y = 0; y < 8; ++y) picture.pixels[3 * (y * 64 + 33)] = 200;  // One column of 64.
  const RgbImage cut = CutOut(picture, {32, 4, 64, 8, 0}, 16, 2);
  int sum = 0;
  for (std::size_t x = 0; x < 16; ++x) sum += cut.pixels[3 * x];
  EXPECT_NEAR(sum, 200 / 4, 2);
}

TEST(CutOut, BorderGoesOnOutside) {
  const RgbImage picture{1, 1, {9, 8, 7}};
  const RgbImage cut = CutOut(picture, {-50, 70, 20, 4, 0.3F}, 5, 2);
  ASSERT_EQ(cut.pixels.size(), 30u);
  for (std::size_t i = 0; i < 30; ++i) EXPECT_EQ(cut.pixels[i], 9 - i % 3);
}

}  // namespace
}  // namespace vitrine
