#include "boards/export/jpeg_segments.h"

#include <gtest/gtest.h>

#include "boards/export/file_metadata.h"
#include "boards/export/strip.h"
#include "support/made_files.h"
#include "support/made_pictures.h"

namespace vitrine {
namespace {

using testing::MakeJpeg;
using testing::PaintQuarters;
using testing::WithMetadata;

const std::string& Plain() {
  static const std::string jpeg = MakeJpeg(PaintQuarters(40, 30));
  return jpeg;
}

TEST(JpegSegments, ReadsTheFrame) {
  const auto info = ReadJpegInfo(Plain());
  ASSERT_TRUE(info);
  EXPECT_EQ(info->width_px, 40);
  EXPECT_EQ(info->height_px, 30);
  EXPECT_EQ(info->components, 3);
  EXPECT_TRUE(info->common);
  EXPECT_TRUE(info->srgb);
}

TEST(JpegSegments, StrippedIsTheFileWithoutWhatWasAdded) {
  const std::string rich = WithMetadata(Plain(), {.place = true, .serial = true, .artist = "Ada"});
  const auto stripped = StripJpeg(rich, 1);
  ASSERT_TRUE(stripped);
  EXPECT_EQ(*stripped, Plain());
}

TEST(JpegSegments, OrientationOutlivesTheRest) {
  const auto stripped =
      StripPrivate(WithMetadata(Plain(), {.orientation = 6, .place = true, .serial = true}));
  ASSERT_TRUE(stripped);
  const FileMetadata facts = ReadFileMetadata(*stripped);
  EXPECT_EQ(facts.orientation, 6);
  EXPECT_FALSE(facts.IsPrivate());
}

TEST(JpegSegments, MetadataIsFound) {
  const FileMetadata facts = ReadFileMetadata(WithMetadata(
      Plain(),
      {.orientation = 3, .place = true, .serial = true, .artist = "Ada", .copyright = "(c) 2026 Ada"}));
  EXPECT_EQ(facts.orientation, 3);
  EXPECT_TRUE(facts.place);
  EXPECT_TRUE(facts.serial);
  EXPECT_EQ(facts.artist, "Ada");
  EXPECT_EQ(facts.copyright, "(c) 2026 Ada");
  EXPECT_FALSE(ReadFileMetadata(WithMetadata(Plain(), {})).IsPrivate());
}

TEST(JpegSegments, WideColourIsTold) {
  const std::string profile = std::string("ICC_PROFILE\0\x01\x01", 14) + "Display P3";
  const std::string segment =
      std::string("\xFF\xE2\x00", 3) + static_cast<char>(profile.size() + 2) + profile;
  const std::string wide = Plain().substr(0, 2) + segment + Plain().substr(2);
  ASSERT_TRUE(ReadJpegInfo(wide));
  EXPECT_FALSE(ReadJpegInfo(wide)->srgb);
  EXPECT_EQ(*StripJpeg(wide, 1), wide);
}

TEST(JpegSegments, EveryCutEndsWell) {
  const std::string rich =
      WithMetadata(Plain(), {.orientation = 8, .place = true, .serial = true, .artist = "Ada"});
  std::size_t refused = 0;
  for (std::size_t size = 0; size < rich.size(); ++size) {
    const std::string cut = rich.substr(0, size);
    ReadFileMetadata(cut);
    const auto stripped = StripPrivate(cut);
    if (!stripped) {
      ++refused;
    } else {
      EXPECT_LE(stripped->size(), cut.size() + 64);
      EXPECT_FALSE(ReadFileMetadata(*stripped).IsPrivate());
    }
  }
  EXPECT_GT(refused, 100u);
}

TEST(Strip, PngLosesItsTexts) {
  const std::string signature("\x89PNG\r\n\x1A\n");
  const auto chunk = [](const std::string& type, const std::string& data) {
    return std::string(3, '\0') + static_cast<char>(data.size()) + type + data + "CRC.";
  };
  const std::string head = chunk("IHDR", std::string(13, 'h')), end = chunk("IEND", "");
  const std::string secret = chunk("tEXt", "Author secret") + chunk("eXIf", "II*") + chunk("tIME", "1234567");
  const auto stripped = StripPrivate(signature + head + secret + chunk("IDAT", "data") + end + "behind");
  ASSERT_TRUE(stripped);
  EXPECT_EQ(*stripped, signature + head + chunk("IDAT", "data") + end);
  EXPECT_FALSE(StripPrivate(signature + head));
}

TEST(Strip, WebpLosesItsExifAndTheFlagThatPromisesIt) {
  const auto chunk = [](const std::string& type, const std::string& data) {
    return type + static_cast<char>(data.size()) + std::string(3, '\0') + data +
           (data.size() % 2 ? std::string(1, '\0') : "");
  };
  const auto file = [](const std::string& chunks) {
    return "RIFF" + std::string(1, static_cast<char>(chunks.size() + 4)) + std::string(3, '\0') + "WEBP" +
           chunks;
  };
  const std::string flags = std::string("\x2C", 1) + std::string(9, '\0'),
                    clean = std::string("\x20", 1) + std::string(9, '\0');
  const auto stripped = StripPrivate(
      file(chunk("VP8X", flags) + chunk("VP8L", "pixel") + chunk("EXIF", "Exif") + chunk("XMP ", "<x/>")));
  ASSERT_TRUE(stripped);
  EXPECT_EQ(*stripped, file(chunk("VP8X", clean) + chunk("VP8L", "pixel")));
}

}  // namespace
}  // namespace vitrine
