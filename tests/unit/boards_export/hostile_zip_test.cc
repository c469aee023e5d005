// Archives that climb out, explode or lie (research: reliability G1). Each is read into a scratch folder
// inside an empty one; whatever comes of it, nothing may lie outside and only numbered plain files inside.
#include <zlib.h>

#include <algorithm>
#include <filesystem>
#include <vector>

#include "boards/board_json.h"
#include "export_fixture.h"

namespace vitrine::testing {
namespace {

namespace fs = std::filesystem;

struct RawEntry {
  std::string name;
  std::string data;
  std::uint32_t mode = 0100644;
  bool deflated = false;
  std::uint32_t claimed = 0;  // Instead of the data's size, when not 0.
};

void Put(std::string& out, std::uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out += static_cast<char>((value >> (8 * i)) & 255);
}

std::string Deflated(const std::string& data) {
  z_stream stream{};
  deflateInit2(&stream, 9, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, data.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(data.data()));
  stream.avail_in = static_cast<uInt>(data.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string RawZip(const std::vector<RawEntry>& entries) {
  std::string out, directory;
  for (const RawEntry& entry : entries) {
    const std::string stored = entry.deflated ? Deflated(entry.data) : entry.data;
    const auto crc =
        crc32(0, reinterpret_cast<const Bytef*>(entry.data.data()), static_cast<uInt>(entry.data.size()));
    const std::uint64_t size = entry.claimed != 0 ? entry.claimed : entry.data.size();
    std::string common;
    Put(common, 20, 2);
    Put(common, 0x0800, 2);
    Put(common, entry.deflated ? 8 : 0, 2);
    Put(common, 0, 4);
    Put(common, crc, 4);
    Put(common, stored.size(), 4);
    Put(common, size, 4);
    Put(common, entry.name.size(), 2);
    Put(common, 0, 2);
    const std::size_t at = out.size();
    out += "PK\x03\x04" + common + entry.name + stored;
    directory += "PK\x01\x02";
    Put(directory, 0x0314, 2);
    directory += common;
    Put(directory, 0, 2);
    Put(directory, 0, 2);
    Put(directory, 0, 2);
    Put(directory, std::uint64_t{entry.mode} << 16, 4);
    Put(directory, at, 4);
    directory += entry.name;
  }
  std::string end = "PK\x05\x06";
  Put(end, 0, 4);
  Put(end, entries.size() & 0xFFFF, 2);
  Put(end, entries.size() & 0xFFFF, 2);
  Put(end, directory.size(), 4);
  Put(end, out.size(), 4);
  Put(end, 0, 2);
  return out + directory + end;
}

class HostileZip : public ::testing::Test {
 protected:
  static inline const std::string kPicture = "the bytes of a picture";
  static inline const std::string kContent = Hex(Sha256(kPicture));

  static std::string BoardText(const std::string& path_in_zip, const std::string& content = kContent) {
    BoardFile file;
    file.board.name = "Hostile";
    file.board.items = {PictureItem("p1", content, 0, 0, 100, 100)};
    file.pictures[content] = {.name = path_in_zip, .path_in_zip = path_in_zip, .width_px = 1, .height_px = 1};
    return BoardFileToJson(file);
  }

  Result<ReadBoard> Read(const std::string& zip) {
    ++made_;
    TempFolder folder;
    const std::string inside = folder.File("a/b/c"), file = folder.File("a/b/hostile.zip");
    fs::create_directories(inside);
    std::ofstream(file, std::ios::binary) << zip;
    auto read = ReadBoardFile(file, inside, nullptr, stop_);
    std::size_t others = 0;
    for (const auto& entry : fs::recursive_directory_iterator(folder.path())) {
      const std::string name = entry.path().filename();
      if (entry.path() == file || entry.is_directory()) continue;
      const bool numbered = entry.path().parent_path() == inside &&
                            std::ranges::all_of(name, [](char c) { return c >= '0' && c <= '9'; });
      EXPECT_TRUE(numbered && entry.is_regular_file() && !entry.is_symlink()) << entry.path();
      ++others;
    }
    EXPECT_LE(others, 1u);
    if (!read) {
      EXPECT_EQ(others, 0u) << "left behind after: " << read.error().message();
    }
    return read;
  }

  StopSignal stop_;
  std::size_t made_ = 0;
};

TEST_F(HostileZip, NamesAreNeverPaths) {
  std::vector<std::string> names = {"../evil",
                                    "../../evil",
                                    "../../../../../../tmp/vitrine-evil",
                                    "/tmp/vitrine-evil",
                                    "//tmp/vitrine-evil",
                                    "..\\evil",
                                    "..\\..\\evil",
                                    "C:\\evil",
                                    "C:/evil",
                                    "\\\\server\\share\\evil",
                                    "originals/../../evil",
                                    "originals/./../../evil",
                                    "./../evil",
                                    "a/b/../../../evil",
                                    "CON",
                                    "NUL",
                                    "aux.jpg",
                                    "COM1",
                                    "lpt1.jpg",
                                    "/dev/sda",
                                    "/dev/null",
                                    "/proc/self/mem",
                                    "/etc/passwd",
                                    "~/.bashrc",
                                    "$HOME/evil",
                                    "..",
                                    ".",
                                    "/",
                                    "",
                                    " ",
                                    "...",
                                    "....//evil",
                                    "..%2fevil",
                                    "%2e%2e/evil",
                                    "..;/evil",
                                    "evil\x01name",
                                    "evil\nname",
                                    "evil\x1b[2Jname",
                                    "\xC0\xAE\xC0\xAE/evil",
                                    "\xEF\xBC\x8E\xEF\xBC\x8E/evil",
                                    "a\xE2\x80\xAEgpj.exe",
                                    std::string("nul\0byte", 8),
                                    std::string(4000, 'a'),
                                    std::string(200, '/') + "evil",
                                    "0",
                                    "1",
                                    "board.json/..",
                                    "-rf",
                                    "|touch evil",
                                    "`touch evil`",
                                    "originals/0",
                                    "../c/0"};
  for (const std::string& name : names) {
    const auto read = Read(RawZip({{"board.json", BoardText(name)}, {name, kPicture}}));
    EXPECT_TRUE(!read || read->pictures.size() <= 1);
    for (const std::uint32_t mode : {0120777u, 040755u}) {
      const auto linked = Read(RawZip({{"board.json", BoardText(name)}, {name, "/etc/passwd", mode}}));
      EXPECT_TRUE(!linked || linked->pictures.empty()) << name;
    }
  }
  EXPECT_GE(made_, 150u);
}

TEST_F(HostileZip, WhatIsNoPlainFileIsLeftOut) {
  for (const std::uint32_t mode : {0120777u, 040755u, 020644u, 060644u, 0140644u}) {
    const auto read =
        Read(RawZip({{"board.json", BoardText("originals/a")}, {"originals/a", kPicture, mode}}));
    if (read) {
      EXPECT_TRUE(read->pictures.empty()) << mode;
      EXPECT_FALSE(read->notes.empty()) << mode;
    }
    EXPECT_FALSE(Read(RawZip({{"board.json", BoardText("originals/a"), mode}}))) << mode;
  }
}

TEST_F(HostileZip, AWrongPictureIsRefusedAndNamed) {
  const auto read =
      Read(RawZip({{"board.json", BoardText("originals/a.jpg")}, {"originals/a.jpg", "something else"}}));
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->pictures.empty());
  ASSERT_EQ(read->notes.size(), 1u);
  EXPECT_NE(read->notes[0].find("originals/a.jpg"), std::string::npos);
}

TEST_F(HostileZip, TwoOfOneName) {
  const auto read = Read(RawZip(
      {{"board.json", BoardText("originals/a")}, {"originals/a", kPicture}, {"originals/a", "second"}}));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->pictures.size(), 1u);
  EXPECT_EQ(read->notes.size(), 1u);
  EXPECT_FALSE(Read(RawZip({{"board.json", BoardText("x")}, {"board.json", BoardText("y")}})));
}

TEST_F(HostileZip, WhatExplodesIsRefused) {
  const std::string zeros(std::size_t{64} << 20, '\0');
  const std::string content = Hex(Sha256(zeros));
  const auto read = Read(
      RawZip({{"board.json", BoardText("originals/a", content)}, {"originals/a", zeros, 0100644, true}}));
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code(), Code::kCorrupt);
  std::vector<RawEntry> many = {{"board.json", BoardText("originals/a")}};
  for (int i = 0; i < 20'001; ++i) many.push_back({"e" + std::to_string(i), ""});
  EXPECT_FALSE(Read(RawZip(many)));
  std::vector<RawEntry> sums = {{"board.json", BoardText("originals/a")}};
  for (int i = 0; i < 40; ++i) sums.push_back({"e" + std::to_string(i), "x", 0100644, false, 0xFFFFFFF0u});
  EXPECT_FALSE(Read(RawZip(sums)));
}

TEST_F(HostileZip, ALyingSizeIsCountedByWhatComes) {
  const std::string zeros(std::size_t{64} << 20, '\0');
  const auto read = Read(RawZip({{"board.json", BoardText("originals/a", Hex(Sha256(zeros)))},
                                 {"originals/a", zeros, 0100644, true, 10}}));
  EXPECT_TRUE(!read || read->pictures.empty());
}

TEST_F(HostileZip, ArchivesInsideAreNotOpened) {
  const std::string inner = RawZip({{"../evil", "x"}});
  const auto read = Read(
      RawZip({{"board.json", BoardText("originals/a.zip", Hex(Sha256(inner)))}, {"originals/a.zip", inner}}));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->pictures.size(), 1u);
}

TEST_F(HostileZip, EveryCutAndManyFlipsEndWell) {
  const std::string whole =
      RawZip({{"board.json", BoardText("originals/a"), 0100644, true}, {"originals/a", kPicture}});
  for (std::size_t size = 0; size < whole.size(); size += 7)
    EXPECT_FALSE(Read(whole.substr(0, size))) << size;
  for (std::size_t at = 0; at < whole.size(); at += 3) {
    std::string flipped = whole;
    flipped[at] = static_cast<char>(flipped[at] ^ 0x41);
    const auto read = Read(flipped);
    EXPECT_TRUE(!read || read->board.items.size() <= 1) << at;
  }
}

TEST_F(HostileZip, ANewerVersionIsSaid) {
  std::string text = BoardText("originals/a");
  const std::size_t at = text.find("\"version\":1");
  ASSERT_NE(at, std::string::npos);
  text.replace(at, 11, "\"version\":9");
  const auto read = Read(RawZip({{"board.json", text}}));
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code(), Code::kUnsupported);
}

TEST_F(HostileZip, WithoutABoardThereIsNone) {
  EXPECT_EQ(Read(RawZip({{"a", "b"}})).error().code(), Code::kCorrupt);
  EXPECT_EQ(Read("").error().code(), Code::kUnsupported);
  EXPECT_EQ(Read("PK").error().code(), Code::kCorrupt);
  EXPECT_EQ(Read("%PDF-1.7").error().code(), Code::kUnsupported);
}

}  // namespace
}  // namespace vitrine::testing
