// Small files that ask for large work: each ends within its limits, with a picture or a reason.
#include <gtest/gtest.h>
#include <zlib.h>

#include <string>

#include "image/decoder.h"
#include "picture_maker.h"

namespace vitrine {
namespace {

using testing::Encode;
using testing::FileWith;
using testing::Quarters;
using testing::StartPool;

std::string Big32(std::uint32_t value) {
  return {static_cast<char>(value >> 24), static_cast<char>(value >> 16), static_cast<char>(value >> 8),
          static_cast<char>(value)};
}

std::string Little(std::uint32_t value, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i) text.push_back(static_cast<char>(value >> (8 * i)));
  return text;
}

std::string Chunk(const std::string& kind, const std::string& data) {
  const std::string body = kind + data;
  const auto crc = crc32(0, reinterpret_cast<const Bytef*>(body.data()), static_cast<uInt>(body.size()));
  return Big32(static_cast<std::uint32_t>(data.size())) + body + Big32(static_cast<std::uint32_t>(crc));
}

std::string Deflate(const std::string& data) {
  uLongf size = compressBound(data.size());
  std::string packed(size, '\0');
  compress(reinterpret_cast<Bytef*>(packed.data()), &size, reinterpret_cast<const Bytef*>(data.data()),
           data.size());
  packed.resize(size);
  return packed;
}

// An 8-bit grey PNG that claims a size and brings `rows` rows of it.
std::string GreyPng(std::uint32_t width, std::uint32_t height, std::uint32_t rows, char interlaced) {
  const std::string header = Big32(width) + Big32(height) + std::string("\x08\0\0\0", 4) + interlaced;
  return "\x89PNG\r\n\x1a\n" + Chunk("IHDR", header) +
         Chunk("IDAT", Deflate(std::string((std::size_t{width} + 1) * rows, '\0'))) + Chunk("IEND", "");
}

// The answer within the pool's own ten seconds: a time limit reached would be kTimeout, too much memory a
// crash.
Result<DecodedPicture> Answer(const std::string& file) {
  return StartPool("vitrine-decode", {.workers = 1})->Decode(FileWith(file), {});
}

void ExpectRefusedInWords(const Result<DecodedPicture>& answer) {
  ASSERT_FALSE(answer);
  EXPECT_NE(answer.error().code(), Code::kTimeout);
  EXPECT_EQ(answer.error().message().find("signal"), std::string::npos) << answer.error().message();
}

TEST(Bombs, PngOfTenGigapixelsIsRefusedByItsHeader) {
  const auto answer = Answer(GreyPng(100'000, 100'000, 1, 0));
  ExpectRefusedInWords(answer);
  EXPECT_NE(answer.error().message().find("100000 x 100000"), std::string::npos);
}

TEST(Bombs, JpegOfFourGigapixelsIsRefusedByItsHeader) {
  std::string file = Encode(Quarters(64, 64), ".jpg");
  const std::size_t frame = file.find("\xff\xc0");
  ASSERT_NE(frame, std::string::npos);
  file.replace(frame + 5, 4, "\xff\xdc\xff\xdc");
  ExpectRefusedInWords(Answer(file));
}

TEST(Bombs, ProgressiveJpegThatNeedsAGigabyteIsRefused) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "memory limits cannot be set under AddressSanitizer";
#endif
  std::string file = Encode(Quarters(64, 64), ".jpg[interlace]");
  const std::size_t frame = file.find("\xff\xc2");
  ASSERT_NE(frame, std::string::npos);
  file.replace(frame + 5, 4, std::string("\x50\0\x50\0", 4));
  ExpectRefusedInWords(Answer(file));
}

TEST(Bombs, InterlacedPngThatNeedsHalfAGigabyteIsRefused) {
  const auto answer = Answer(GreyPng(22'000, 22'000, 100, 1));
  ASSERT_FALSE(answer);
  EXPECT_NE(answer.error().code(), Code::kTimeout);
}

TEST(Bombs, LongPngIsReadRowByRow) {
  const auto answer = Answer(GreyPng(10'000, 10'000, 10'000, 0));
  ASSERT_TRUE(answer) << answer.error().message();
  EXPECT_EQ(answer->info.width_px, 10'000);
}

TEST(Bombs, TiffOfTenThousandPagesGivesItsFirst) {
  std::string file("II*\0\x08\0\0\0", 8);
  constexpr int kPages = 10'000;
  constexpr std::uint32_t kPageBytes = 2 + 9 * 12 + 4 + 4;
  for (std::uint32_t page = 0; page < kPages; ++page) {
    const std::uint32_t start = 8 + page * kPageBytes;
    const std::uint32_t pixel = start + kPageBytes - 4;
    file += Little(9, 2);
    const std::uint32_t entries[9][3] = {{256, 4, 1},     {257, 4, 1}, {258, 3, 8}, {259, 3, 1}, {262, 3, 1},
                                         {273, 4, pixel}, {277, 3, 1}, {278, 4, 1}, {279, 4, 1}};
    for (const auto& [tag, type, value] : entries)
      file += Little(tag, 2) + Little(type, 2) + Little(1, 4) + Little(value, 4);
    file += Little(page + 1 < kPages ? start + kPageBytes : 0, 4) + Little(200, 4);
  }
  const auto answer = Answer(file);
  ASSERT_TRUE(answer) << answer.error().message();
  EXPECT_EQ(answer->info.width_px, 1);
}

TEST(Bombs, GifOfManyFramesGivesItsFirst) {
  const std::string one = Encode(Quarters(16, 16), ".gif");
  const std::size_t frame = one.find(std::string("\x2c\0\0\0\0", 5));
  ASSERT_NE(frame, std::string::npos);
  std::string file = one.substr(0, one.size() - 1);
  for (int i = 0; i < 20'000; ++i) file += one.substr(frame, one.size() - frame - 1);
  const auto answer = Answer(file + ";");
  ASSERT_TRUE(answer) << answer.error().message();
  EXPECT_EQ(answer->info.width_px, 16);
}

TEST(Bombs, ProfileThatUnpacksToAThousandTimesItsSizeIsContained) {
  std::string file = GreyPng(16, 16, 16, 0);
  std::string zeros(64 << 20, '\0');
  const std::string profile = Chunk("iCCP", std::string("x\0\0", 3) + Deflate(zeros));
  file.insert(33, profile);
  const auto answer = Answer(file);
  if (!answer) ExpectRefusedInWords(answer);
}

}  // namespace
}  // namespace vitrine
