#include "image/worker/exif.h"

#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "base/file.h"
#include "picture_maker.h"

namespace vitrine::worker {
namespace {

// Writes a little-endian TIFF structure field by field.
class TiffWriter {
 public:
  TiffWriter() { bytes_ = std::string("II*\0\x08\0\0\0", 8); }

  void Number(std::uint64_t value, int width) {
    for (int i = 0; i < width; ++i) bytes_.push_back(static_cast<char>(value >> (8 * i) & 255));
  }
  void Directory(int entries) { Number(static_cast<std::uint64_t>(entries), 2); }
  void Entry(int tag, int type, std::uint32_t count, std::uint32_t value) {
    Number(static_cast<std::uint64_t>(tag), 2);
    Number(static_cast<std::uint64_t>(type), 2);
    Number(count, 4);
    Number(value, 4);
  }
  void Text(const char* text) { bytes_.append(text, std::strlen(text) + 1); }
  std::size_t size() const { return bytes_.size(); }
  std::span<const std::byte> bytes() const { return std::as_bytes(std::span(bytes_)); }

 private:
  std::string bytes_;
};

TEST(ReadExif, OrientationAndRationalsAreRead) {
  TiffWriter tiff;
  tiff.Directory(2);
  tiff.Entry(0x0112, 3, 1, 6);
  tiff.Entry(0x8769, 4, 1, 38);
  tiff.Number(0, 4);
  ASSERT_EQ(tiff.size(), 38u);
  tiff.Directory(2);
  tiff.Entry(0x829a, 5, 1, 68);
  tiff.Entry(0x8827, 3, 1, 400);
  tiff.Number(0, 4);
  ASSERT_EQ(tiff.size(), 68u);
  tiff.Number(1, 4);
  tiff.Number(250, 4);
  const Exif exif = ReadExif(tiff.bytes());
  EXPECT_EQ(exif.orientation, 6);
  EXPECT_EQ(exif.facts.exposure_s, 0.004);
  EXPECT_EQ(exif.facts.iso, 400);
}

TEST(ReadExif, DirectoryThatPointsToItselfEnds) {
  TiffWriter tiff;
  tiff.Directory(2);
  tiff.Entry(0x8769, 4, 1, 8);
  tiff.Entry(0x8825, 4, 1, 8);
  EXPECT_EQ(ReadExif(tiff.bytes()).orientation, 1);
}

TEST(ReadExif, CountsAndOffsetsBeyondTheEndReadAsAbsent) {
  TiffWriter tiff;
  tiff.Directory(0xffff);
  tiff.Entry(0x010f, 2, 0xffffffff, 0xfffffff0);
  tiff.Entry(0x0112, 3, 0xffffffff, 0xfffffff0);
  const Exif exif = ReadExif(tiff.bytes());
  EXPECT_EQ(exif.orientation, 1);
  EXPECT_FALSE(exif.facts.camera);
}

// Whatever the bytes say, reading stays inside them (the sanitizer builds judge that) and facts stay
// plausible.
TEST(ReadExif, RandomDamageNeverReadsOutside) {
  const auto original = ReadFile(std::string(VITRINE_SHARED_DATA) + "/camera/exif/DSCN0010.jpg");
  if (!original) GTEST_SKIP() << "no shared data";
  constexpr unsigned kSeed = 11;
  SCOPED_TRACE(kSeed);
  std::mt19937 random(kSeed);
  const std::string exif = original->substr(original->find("Exif"), 8000);
  for (int round = 0; round < 5000; ++round) {
    std::string damaged = exif.substr(0, 1 + random() % exif.size());
    for (int i = 0; i < 8; ++i) damaged[random() % damaged.size()] = static_cast<char>(random());
    // An exact copy on the heap, so that the sanitizer sees one byte too far.
    const std::vector<std::byte> bytes(std::as_bytes(std::span(damaged)).begin(),
                                       std::as_bytes(std::span(damaged)).end());
    const Exif read = ReadExif(bytes);
    EXPECT_GE(read.orientation, 1);
    EXPECT_LE(read.orientation, 8);
    HoldsRawData(bytes);
  }
}

TEST(CameraName, MakerIsNotSaidTwice) {
  EXPECT_EQ(CameraName("Canon", "Canon EOS 40D"), "Canon EOS 40D");
  EXPECT_EQ(CameraName("NIKON CORPORATION", "NIKON D70"), "NIKON D70");
  EXPECT_EQ(CameraName("FUJIFILM ", "X-T5"), "FUJIFILM X-T5");
  EXPECT_EQ(CameraName("", "X-T5"), "X-T5");
  EXPECT_EQ(CameraName("Google", ""), "Google");
  EXPECT_EQ(CameraName("", ""), "");
}

Facts FactsOfCamera(const std::string& name) {
  const auto pool = testing::StartPool("vitrine-decode", {.workers = 1});
  auto file = OpenRegularFile(std::string(VITRINE_SHARED_DATA) + "/camera/exif/" + name);
  if (!file) return {};
  auto decoded = pool->Decode(*std::move(file), {});
  EXPECT_TRUE(decoded) << decoded.error().message();
  return decoded ? decoded->info.facts : Facts();
}

TEST(CameraFacts, OfARealCamera) {
  const Facts facts = FactsOfCamera("DSCN0010.jpg");
  if (!facts.camera) GTEST_SKIP() << "no shared data";
  EXPECT_EQ(facts.camera, "NIKON COOLPIX P6000");
  EXPECT_EQ(facts.taken_at, "2008-10-22T16:28:39");
  EXPECT_EQ(facts.iso, 64);
  EXPECT_NEAR(facts.f_number.value_or(0), 5.9, 1e-9);
  EXPECT_NEAR(facts.focal_length_mm.value_or(0), 24, 1e-9);
  EXPECT_NEAR(facts.latitude.value_or(0), 43.46745, 1e-4);
  EXPECT_NEAR(facts.longitude.value_or(0), 11.88513, 1e-4);
}

TEST(CameraFacts, SouthernLatitudeIsNegative) {
  const Facts facts = FactsOfCamera("Kodak_CX7530.jpg");
  if (!facts.camera) GTEST_SKIP() << "no shared data";
  EXPECT_LT(facts.latitude.value_or(0), 0);
  EXPECT_GT(facts.longitude.value_or(0), 0);
}

}  // namespace
}  // namespace vitrine::worker
