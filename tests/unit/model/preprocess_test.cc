#include "model/preprocess.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "base/file.h"

namespace vitrine {
namespace {

// The pattern of tests/golden/make_resize_golden.py.
RgbImage Pattern(std::int32_t width, std::int32_t height) {
  RgbImage picture{width, height, {}};
  for (std::int32_t y = 0; y < height; ++y) {
    for (std::int32_t x = 0; x < width; ++x) {
      for (std::int32_t c = 0; c < 3; ++c) {
        const std::int32_t value = x * 7 + y * 13 + c * 50 + x * y * (c + 1) % 97 * 2;
        picture.pixels.push_back(static_cast<std::uint8_t>(value % 256));
      }
    }
  }
  return picture;
}

RgbImage Noise(std::int32_t width, std::int32_t height, unsigned seed) {
  std::mt19937 random(seed);
  RgbImage picture{width, height, std::vector<std::uint8_t>(static_cast<std::size_t>(width * height * 3))};
  for (std::uint8_t& value : picture.pixels) value = static_cast<std::uint8_t>(random());
  return picture;
}

std::vector<std::uint8_t> Bytes(const RgbImage& picture, const Preprocessing& settings) {
  std::vector<std::uint8_t> tensor(TensorBytes(settings));
  Preprocess(picture, settings, std::as_writable_bytes(std::span(tensor)));
  return tensor;
}

std::vector<float> Floats(const RgbImage& picture, const Preprocessing& settings) {
  std::vector<float> tensor(TensorBytes(settings) / sizeof(float));
  Preprocess(picture, settings, std::as_writable_bytes(std::span(tensor)));
  return tensor;
}

double MeanDifference(std::span<const std::uint8_t> a, std::span<const std::uint8_t> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    sum += std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i]));
  return sum / static_cast<double>(a.size());
}

Preprocessing Square(std::int32_t edge, ResizeRule rule, ResizeFilter filter) {
  Preprocessing settings;
  settings.edge_px = edge;
  settings.rule = rule;
  settings.filter = filter;
  settings.layout = TensorLayout::kNhwc;
  settings.type = TensorType::kUint8;
  return settings;
}

struct Case {
  std::int32_t width;
  std::int32_t height;
  std::int32_t edge;
  ResizeRule rule;
  const char* rule_name;
  std::int32_t short_px = 0;
  std::uint8_t fill = 127;
};

constexpr Case kCases[] = {
    {50, 37, 24, ResizeRule::kSquash, "squash"},
    {37, 50, 24, ResizeRule::kSquash, "squash"},
    {126, 95, 32, ResizeRule::kSquash, "squash"},
    {7, 5, 16, ResizeRule::kSquash, "squash"},
    {1, 1, 16, ResizeRule::kSquash, "squash"},
    {24, 24, 24, ResizeRule::kSquash, "squash"},
    {90, 41, 24, ResizeRule::kCrop, "crop"},
    {41, 90, 24, ResizeRule::kCrop, "crop"},
    {9, 200, 16, ResizeRule::kCrop, "crop"},
    {57, 47, 24, ResizeRule::kCrop, "crop"},
    {47, 61, 24, ResizeRule::kCrop, "crop"},
    {91, 43, 25, ResizeRule::kCrop, "crop"},
    {90, 41, 24, ResizeRule::kCrop, "crop28", 28},
    {43, 91, 24, ResizeRule::kCrop, "crop31", 31},
    {37, 95, 24, ResizeRule::kLetterbox, "letterbox0", 0, 0},
    {90, 41, 24, ResizeRule::kLetterbox, "letterbox"},
    {41, 90, 24, ResizeRule::kLetterbox, "letterbox"},
    {300, 3, 16, ResizeRule::kLetterbox, "letterbox"},
};

TEST(Preprocess, EqualsPillowWithinRounding) {
  for (const Case& one : kCases) {
    for (const ResizeFilter filter : {ResizeFilter::kBilinear, ResizeFilter::kBicubic}) {
      const std::string name = std::to_string(one.width) + "x" + std::to_string(one.height) + "_" +
                               std::to_string(one.edge) + "_" + one.rule_name +
                               (filter == ResizeFilter::kBilinear ? "_bilinear" : "_bicubic");
      const Result<std::string> golden = ReadFile(VITRINE_SOURCE_DIR "/tests/golden/resize/" + name + ".rgb");
      ASSERT_TRUE(golden) << name;
      Preprocessing settings = Square(one.edge, one.rule, filter);
      settings.short_px = one.short_px;
      settings.fill = one.fill;
      const std::vector<std::uint8_t> found = Bytes(Pattern(one.width, one.height), settings);
      ASSERT_EQ(golden->size(), found.size()) << name;
      const std::vector<std::uint8_t> expected(golden->begin(), golden->end());
      EXPECT_LT(MeanDifference(expected, found), 0.4) << name;
      // Bicubic weights can be negative, and Pillow clips what overshoots between its passes: only the mean
      // is near.
      if (filter == ResizeFilter::kBicubic) continue;
      for (std::size_t i = 0; i < found.size(); ++i) {
        ASSERT_NEAR(expected[i], found[i], 1) << name << " at " << i;
      }
    }
  }
}

// The slow right engine: the definition of an antialiased bilinear resize, in double, every input pixel
// looked at.
double OracleAt(const RgbImage& picture, std::int32_t edge, std::int32_t x, std::int32_t y,
                std::int32_t channel) {
  const auto weight = [edge](std::int32_t in, std::int32_t size, std::int32_t out) {
    const double scale = static_cast<double>(size) / edge;
    return std::max(0.0, 1 - std::abs(in + 0.5 - (out + 0.5) * scale) / std::max(scale, 1.0));
  };
  double sum = 0;
  double weights = 0;
  for (std::int32_t j = 0; j < picture.height_px; ++j) {
    for (std::int32_t i = 0; i < picture.width_px; ++i) {
      const double w = weight(i, picture.width_px, x) * weight(j, picture.height_px, y);
      weights += w;
      sum += w * picture.pixels[static_cast<std::size_t>((j * picture.width_px + i) * 3 + channel)];
    }
  }
  return sum / weights;
}

TEST(Preprocess, EqualsTheOracleOnRandomSizes) {
  constexpr unsigned kSeed = 20261122;
  SCOPED_TRACE(kSeed);
  std::mt19937 random(kSeed);
  for (int round = 0; round < 30; ++round) {
    const auto width = static_cast<std::int32_t>(1 + random() % 70);
    const auto height = static_cast<std::int32_t>(1 + random() % 70);
    const RgbImage picture = Noise(width, height, static_cast<unsigned>(round));
    const auto found = Bytes(picture, Square(17, ResizeRule::kSquash, ResizeFilter::kBilinear));
    for (std::int32_t i = 0; i < 17 * 17 * 3; ++i) {
      const double expected = OracleAt(picture, 17, i / 3 % 17, i / 3 / 17, i % 3);
      ASSERT_NEAR(found[static_cast<std::size_t>(i)], expected, 0.51)
          << width << " x " << height << " at " << i;
    }
  }
}

TEST(Preprocess, SameSizeIsUntouched) {
  const RgbImage picture = Noise(20, 20, 3);
  for (const ResizeFilter filter : {ResizeFilter::kBilinear, ResizeFilter::kBicubic}) {
    for (const ResizeRule rule : {ResizeRule::kSquash, ResizeRule::kCrop, ResizeRule::kLetterbox}) {
      EXPECT_EQ(Bytes(picture, Square(20, rule, filter)), picture.pixels);
    }
  }
}

TEST(Preprocess, LayoutsHoldTheSameNumbers) {
  const RgbImage picture = Noise(40, 30, 4);
  Preprocessing settings = Square(16, ResizeRule::kCrop, ResizeFilter::kBicubic);
  const std::vector<std::uint8_t> rows = Bytes(picture, settings);
  settings.layout = TensorLayout::kNchw;
  const std::vector<std::uint8_t> planes = Bytes(picture, settings);
  for (std::size_t pixel = 0; pixel < 256; ++pixel) {
    for (std::size_t c = 0; c < 3; ++c) ASSERT_EQ(rows[pixel * 3 + c], planes[c * 256 + pixel]);
  }
}

TEST(Preprocess, FloatsAreNormalisedByMeanAndDeviation) {
  const RgbImage picture = Noise(40, 30, 5);
  Preprocessing settings = Square(16, ResizeRule::kSquash, ResizeFilter::kBilinear);
  const std::vector<std::uint8_t> bytes = Bytes(picture, settings);
  settings.type = TensorType::kFloat32;
  settings.mean = {0.5f, 0.4f, 0.3f};
  settings.deviation = {0.2f, 0.25f, 0.3f};
  const std::vector<float> floats = Floats(picture, settings);
  ASSERT_EQ(floats.size(), bytes.size());
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const float expected =
        (static_cast<float>(bytes[i]) / 255 - settings.mean[i % 3]) / settings.deviation[i % 3];
    ASSERT_NEAR(floats[i], expected, 1e-5f);
  }
}

TEST(Preprocess, VeryLongPictureStaysWithinItsBytes) {
  // The last column and row are read by a window that ends at the last byte: asan watches.
  for (const ResizeRule rule : {ResizeRule::kSquash, ResizeRule::kCrop, ResizeRule::kLetterbox}) {
    for (const auto& [width, height] : {std::pair{4000, 1}, std::pair{1, 4000}, std::pair{2000, 3}}) {
      RgbImage picture{width, height, {}};
      picture.pixels.assign(static_cast<std::size_t>(width * height * 3), 200);
      const std::vector<std::uint8_t> found = Bytes(picture, Square(16, rule, ResizeFilter::kBicubic));
      for (const std::uint8_t value : found)
        ASSERT_TRUE(value == 200 || (value == 127 && rule == ResizeRule::kLetterbox));
    }
  }
}

}  // namespace
}  // namespace vitrine
