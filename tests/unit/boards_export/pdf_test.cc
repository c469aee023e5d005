#include <filesystem>

#include "boards/export/file_metadata.h"
#include "boards/export/jpeg_segments.h"
#include "export_fixture.h"

namespace vitrine::testing {
namespace {

class Pdf : public ExportFixture {
 protected:
  std::string Make(bool keep_private = false) {
    const auto report = Export({.format = ExportFormat::kPdf, .keep_private = keep_private});
    EXPECT_TRUE(report) << (report ? "" : report.error().message());
    return Slurp(File());
  }
};

TEST_F(Pdf, HoldsTheJpegsOwnDataWithoutMetadata) {
  const std::string pdf = Make();
  EXPECT_NE(pdf.find(*StripJpeg(source_.At(first_).bytes, 1)), std::string::npos);
  EXPECT_NE(pdf.find(*StripJpeg(source_.At(second_).bytes, 1)), std::string::npos);
  EXPECT_EQ(pdf.find("GPSLatitude"), std::string::npos);
  EXPECT_EQ(pdf.find("SN-0012345"), std::string::npos);
  EXPECT_EQ(pdf.find("secret"), std::string::npos);
}

TEST_F(Pdf, KeepsThemWholeWhenAsked) {
  EXPECT_NE(Make(true).find(source_.At(first_).bytes), std::string::npos);
}

TEST_F(Pdf, NoNamelessFileStays) {
  Make();
  const std::filesystem::directory_iterator files(folder_.path());
  EXPECT_EQ(std::distance(begin(files), end(files)), 1);
}

TEST_F(Pdf, TextIsText) {
  Make();
  if (!HasProgram("pdftotext")) GTEST_SKIP() << "pdftotext is not installed";
  ASSERT_EQ(std::system(("pdftotext -layout " + File() + " " + File() + ".txt").c_str()), 0);
  const std::string text = Slurp(File() + ".txt");
  for (const char* words : {"Tiles <in> green", "white", "A caption", "Ideas"}) {
    EXPECT_NE(text.find(words), std::string::npos) << words << "\n" << text;
  }
}

TEST_F(Pdf, StandsUprightInEveryOrientation) {
  if (!HasProgram("pdftoppm")) GTEST_SKIP() << "pdftoppm is not installed";
  for (int orientation = 1; orientation <= 8; ++orientation) {
    // A file whose stored pixels are those of the upright picture turned back.
    const RgbImage upright = PaintQuarters(80, 60);
    const bool turned = orientation >= 5;
    RgbImage stored{turned ? 60 : 80, turned ? 80 : 60, std::vector<std::uint8_t>(80 * 60 * 3)};
    for (std::int32_t y = 0; y < 60; ++y) {
      for (std::int32_t x = 0; x < 80; ++x) {
        const std::int32_t xs[] = {x, 79 - x, 79 - x, x, y, y, 59 - y, 59 - y};
        const std::int32_t ys[] = {y, y, 59 - y, 59 - y, x, 79 - x, 79 - x, x};
        const std::int32_t sx = xs[orientation - 1], sy = ys[orientation - 1];
        for (std::size_t c = 0; c < 3; ++c) {
          stored.pixels[static_cast<std::size_t>(sy * stored.width_px + sx) * 3 + c] =
              upright.pixels[static_cast<std::size_t>(y * 80 + x) * 3 + c];
        }
      }
    }
    const std::string content =
        source_.Add(WithMetadata(MakeJpeg(stored, 95), {.orientation = orientation}),
                    {.name = "o.jpg", .width_px = 80, .height_px = 60, .format = "jpeg", .available = true});
    board_.items = {PictureItem("p", content, 0, 0, 80, 60)};
    ASSERT_NE(Make().find("DCTDecode"), std::string::npos);
    ASSERT_EQ(std::system(("pdftoppm -r 72 -singlefile " + File() + " " + File()).c_str()), 0);
    const std::string ppm = Slurp(File() + ".ppm");
    int width = 0, height = 0, most = 0, head = 0;
    ASSERT_EQ(std::sscanf(ppm.c_str(), "P6 %d %d %d%n", &width, &height, &most, &head), 3);
    const auto at = [&](int x, int y, int c) {
      return static_cast<int>(
          static_cast<unsigned char>(ppm[static_cast<std::size_t>(head + 1 + (y * width + x) * 3 + c)]));
    };
    const int left = width / 4, right = width * 3 / 4, top = height / 4, low = height * 3 / 4;
    EXPECT_TRUE(at(left, top, 0) > 150 && at(left, top, 1) < 100) << "red, orientation " << orientation;
    EXPECT_TRUE(at(right, top, 1) > 150 && at(right, top, 0) < 100) << "green, orientation " << orientation;
    EXPECT_TRUE(at(left, low, 2) > 150 && at(left, low, 0) < 100) << "blue, orientation " << orientation;
    EXPECT_TRUE(at(right, low, 0) > 150 && at(right, low, 1) > 150) << "yellow, orientation " << orientation;
  }
}

TEST_F(Pdf, OtherFormatsAndGreyGoInAsPixels) {
  const std::string png = source_.Add(
      "not really a PNG",
      {.name = "a.png", .width_px = 300, .height_px = 200, .format = "png", .available = true}, 5);
  board_.items = {PictureItem("p", png, 0, 0, 300, 200), PictureItem("q", first_, 0, 250, 300, 200)};
  board_.items[1].grey = true;
  EXPECT_EQ(Make().find("DCTDecode"), std::string::npos);
  EXPECT_EQ(source_.largest_edge(), 600);
}

TEST_F(Pdf, ExtractedPicturesHoldNoPlace) {
  if (!HasProgram("exiftool") || !HasProgram("pdfimages"))
    GTEST_SKIP() << "exiftool or pdfimages is not installed";
  Make();
  const TempFolder images;
  ASSERT_EQ(std::system(("pdfimages -all " + File() + " " + images.File("image")).c_str()), 0);
  ASSERT_EQ(std::system(("exiftool -r -G -FileName -GPS:all -XMP:all -SerialNumber -Artist " + images.path() +
                         " > " + folder_.File("found.txt"))
                            .c_str()),
            0);
  const std::string found = Slurp(folder_.File("found.txt"));
  EXPECT_NE(found.find("image-000.jpg"), std::string::npos) << found;
  for (const char* group : {"GPS", "[EXIF]", "[XMP]"})
    EXPECT_EQ(found.find(group), std::string::npos) << found;
  // The judge itself sees the place in the original.
  std::ofstream(folder_.File("original.jpg"), std::ios::binary) << source_.At(first_).bytes;
  ASSERT_EQ(
      std::system(
          ("exiftool -GPS:all " + folder_.File("original.jpg") + " > " + folder_.File("found.txt")).c_str()),
      0);
  EXPECT_NE(Slurp(folder_.File("found.txt")).find("GPS"), std::string::npos);
}

TEST_F(Pdf, AHugeBoardFitsThePage) {
  board_.items[0].x = -9e6;
  board_.items[1].x = 9e6;
  const std::string pdf = Make();
  EXPECT_NE(pdf.find("/MediaBox [ 0 0 14400 "), std::string::npos);
}

}  // namespace
}  // namespace vitrine::testing
