#include <filesystem>

#include "boards/board_json.h"
#include "export_fixture.h"

namespace vitrine::testing {
namespace {

class Zip : public ExportFixture {
 protected:
  Zip() { std::filesystem::create_directory(scratch_); }
  Result<ReadBoard> Read() { return ReadBoardFile(File(), scratch_, nullptr, stop_); }
  std::string scratch_ = folder_.File("scratch");
};

TEST_F(Zip, BoardAndOriginalsComeBackAsTheyWere) {
  board_.items[0].crop = {.left = 0.1, .top = 0.2, .right = 0.7, .bottom = 1};
  board_.items[0].rotation_deg = 12.34567;
  board_.items[0].x = 1.0 / 3;
  source_.At(second_).known.name =
      "Gr\xC3\xBC\xC3\x9F"
      "e aus \xE6\x9D\xB1.jpg";
  const auto report = Export({.format = ExportFormat::kZip});
  ASSERT_TRUE(report) << report.error().message();
  EXPECT_EQ(report->pictures, 2u);
  EXPECT_EQ(report->bytes, std::filesystem::file_size(File()));
  const auto read = Read();
  ASSERT_TRUE(read) << read.error().message();
  EXPECT_TRUE(read->notes.empty()) << read->notes[0];
  EXPECT_EQ(BoardFileToJson({.board = read->board}), BoardFileToJson({.board = board_}));
  ASSERT_EQ(read->pictures.size(), 2u);
  for (const ReadPicture& picture : read->pictures) {
    EXPECT_EQ(Slurp(picture.path), source_.At(picture.content).bytes);
    EXPECT_EQ(picture.name, source_.At(picture.content).known.name);
  }
}

TEST_F(Zip, IsTheSameTwice) {
  ASSERT_TRUE(Export({.format = ExportFormat::kZip}));
  const auto first = Read();
  std::filesystem::remove_all(scratch_);
  std::filesystem::create_directory(scratch_);
  ASSERT_TRUE(Export({.format = ExportFormat::kZip}));
  const auto second = Read();
  ASSERT_TRUE(first && second);
  EXPECT_EQ(BoardFileToJson({.board = first->board}), BoardFileToJson({.board = second->board}));
}

TEST_F(Zip, SaysWhatOriginalsHold) {
  const auto report = Export({.format = ExportFormat::kZip});
  ASSERT_TRUE(report);
  ASSERT_EQ(report->notes.size(), 1u);
  EXPECT_EQ(report->notes[0], "1 original holds a place or serial number");
}

TEST_F(Zip, CopiesHoldNothingPrivate) {
  const auto report = Export({.format = ExportFormat::kZip, .exact = false});
  ASSERT_TRUE(report);
  const std::string zip = Slurp(File());
  EXPECT_EQ(zip.find("GPSLatitude"), std::string::npos);
  EXPECT_EQ(zip.find("SN-0012345"), std::string::npos);
  EXPECT_NE(zip.find("copies/Garden.jpg"), std::string::npos);
  if (!HasProgram("exiftool") || !HasProgram("unzip")) GTEST_SKIP() << "exiftool or unzip is not installed";
  ASSERT_EQ(std::system(("unzip -q " + File() + " -d " + scratch_).c_str()), 0);
  ASSERT_EQ(std::system(("exiftool -q -r -GPS:all -XMP:all -SerialNumber " + scratch_ + "/copies > " +
                         folder_.File("found.txt"))
                            .c_str()),
            0);
  const std::string found = Slurp(folder_.File("found.txt"));
  EXPECT_EQ(found.find("GPS"), std::string::npos) << found;
  EXPECT_EQ(found.find("Serial"), std::string::npos) << found;
}

TEST_F(Zip, AnExchangedOriginalIsLeftOutAndSaid) {
  source_.At(first_).bytes += "changed since";
  const auto report = Export({.format = ExportFormat::kZip});
  ASSERT_TRUE(report);
  const auto read = Read();
  ASSERT_TRUE(read);
  EXPECT_EQ(read->pictures.size(), 1u);
  EXPECT_EQ(read->board.items.size(), board_.items.size());
  ASSERT_EQ(read->notes.size(), 1u);
  EXPECT_EQ(read->notes[0], "1 picture is not in the archive");
}

TEST_F(Zip, OtherToolsFindItWhole) {
  if (!HasProgram("unzip")) GTEST_SKIP() << "unzip is not installed";
  ASSERT_TRUE(Export({.format = ExportFormat::kZip}));
  EXPECT_EQ(std::system(("unzip -tq " + File() + " >/dev/null").c_str()), 0);
}

}  // namespace
}  // namespace vitrine::testing
