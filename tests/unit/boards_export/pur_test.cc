#include <algorithm>
#include <cmath>
#include <filesystem>

#include "export_fixture.h"

namespace vitrine::testing {
namespace {

class Pur : public ExportFixture {
 protected:
  Pur() { std::filesystem::create_directory(scratch_); }
  Result<ReadBoard> Read() { return ReadBoardFile(File(), scratch_, nullptr, stop_); }
  std::string scratch_ = folder_.File("scratch");
};

TEST_F(Pur, PicturesComeBackWhereTheyLay) {
  board_.items[0].crop = {.left = 0.25, .top = 0, .right = 1, .bottom = 0.5};
  board_.items[0].rotation_deg = 30;
  board_.items[1].flip_y = true;
  const auto report = Export({.format = ExportFormat::kPur});
  ASSERT_TRUE(report) << report.error().message();
  const auto read = Read();
  ASSERT_TRUE(read) << read.error().message();
  std::vector<BoardItem> pictures, notes;
  for (const BoardItem& item : read->board.items)
    (item.kind == ItemKind::kPicture ? pictures : notes).push_back(item);
  ASSERT_EQ(pictures.size(), 2u);
  ASSERT_EQ(notes.size(), 2u);
  for (std::size_t i = 0; i < 2; ++i) {
    const BoardItem& was = board_.items[i];
    EXPECT_NEAR(pictures[i].x, was.x, 1e-6);
    EXPECT_NEAR(pictures[i].y, was.y, 1e-6);
    EXPECT_NEAR(pictures[i].width, was.width, 1e-6);
    EXPECT_NEAR(pictures[i].height, was.height, 1e-6);
    EXPECT_NEAR(pictures[i].rotation_deg, was.rotation_deg, 1e-6);
    EXPECT_NEAR(pictures[i].crop.left, was.crop.left, 1e-9);
    EXPECT_NEAR(pictures[i].crop.bottom, was.crop.bottom, 1e-9);
    EXPECT_EQ(pictures[i].flip_y, was.flip_y);
  }
  EXPECT_TRUE(std::ranges::any_of(notes, [](const BoardItem& note) {
    return note.text == "Tiles <in> green & white" && std::abs(note.font_px - 20) < 1e-6;
  }));
  ASSERT_EQ(read->pictures.size(), 2u);
  EXPECT_EQ(read->pictures[0].name, "Garden.jpg.png");
  EXPECT_TRUE(Slurp(read->pictures[0].path).starts_with("\x89PNG"));
}

TEST_F(Pur, TheChecksumIsOfWhatFollows) {
  ASSERT_TRUE(Export({.format = ExportFormat::kPur}));
  if (!HasProgram("md5sum")) GTEST_SKIP() << "md5sum is not installed";
  const std::string file = Slurp(File());
  std::ofstream(folder_.File("rest"), std::ios::binary) << file.substr(108);
  ASSERT_EQ(std::system(("md5sum < " + folder_.File("rest") + " > " + folder_.File("sum")).c_str()), 0);
  std::string said;
  for (std::size_t i = 45; i < 108; i += 2) said += file[i];
  EXPECT_EQ(Slurp(folder_.File("sum")).substr(0, 32), said);
}

TEST_F(Pur, WhatHasNoPlaceIsSaid) {
  const auto report = Export({.format = ExportFormat::kPur});
  ASSERT_TRUE(report);
  EXPECT_TRUE(std::ranges::any_of(report->notes, [](const std::string& note) {
    return note.find("1 arrow, 1 frame") != std::string::npos;
  }));
}

TEST_F(Pur, DamageIsRefusedOrHarmless) {
  board_.items[0].content = source_.AddJpeg("tiny.jpg", 8, 6, {}, 3);
  board_.items.erase(board_.items.begin() + 1);
  ASSERT_TRUE(Export({.format = ExportFormat::kPur}));
  const std::string whole = Slurp(File());
  std::size_t refused = 0;
  const auto read = [&](const std::string& bytes) {
    std::ofstream(File(), std::ios::binary | std::ios::trunc) << bytes;
    std::filesystem::remove_all(scratch_);
    std::filesystem::create_directory(scratch_);
    if (!Read()) ++refused;
  };
  for (std::size_t size = 0; size < whole.size(); size += 5) read(whole.substr(0, size));
  EXPECT_GT(refused, whole.size() / 5 / 2);
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (const int bits : {0x01, 0x80, 0xFF}) {
      std::string flipped = whole;
      flipped[at] = static_cast<char>(flipped[at] ^ bits);
      read(flipped);
    }
  }
}

TEST_F(Pur, TheSecondGenerationIsNamed) {
  std::ofstream(File(), std::ios::binary) << std::string(
      "\0\0\0\x06\0"
      "2\0.\0"
      "1\0\0\0\0",
      14);
  EXPECT_EQ(Read().error().code(), Code::kUnsupported);
}

}  // namespace
}  // namespace vitrine::testing
