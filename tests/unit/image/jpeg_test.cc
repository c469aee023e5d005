#include "image/worker/jpeg.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "picture_maker.h"

namespace vitrine::worker {
namespace {

using testing::Encode;
using testing::IsNear;
using testing::QuarterColour;
using testing::Quarters;

Result<Raster> Decode(const std::string& file, const DecodeRequest& request = {}) {
  return DecodeJpeg(std::as_bytes(std::span(file)), {.request = request});
}

// A picture whose entropy data is spread evenly over its rows.
RgbImage Waves(std::int32_t width_px, std::int32_t height_px) {
  RgbImage image{width_px, height_px, {}};
  for (std::int32_t y = 0; y < height_px; ++y) {
    for (std::int32_t x = 0; x < width_px; ++x) {
      for (int band = 0; band < 3; ++band) {
        image.pixels.push_back(
            static_cast<std::uint8_t>(128 + 60 * std::sin(x * 0.3 + band) * std::cos(y * 0.2)));
      }
    }
  }
  return image;
}

TEST(DecodeJpeg, LargestReductionThatServesIsChosen) {
  const std::string file = Encode(Quarters(1600, 1200), ".jpg");
  const auto width_for = [&](std::int32_t edge) {
    const auto raster = Decode(file, {.min_edge_px = edge, .thumbnail_edge_px = 0});
    return raster ? raster->image.width_px : -1;
  };
  EXPECT_EQ(width_for(150), 200);
  EXPECT_EQ(width_for(151), 400);
  EXPECT_EQ(width_for(300), 400);
  EXPECT_EQ(width_for(600), 800);
  EXPECT_EQ(width_for(601), 1600);
  EXPECT_EQ(width_for(5000), 1600);
}

TEST(DecodeJpeg, ReducedPictureShowsTheSame) {
  for (const char* const saver : {".jpg[Q=90]", ".jpg[Q=90,interlace]", ".jpg[Q=90,subsample_mode=off]"}) {
    const auto raster = Decode(Encode(Quarters(1600, 1200), saver), {.min_edge_px = 100});
    ASSERT_TRUE(raster);
    EXPECT_TRUE(IsNear(QuarterColour(raster->image, false, false), 0xff0000));
    EXPECT_TRUE(IsNear(QuarterColour(raster->image, true, false), 0x00ff00));
    EXPECT_TRUE(IsNear(QuarterColour(raster->image, false, true), 0x0000ff));
    EXPECT_TRUE(IsNear(QuarterColour(raster->image, true, true), 0xffffff));
  }
}

TEST(DecodeJpeg, FileCutEarlyIsRefusedAndCutLateIsShown) {
  const std::string file = Encode(Waves(800, 800), ".jpg[Q=90]");
  for (const double part : {0.2, 0.5, 0.8}) {
    const auto raster =
        Decode(file.substr(0, static_cast<std::size_t>(static_cast<double>(file.size()) * part)));
    ASSERT_FALSE(raster) << part;
    EXPECT_EQ(raster.error().code(), Code::kCorrupt);
  }
  EXPECT_TRUE(Decode(file.substr(0, file.size() * 97 / 100)));
  EXPECT_TRUE(Decode(file.substr(0, file.size() - 2)));
}

TEST(DecodeJpeg, ProgressiveFileCutInItsFirstScanIsRefusedAndLaterIsShown) {
  const std::string file = Encode(Waves(800, 800), ".jpg[Q=90,interlace]");
  EXPECT_FALSE(Decode(file.substr(0, 1000)));
  EXPECT_TRUE(Decode(file.substr(0, file.size() * 8 / 10)));
}

TEST(DecodeJpeg, TrailingGarbageIsIgnored) {
  EXPECT_TRUE(Decode(Encode(Quarters(64, 64), ".jpg") + std::string(5000, '\x55')));
}

TEST(DecodeJpeg, MoreScansThanAnyoneNeedsAreRefused) {
  const std::string file = Encode(Waves(64, 64), ".jpg[interlace]");
  const std::size_t last_scan = file.rfind("\xff\xda");
  std::string bomb = file.substr(0, last_scan);
  for (int i = 0; i < 1000; ++i) bomb += file.substr(last_scan, file.size() - last_scan - 2);
  const auto raster = Decode(bomb + "\xff\xd9");
  ASSERT_FALSE(raster);
  EXPECT_NE(raster.error().message().find("scans"), std::string::npos) << raster.error().message();
}

TEST(DecodeJpeg, SizeOverTheCapIsRefusedByTheHeader) {
  std::string file = Encode(Quarters(64, 64), ".jpg");
  const std::size_t frame = file.find("\xff\xc0");
  ASSERT_NE(frame, std::string::npos);
  file.replace(frame + 5, 4, "\xff\xdc\xff\xdc");
  const auto raster = Decode(file);
  ASSERT_FALSE(raster);
  EXPECT_EQ(raster.error().code(), Code::kUnsupported);
}

TEST(EncodeJpeg, ComesBackAsTheSamePicture) {
  const auto file = EncodeJpeg(Quarters(64, 48), 80);
  ASSERT_TRUE(file);
  const auto raster = Decode(*file);
  ASSERT_TRUE(raster);
  EXPECT_EQ(raster->original, (Size{64, 48}));
  EXPECT_TRUE(IsNear(QuarterColour(raster->image, true, false), 0x00ff00));
}

}  // namespace
}  // namespace vitrine::worker
