#include "image/sketch.h"

#include <gtest/gtest.h>

#include <bit>

#include "image/grey.h"
#include "support/painted_scene.h"

namespace vitrine {
namespace {

using testing::PaintedScene;
using testing::View;

RgbImage Filled(int width, int height, std::uint8_t red, std::uint8_t green, std::uint8_t blue) {
  RgbImage image{width, height, {}};
  for (int i = 0; i < width * height; ++i) image.pixels.insert(image.pixels.end(), {red, green, blue});
  return image;
}

void PaintColumns(RgbImage& image, int from, int to, std::uint8_t red, std::uint8_t green,
                  std::uint8_t blue) {
  for (int y = 0; y < image.height_px; ++y) {
    for (int x = from; x < to; ++x) {
      std::uint8_t* pixel = image.pixels.data() + 3 * (y * image.width_px + x);
      pixel[0] = red, pixel[1] = green, pixel[2] = blue;
    }
  }
}

int BitsApart(const Sketch& a, const Sketch& b) { return std::popcount(a.hash ^ b.hash); }

TEST(Sketch, PaletteNamesTheColoursWithTheirShares) {
  RgbImage image = Filled(400, 200, 255, 136, 0);
  PaintColumns(image, 0, 100, 10, 20, 200);
  PaintColumns(image, 100, 120, 255, 255, 255);
  const std::vector<Swatch> palette = SketchOf(image).palette;
  ASSERT_GE(palette.size(), 3u);
  EXPECT_NEAR(palette[0].red, 255, 3);
  EXPECT_NEAR(palette[0].green, 136, 3);
  EXPECT_NEAR(static_cast<double>(palette[0].share), 0.70, 0.02);
  EXPECT_NEAR(palette[1].blue, 200, 3);
  EXPECT_NEAR(static_cast<double>(palette[1].share), 0.25, 0.02);
  EXPECT_NEAR(palette[2].green, 255, 6);
  EXPECT_NEAR(static_cast<double>(palette[2].share), 0.05, 0.02);
}

TEST(Sketch, PaletteIsShortSortedAndAddsUp) {
  for (std::uint32_t seed = 1; seed <= 5; ++seed) {
    const std::vector<Swatch> palette = SketchOf(PaintedScene(seed).Take({})).palette;
    EXPECT_LE(palette.size(), kMaxSwatches);
    float sum = 0;
    for (std::size_t i = 0; i < palette.size(); ++i) {
      sum += palette[i].share;
      EXPECT_GE(palette[i == 0 ? 0 : i - 1].share, palette[i].share);
    }
    EXPECT_LE(sum, 1.0001f);
    EXPECT_GE(sum, 0.9f);
  }
}

TEST(Sketch, OneColourHasOneSwatchAndNoDetail) {
  const Sketch sketch = SketchOf(Filled(300, 300, 77, 88, 99));
  ASSERT_EQ(sketch.palette.size(), 1u);
  EXPECT_EQ(sketch.palette[0], (Swatch{77, 88, 99, 1}));
  EXPECT_EQ(sketch.hash, 1u);
  EXPECT_LT(sketch.sharpness, 0.01f);
}

TEST(Sketch, HashSurvivesAnotherSizeAndTellsScenesApart) {
  for (std::uint32_t seed = 1; seed <= 4; ++seed) {
    const PaintedScene scene(seed);
    const Sketch full = SketchOf(scene.Take({.width_px = 600, .height_px = 400, .step = 0.5}));
    const Sketch small = SketchOf(scene.Take({.width_px = 150, .height_px = 100, .step = 2}));
    EXPECT_LE(BitsApart(full, small), 3) << "seed " << seed;
    const Sketch other = SketchOf(PaintedScene(seed + 100).Take({}));
    EXPECT_GE(BitsApart(full, other), 14) << "seed " << seed;
  }
}

TEST(Sketch, BlurLowersSharpness) {
  RgbImage image = PaintedScene(3).Take({});
  const float sharp = SketchOf(image).sharpness;
  const GreyImage blurred = Blurred(GreyOf(image, 300), 3);
  for (std::size_t i = 0; i < blurred.values.size(); ++i) {
    for (std::size_t c = 0; c < 3; ++c)
      image.pixels[3 * i + c] = static_cast<std::uint8_t>(blurred.values[i]);
  }
  EXPECT_LT(SketchOf(image).sharpness, 0.6f * sharp);
}

TEST(Sketch, TakesTheSmallestPictures) {
  EXPECT_TRUE(SketchOf({}).palette.empty());
  for (const auto& [width, height] : {std::pair(1, 1), {1, 500}, {500, 1}, {2, 3}, {31, 33}}) {
    const Sketch sketch = SketchOf(Filled(width, height, 200, 10, 10));
    ASSERT_EQ(sketch.palette.size(), 1u) << width << " x " << height;
    EXPECT_EQ(sketch.palette[0].red, 200);
    EXPECT_NE(sketch.hash, 0u);
  }
}

TEST(Grey, AreaMeansKeepTheMeanOfThePicture) {
  const RgbImage image = PaintedScene(9).Take({});
  const auto mean = [](const GreyImage& grey) {
    double sum = 0;
    for (const float value : grey.values) sum += static_cast<double>(value);
    return sum / static_cast<double>(grey.values.size());
  };
  const double whole = mean(GreyOf(image, 300));
  for (const int edge : {256, 97, 32, 7, 1}) {
    const GreyImage grey = GreyOf(image, edge);
    EXPECT_EQ(std::max(grey.width_px, grey.height_px), edge);
    EXPECT_NEAR(mean(GreyOf(image, edge, edge)), whole, 0.05) << edge;
  }
}

}  // namespace
}  // namespace vitrine
