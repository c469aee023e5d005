#include "image/worker/resize.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <random>

#include "picture_maker.h"

namespace vitrine::worker {
namespace {

using testing::QuarterColour;
using testing::Quarters;

TEST(TargetSize, ServesEdgeAndThumbnailAndNeverEnlarges) {
  const DecodeRequest request = {.min_edge_px = 260, .thumbnail_edge_px = 256};
  EXPECT_EQ(TargetSize({4000, 3000}, request), (Size{347, 260}));
  EXPECT_EQ(TargetSize({3000, 4000}, request), (Size{260, 347}));
  EXPECT_EQ(TargetSize({200, 100}, request), (Size{200, 100}));
  EXPECT_EQ(TargetSize({20000, 100}, request), (Size{2080, 100}));
  EXPECT_EQ(TargetSize({1000, 1000}, {.min_edge_px = 10, .thumbnail_edge_px = 50}), (Size{50, 50}));
  const DecodeRequest screen = {.min_edge_px = 1, .thumbnail_edge_px = 1000, .only_thumbnail = true};
  EXPECT_EQ(TargetSize({20000, 100}, screen), (Size{1000, 5})) << "not squeezed";
  EXPECT_EQ(TargetSize({600, 800}, screen), (Size{600, 800}));
}

// The same filter in doubles, straight from its definition.
double Cubic(double x) {
  x = std::abs(x);
  if (x < 1) return 1.5 * x * x * x - 2.5 * x * x + 1;
  return x < 2 ? -0.5 * x * x * x + 2.5 * x * x - 4 * x + 2 : 0;
}

double Judge(const RgbImage& image, Size size, std::int32_t x, std::int32_t y, int band) {
  const double fx = static_cast<double>(image.width_px) / size.width_px;
  const double fy = static_cast<double>(image.height_px) / size.height_px;
  double sum = 0;
  double weight_sum = 0;
  for (std::int32_t j = 0; j < image.height_px; ++j) {
    for (std::int32_t i = 0; i < image.width_px; ++i) {
      const double weight = Cubic((i + 0.5 - (x + 0.5) * fx) / fx) * Cubic((j + 0.5 - (y + 0.5) * fy) / fy);
      sum += weight * image.pixels[static_cast<std::size_t>((j * image.width_px + i) * 3 + band)];
      weight_sum += weight;
    }
  }
  return std::clamp(sum / weight_sum, 0.0, 255.0);
}

TEST(Resize, AgreesWithTheDefinitionInDoubles) {
  constexpr unsigned kSeed = 5;
  SCOPED_TRACE(kSeed);
  std::mt19937 random(kSeed);
  RgbImage image{61, 47, std::vector<std::uint8_t>(61 * 47 * 3)};
  for (std::uint8_t& value : image.pixels) value = static_cast<std::uint8_t>(100 + random() % 56);
  for (const Size size : {Size{30, 20}, Size{61, 11}, Size{7, 47}, Size{1, 1}}) {
    const RgbImage small = Resize(image, size);
    ASSERT_EQ(small.width_px, size.width_px);
    ASSERT_EQ(small.height_px, size.height_px);
    for (std::int32_t y = 0; y < size.height_px; ++y) {
      for (std::int32_t x = 0; x < size.width_px; ++x) {
        const std::uint8_t value = small.pixels[static_cast<std::size_t>((y * size.width_px + x) * 3 + 1)];
        ASSERT_NEAR(value, Judge(image, size, x, y, 1), 1.1) << x << "," << y;
      }
    }
  }
}

TEST(Resize, FlatColourStaysExactlyItself) {
  for (const int level : {0, 1, 127, 254, 255}) {
    const RgbImage flat{50, 40, std::vector<std::uint8_t>(6000, static_cast<std::uint8_t>(level))};
    const RgbImage small = Resize(flat, {13, 9});
    EXPECT_EQ(small.pixels, std::vector<std::uint8_t>(13 * 9 * 3, static_cast<std::uint8_t>(level)));
  }
}

// A fine checkerboard has no colour but grey at half the size; point sampling would show black or white.
TEST(Resize, FineDetailDoesNotAlias) {
  RgbImage board{64, 64, {}};
  for (int i = 0; i < 64 * 64; ++i) {
    board.pixels.insert(board.pixels.end(), 3, static_cast<std::uint8_t>((i % 64 + i / 64) % 2 * 255));
  }
  for (const std::uint8_t value : Resize(board, {16, 16}).pixels) EXPECT_NEAR(value, 128, 12);
}

TEST(Upright, EachOrientationLandsWhereExifSays) {
  constexpr std::uint32_t kRed = 0xff0000;
  constexpr std::uint32_t kGreen = 0x00ff00;
  constexpr std::uint32_t kBlue = 0x0000ff;
  constexpr std::uint32_t kWhite = 0xffffff;
  // Stored: red green / blue white. Expected upright quarters, row by row, from the table of EXIF 2.32, 4.6.4
  // A.
  const std::uint32_t expected[9][4] = {{},
                                        {kRed, kGreen, kBlue, kWhite},
                                        {kGreen, kRed, kWhite, kBlue},
                                        {kWhite, kBlue, kGreen, kRed},
                                        {kBlue, kWhite, kRed, kGreen},
                                        {kRed, kBlue, kGreen, kWhite},
                                        {kBlue, kRed, kWhite, kGreen},
                                        {kWhite, kGreen, kBlue, kRed},
                                        {kGreen, kWhite, kRed, kBlue}};
  for (int orientation = 1; orientation <= 8; ++orientation) {
    const RgbImage upright = Upright(Quarters(8, 4), orientation);
    EXPECT_EQ(upright.width_px, orientation >= 5 ? 4 : 8);
    for (int quarter = 0; quarter < 4; ++quarter) {
      EXPECT_EQ(QuarterColour(upright, quarter % 2 == 1, quarter / 2 == 1), expected[orientation][quarter])
          << "orientation " << orientation << ", quarter " << quarter;
    }
  }
}

}  // namespace
}  // namespace vitrine::worker
