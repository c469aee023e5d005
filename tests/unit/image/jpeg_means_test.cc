// The fast path at 1/8 against libjpeg. A progressive file holds the same coefficients as a sequential one of
// the same picture and quality, but goes through libjpeg: that is the judge.
#include "image/worker/jpeg_means.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <random>
#include <string>

#include "image/worker/jpeg.h"
#include "picture_maker.h"

namespace vitrine::worker {
namespace {

using testing::Encode;

constexpr Limits kSmall = {.request = {.min_edge_px = 20, .thumbnail_edge_px = 0}};

Result<Raster> Decode(const std::string& file) { return DecodeJpeg(std::as_bytes(std::span(file)), kSmall); }

// Waves, edges and grain: blocks with few and with many coefficients.
RgbImage Scene(std::int32_t width_px, std::int32_t height_px) {
  constexpr unsigned kSeed = 17;
  std::mt19937 random(kSeed);
  RgbImage image{width_px, height_px, {}};
  for (std::int32_t y = 0; y < height_px; ++y) {
    for (std::int32_t x = 0; x < width_px; ++x) {
      const int edge = (x / 37 + y / 23) % 2 * 90;
      const int grain = x > width_px / 2 ? static_cast<int>(random() % 60) : 0;
      for (int band = 0; band < 3; ++band) {
        const double wave = 50 * std::sin(x * 0.02 + band) * std::cos(y * 0.03);
        image.pixels.push_back(
            static_cast<std::uint8_t>(std::clamp(70 + edge + grain + static_cast<int>(wave), 0, 255)));
      }
    }
  }
  return image;
}

double MeanDifference(const RgbImage& a, const RgbImage& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.pixels.size(); ++i) sum += std::abs(a.pixels[i] - b.pixels[i]);
  return sum / static_cast<double>(a.pixels.size());
}

struct Case {
  const char* options;
  double largest_difference;
};

class Eighth : public ::testing::TestWithParam<Case> {};

TEST_P(Eighth, EqualsLibjpeg) {
  for (const auto& [width, height] : {std::pair{640, 480}, std::pair{641, 473}, std::pair{1000, 203}}) {
    const RgbImage scene = Scene(width, height);
    for (const char* const quality : {"Q=20", "Q=90", "Q=100"}) {
      const std::string options = std::string(quality) + GetParam().options;
      const auto fast = Decode(Encode(scene, ".jpg[" + options + "]"));
      const auto judge = Decode(Encode(scene, ".jpg[interlace," + options + "]"));
      ASSERT_TRUE(fast && judge) << options;
      ASSERT_EQ(fast->image.width_px, (width + 7) / 8);
      ASSERT_EQ(fast->image.pixels.size(), judge->image.pixels.size());
      EXPECT_LE(MeanDifference(fast->image, judge->image), GetParam().largest_difference)
          << options << ' ' << width;
    }
  }
}

// Full chroma differs by the rounding of the colour conversion alone. With half the chroma, libjpeg keeps
// more of it.
INSTANTIATE_TEST_SUITE_P(Sampling, Eighth,
                         ::testing::Values(Case{",subsample_mode=off", 0.6}, Case{",subsample_mode=on", 3.0},
                                           Case{",subsample_mode=on,restart_interval=7", 3.0},
                                           Case{",subsample_mode=off,optimize_coding", 0.6}));

TEST(ReadEighth, CutFilesAreRefusedAsBefore) {
  const std::string file = Encode(Scene(800, 800), ".jpg[Q=90]");
  for (const double part : {0.05, 0.3, 0.6, 0.85}) {
    EXPECT_FALSE(Decode(file.substr(0, static_cast<std::size_t>(static_cast<double>(file.size()) * part))))
        << part;
  }
  EXPECT_TRUE(Decode(file.substr(0, file.size() - 20)));
}

TEST(ReadEighth, RandomDamageNeverReadsOutside) {
  constexpr unsigned kSeed = 23;
  SCOPED_TRACE(kSeed);
  std::mt19937 random(kSeed);
  const std::string file = Encode(Scene(320, 240), ".jpg[Q=85,restart_interval=5]");
  for (int round = 0; round < 400; ++round) {
    std::string damaged = file.substr(0, 200 + random() % (file.size() - 200));
    for (int i = 0; i < 5; ++i) damaged[random() % damaged.size()] = static_cast<char>(random());
    const std::vector<std::byte> exact(std::as_bytes(std::span(damaged)).begin(),
                                       std::as_bytes(std::span(damaged)).end());
    const auto raster = DecodeJpeg(exact, {.request = kSmall.request, .max_pixels = 1'000'000});
    if (raster) {
      EXPECT_GT(raster->image.pixels.size(), 0u);
    }
  }
}

// Codes that no encoder writes: empty tables, over-full tables, all bits set, nothing at all.
TEST(ReadEighth, ImpossibleTablesAreRefused) {
  MeanScan scan;
  scan.width_px = scan.height_px = 64;
  scan.components.resize(1);
  const std::vector<std::uint8_t> data(1000, 0x55);
  EXPECT_FALSE(ReadEighth(data, scan));
  scan.components[0].dc_counts.fill(255);
  EXPECT_FALSE(ReadEighth(data, scan));
  EXPECT_FALSE(ReadEighth({}, scan));
  scan.components.resize(2);
  EXPECT_FALSE(ReadEighth(data, scan));
}

}  // namespace
}  // namespace vitrine::worker
