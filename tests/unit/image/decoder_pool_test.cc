#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "image/decoder.h"
#include "picture_maker.h"

namespace vitrine {
namespace {

using testing::Encode;
using testing::FileWith;
using testing::Quarters;
using testing::StartPool;

TEST(DecoderPool, WorkerProgramMissingIsNotFound) {
  DecoderPoolOptions options;
  options.worker_program = "/nonexistent/vitrine-decode";
  const auto pool = DecoderPool::Start(options);
  ASSERT_FALSE(pool);
  EXPECT_EQ(pool.error().code(), Code::kNotFound);
}

TEST(DecoderPool, WorkerProgramThatIsNoWorkerFailsToStart) {
  DecoderPoolOptions options;
  options.worker_program = "/bin/true";
  const auto pool = DecoderPool::Start(options);
  ASSERT_FALSE(pool);
  EXPECT_EQ(pool.error().code(), Code::kIo);
}

TEST(DecoderPool, EmptyFileFailsWithWords) {
  const auto pool = StartPool("vitrine-decode");
  const auto decoded = pool->Decode(FileWith(""), {});
  ASSERT_FALSE(decoded);
  EXPECT_EQ(decoded.error().message(), "the file is empty");
}

TEST(DecoderPool, UnknownBytesAreUnsupported) {
  const auto pool = StartPool("vitrine-decode");
  const auto decoded = pool->Decode(FileWith("just a letter to a friend"), {});
  ASSERT_FALSE(decoded);
  EXPECT_EQ(decoded.error().code(), Code::kUnsupported);
}

TEST(DecoderPool, RequestsOutOfRangeAreRefused) {
  const auto pool = StartPool("vitrine-decode");
  for (const std::int32_t edge : {0, -1, 8193}) {
    const auto decoded = pool->Decode(FileWith("x"), {.min_edge_px = edge});
    ASSERT_FALSE(decoded);
    EXPECT_EQ(decoded.error().code(), Code::kInvalidArgument);
  }
}

TEST(DecoderPool, MoreCallersThanWorkersAllGetTheirOwnPicture) {
  const auto pool = StartPool("vitrine-decode", {.workers = 2});
  std::atomic<int> right = 0;
  std::vector<std::thread> callers;
  for (int caller = 0; caller < 8; ++caller) {
    callers.emplace_back([&, caller] {
      for (int i = 0; i < 10; ++i) {
        const auto level = static_cast<std::uint8_t>(caller * 30);
        const RgbImage flat{20, 20, std::vector<std::uint8_t>(1200, level)};
        const auto decoded = pool->Decode(FileWith(Encode(flat, ".png")), {});
        if (decoded && decoded->picture.pixels == flat.pixels) ++right;
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(right, 80);
}

TEST(DecoderPool, PicturesAreReducedButNeverEnlarged) {
  const auto pool = StartPool("vitrine-decode");
  const auto small = pool->Decode(FileWith(Encode(Quarters(40, 30), ".png")), {});
  ASSERT_TRUE(small);
  EXPECT_EQ(small->picture.width_px, 40);
  EXPECT_EQ(small->picture.height_px, 30);
  const auto large = pool->Decode(FileWith(Encode(Quarters(1600, 1200), ".png")), {.min_edge_px = 100});
  ASSERT_TRUE(large);
  EXPECT_GE(large->picture.height_px, 100);
  EXPECT_LT(large->picture.height_px, 2 * 256);
  EXPECT_EQ(large->info.width_px, 1600);
  EXPECT_EQ(large->info.height_px, 1200);
}

TEST(DecoderPool, LongPicturesAreSqueezedToEightTimesTheEdge) {
  const auto pool = StartPool("vitrine-decode");
  for (const char* const saver : {".png", ".jpg"}) {
    const auto decoded = pool->Decode(FileWith(Encode(Quarters(6000, 60), saver)),
                                      {.min_edge_px = 50, .thumbnail_edge_px = 0});
    ASSERT_TRUE(decoded) << saver << decoded.error().message();
    EXPECT_EQ(decoded->picture.width_px, 400) << saver;
    EXPECT_GE(decoded->picture.height_px, 50) << saver;
    EXPECT_TRUE(decoded->thumbnail.empty());
  }
}

TEST(DecoderPool, ThumbnailIsASmallJpegWithoutMetadata) {
  const auto pool = StartPool("vitrine-decode");
  const auto decoded = pool->Decode(FileWith(Encode(Quarters(1000, 500), ".jpg")), {});
  ASSERT_TRUE(decoded);
  const auto thumbnail = pool->Decode(FileWith(decoded->thumbnail), {});
  ASSERT_TRUE(thumbnail);
  EXPECT_EQ(thumbnail->info.format, "jpeg");
  EXPECT_EQ(thumbnail->info.width_px, 256);
  EXPECT_EQ(thumbnail->info.height_px, 128);
  EXPECT_EQ(decoded->thumbnail.find("Exif"), std::string::npos);
}

// What a lying worker sends costs the file it was asked about, and nothing else.
class LyingWorker : public ::testing::TestWithParam<const char*> {};

TEST_P(LyingWorker, IsFoundOutAndReplaced) {
  const auto pool = StartPool("vitrine-decode-liar", {.workers = 1});
  for (int round = 0; round < 2; ++round) {
    const auto decoded = pool->Decode(FileWith(GetParam()), {.thumbnail_edge_px = 0});
    ASSERT_FALSE(decoded);
    EXPECT_NE(decoded.error().message().find("broke its protocol"), std::string::npos)
        << decoded.error().message();
    const auto honest = pool->Decode(FileWith("honest"), {.thumbnail_edge_px = 0});
    ASSERT_TRUE(honest) << honest.error().message();
    EXPECT_EQ(honest->picture.pixels.size(), 16u * 16u * 3u);
  }
}

INSTANTIATE_TEST_SUITE_P(Lies, LyingWorker, ::testing::Values("W", "T", "N", "I", "S"));

TEST(DecoderPool, WorkerCannotShrinkTheArena) {
  const auto pool = StartPool("vitrine-decode-liar", {.workers = 1});
  EXPECT_TRUE(pool->Decode(FileWith("A"), {.thumbnail_edge_px = 0}));
}

}  // namespace
}  // namespace vitrine
