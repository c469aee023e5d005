#include "engine/renditions.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "image/thumbnail_path.h"
#include "support/bmp_picture.h"
#include "support/made_library.h"

namespace vitrine {
namespace {

TEST(RenditionCache, KeepsWhatWasUsedLastWithinItsBudget) {
  RenditionCache cache(100);
  const RenditionCache::Key a(Sha256("a"), 64), b(Sha256("b"), 64), c(Sha256("c"), 64),
      a_large(Sha256("a"), 128);
  cache.Keep(a, std::string(40, 'a'));
  cache.Keep(b, std::string(40, 'b'));
  EXPECT_EQ(cache.Find(a), std::string(40, 'a'));
  EXPECT_FALSE(cache.Find(a_large));
  cache.Keep(c, std::string(40, 'c'));
  EXPECT_FALSE(cache.Find(b)) << "the one that was used longest ago goes";
  EXPECT_TRUE(cache.Find(a));
  cache.Keep(b, std::string(101, 'b'));
  EXPECT_FALSE(cache.Find(b)) << "larger than the budget";
  EXPECT_TRUE(cache.Find(a) && cache.Find(c));
}

class RenditionsTest : public MadeLibrary {
 protected:
  void SetUp() override {
    Record({Picture("/photos/other.jpg")});
    DecoderPoolOptions pool;
    pool.worker_program = VITRINE_BINARY_DIR "/vitrine-decode";
    pool.workers = 1;
    judge_ = DecoderPool::Start(pool).value();
  }

  DecodedPicture Judged(const std::string& jpeg) {
    auto decoded = judge_->Decode(MemoryFile(jpeg).value(), {.min_edge_px = 64, .thumbnail_edge_px = 0});
    EXPECT_TRUE(decoded) << decoded.error().message();
    return *std::move(decoded);
  }

  PictureInfo InfoOf(const std::string& jpeg) { return Judged(jpeg).info; }

  std::unique_ptr<DecoderPool> judge_;
};

TEST_F(RenditionsTest, LongSideIsAsAskedAndNeverMoreThanTheOriginal) {
  const AssetId id = gallery().Add(BmpPicture(3000, 2000, 1), "a.bmp").value();
  for (const std::int32_t edge : {64, 512, 2048}) {
    const auto jpeg = gallery().Rendition(id, edge);
    ASSERT_TRUE(jpeg) << jpeg.error().message();
    const PictureInfo info = InfoOf(*jpeg);
    EXPECT_EQ(info.format, "jpeg");
    EXPECT_EQ(info.width_px, edge);
    EXPECT_NEAR(info.height_px, edge * 2.0 / 3, 1);
  }
  const PictureInfo whole = InfoOf(gallery().Rendition(id, 8192).value());
  EXPECT_EQ(whole.width_px, 3000);
  EXPECT_EQ(whole.height_px, 2000);
}

TEST_F(RenditionsTest, LongPanoramaKeepsItsShape) {
  const AssetId id = gallery().Add(BmpPicture(8000, 200, 1), "a.bmp").value();
  const PictureInfo info = InfoOf(gallery().Rendition(id, 1000).value());
  EXPECT_EQ(info.width_px, 1000);
  EXPECT_EQ(info.height_px, 25);
}

TEST_F(RenditionsTest, ShowsWhatIsInTheOriginal) {
  const std::string bytes = BmpPicture(900, 600, 7);
  const AssetId id = gallery().Add(bytes, "a.bmp").value();
  const RgbImage shown = Judged(gallery().Rendition(id, 450).value()).picture;
  const RgbImage original = Judged(bytes).picture;
  for (const double x : {0.1, 0.5, 0.9}) {
    for (const double y : {0.1, 0.5, 0.9}) {
      const auto at = [&](const RgbImage& image, std::size_t channel) {
        const auto column = static_cast<std::size_t>(x * image.width_px);
        const auto row = static_cast<std::size_t>(y * image.height_px);
        return static_cast<int>(
            image.pixels[3 * (row * static_cast<std::size_t>(image.width_px) + column) + channel]);
      };
      for (std::size_t channel = 0; channel < 3; ++channel) {
        EXPECT_NEAR(at(shown, channel), at(original, channel), 6) << x << " " << y << " " << channel;
      }
    }
  }
}

TEST_F(RenditionsTest, ThumbnailIsMadeAndKeptWhereNoneIsWhole) {
  const std::string bytes = BmpPicture(900, 600, 7);
  const AssetId id = gallery().Add(bytes, "a.bmp").value();
  const std::string path = ThumbnailPath(folder_.File("thumbs"), Sha256(bytes));
  const std::string kept = ReadFile(path).value();
  EXPECT_EQ(gallery().Thumbnail(id).value(), kept);
  for (const std::string& damaged : {std::string(), kept.substr(0, kept.size() / 2)}) {
    std::ofstream(path, std::ios::trunc) << damaged;
    const std::string made = gallery().Thumbnail(id).value();
    EXPECT_EQ(InfoOf(made).width_px, 256);
    EXPECT_EQ(ReadFile(path).value(), made);
  }
  std::filesystem::remove(path);
  std::filesystem::remove(folder_.File("added/a.bmp"));
  EXPECT_EQ(gallery().Thumbnail(id).error().code(), Code::kNotFound);
}

TEST_F(RenditionsTest, FileThatHoldsSomethingElseNowIsNotShown) {
  const AssetId id = gallery().Add(BmpPicture(300, 200, 1), "a.bmp").value();
  std::ofstream(folder_.File("added/a.bmp"), std::ios::trunc) << BmpPicture(300, 200, 2);
  const auto jpeg = gallery().Rendition(id, 200);
  ASSERT_FALSE(jpeg);
  EXPECT_EQ(jpeg.error().code(), Code::kNotFound);
  EXPECT_NE(jpeg.error().message().find("changed"), std::string::npos) << jpeg.error().message();
  EXPECT_EQ(gallery().Original(id).error().code(), Code::kNotFound);
}

TEST_F(RenditionsTest, LinkInPlaceOfTheFileIsNotFollowed) {
  const AssetId id = gallery().Add(BmpPicture(300, 200, 1), "a.bmp").value();
  std::filesystem::rename(folder_.File("added/a.bmp"), folder_.File("b.bmp"));
  std::filesystem::create_symlink(folder_.File("b.bmp"), folder_.File("added/a.bmp"));
  EXPECT_FALSE(gallery().Original(id));
}

}  // namespace
}  // namespace vitrine
