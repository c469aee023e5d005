// Every format, made by libvips in the test and decoded by the sandboxed worker.
#include <gtest/gtest.h>

#include <string>

#include "base/file.h"
#include "image/decoder.h"
#include "picture_maker.h"

namespace vitrine {
namespace {

using testing::Encode;
using testing::FileWith;
using testing::IsNear;
using testing::QuarterColour;
using testing::Quarters;
using testing::StartPool;

struct Case {
  const char* saver;
  const char* format;
};

class Formats : public ::testing::TestWithParam<Case> {};

TEST_P(Formats, DecodeToTheSamePicture) {
  const auto pool = StartPool("vitrine-decode", {.workers = 1});
  for (const auto& [width, height] : {std::pair{120, 90}, std::pair{1200, 900}}) {
    const std::string file = Encode(Quarters(width, height), GetParam().saver);
    if (file.empty()) GTEST_SKIP() << "this libvips cannot write " << GetParam().saver;
    const auto decoded = pool->Decode(FileWith(file), {});
    ASSERT_TRUE(decoded) << decoded.error().message();
    EXPECT_EQ(decoded->info.format, GetParam().format);
    EXPECT_EQ(decoded->info.width_px, width);
    EXPECT_EQ(decoded->info.height_px, height);
    EXPECT_TRUE(IsNear(QuarterColour(decoded->picture, false, false), 0xff0000));
    EXPECT_TRUE(IsNear(QuarterColour(decoded->picture, true, false), 0x00ff00));
    EXPECT_TRUE(IsNear(QuarterColour(decoded->picture, false, true), 0x0000ff));
    EXPECT_TRUE(IsNear(QuarterColour(decoded->picture, true, true), 0xffffff));
  }
}

TEST_P(Formats, HalfAFileIsRefusedWithoutHarm) {
  if (GetParam().saver == std::string(".jpg[interlace]"))
    GTEST_SKIP() << "half of it is a coarse picture: jpeg_test.cc";
  const std::string file = Encode(Quarters(300, 200), GetParam().saver);
  if (file.empty()) GTEST_SKIP() << "this libvips cannot write " << GetParam().saver;
  const auto pool = StartPool("vitrine-decode", {.workers = 1});
  EXPECT_FALSE(pool->Decode(FileWith(file.substr(0, file.size() / 2)), {}));
  EXPECT_TRUE(pool->Decode(FileWith(file), {}));
}

INSTANTIATE_TEST_SUITE_P(
    All, Formats,
    ::testing::Values(Case{".jpg", "jpeg"}, Case{".jpg[interlace]", "jpeg"}, Case{".png", "png"},
                      Case{".png[interlace]", "png"}, Case{".png[palette]", "png"},
                      Case{".png[bitdepth=16]", "png"}, Case{".webp", "webp"},
                      Case{".webp[lossless]", "webp"}, Case{".gif", "gif"}, Case{".tif", "tiff"},
                      Case{".tif[compression=lzw,tile]", "tiff"}, Case{".heic[compression=hevc]", "heif"},
                      Case{".avif[effort=0]", "avif"}, Case{".jxl[effort=3]", "jxl"}, Case{".bmp", "bmp"}));

TEST(Svg, IsOffUntilAskedFor) {
  const std::string drawing =
      "<svg xmlns='http://www.w3.org/2000/svg' width='40' height='30'><rect width='40' height='30' "
      "fill='lime'/></svg>";
  const auto closed = StartPool("vitrine-decode", {.workers = 1})->Decode(FileWith(drawing), {});
  ASSERT_FALSE(closed);
  EXPECT_EQ(closed.error().code(), Code::kUnsupported);
  const auto open =
      StartPool("vitrine-decode", {.workers = 1, .allow_svg = true})->Decode(FileWith(drawing), {});
  ASSERT_TRUE(open) << open.error().message();
  EXPECT_EQ(open->info.format, "svg");
  EXPECT_TRUE(IsNear(QuarterColour(open->picture, true, true), 0x00ff00));
}

// The tower wants 224 px and the thumbnail 256: a square picture is reduced for the thumbnail, or not at all.
TEST(PictureSize, SquaresOfEverySizeAreWithinWhatTheParentExpects) {
  const auto pool = StartPool("vitrine-decode", {.workers = 1});
  for (const int edge : {1, 223, 224, 256, 447, 448, 449, 480, 500, 511, 512, 513, 700, 4000}) {
    for (const char* format : {".png", ".jpg"}) {
      const auto decoded = pool->Decode(FileWith(Encode(Quarters(edge, edge), format)),
                                        {.min_edge_px = 224, .thumbnail_edge_px = 256});
      ASSERT_TRUE(decoded) << edge << format << ": " << decoded.error().message();
      EXPECT_GE(decoded->picture.width_px, std::min(edge, 224)) << edge << format;
      EXPECT_EQ(decoded->info.width_px, edge) << format;
    }
  }
}

}  // namespace
}  // namespace vitrine
