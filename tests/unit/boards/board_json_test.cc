#include "boards/board_json.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "base/file.h"
#include "boards/item_check.h"
#include "support/board_samples.h"

namespace vitrine {
namespace {

using testing::Content;
using testing::Note;
using testing::Picture;

BoardItem Everything() {
  return {.id = "p-1_x",
          .kind = ItemKind::kPicture,
          .x = -0.1,
          .y = 1e7,
          .width = 1.0 / 3,
          .height = 400,
          .rotation_deg = -180,
          .z = -5,
          .opacity = 0.25,
          .locked = true,
          .group = "g",
          .content = Content(7),
          .crop = {.left = 0.1, .top = 0.2, .right = 0.3, .bottom = 1},
          .flip_x = true,
          .flip_y = true,
          .grey = true,
          .text = "a \"caption\"\\\n\t\xC3\xA9 \xF0\x9F\x8E\xA8"};
}

TEST(BoardJson, AnItemReadsBackAsItWas) {
  for (const BoardItem& item : {Everything(), Picture("p1"), Note("n1", "hello")}) {
    const auto back = ItemFromJson(ItemToJson(item, true));
    ASSERT_TRUE(back) << back.error().message();
    EXPECT_EQ(*back, item);
  }
}

TEST(BoardJson, DefaultsAreLeftOutAndNumbersAreShort) {
  EXPECT_EQ(
      ItemToJson(Picture("p1"), false),
      R"({"id":"p1","kind":"picture","x":0,"y":10,"width":40,"height":30,"content":")" + Content(1) + "\"}");
  BoardItem item = Picture("p1", 0.1 + 0.2);
  EXPECT_NE(ItemToJson(item, false).find("\"x\":0.30000000000000004"), std::string::npos);
  item.x = 1e7;
  EXPECT_NE(ItemToJson(item, false).find("\"x\":10000000,"), std::string::npos);
  item.x = -0.0;
  EXPECT_NE(ItemToJson(item, false).find("\"x\":0,"), std::string::npos);
}

TEST(BoardJson, EveryNumberReadsBackExactly) {
  std::mt19937_64 random(20261125);
  for (int i = 0; i < 20'000; ++i) {
    BoardItem item = Picture("p");
    item.x = std::ldexp(static_cast<double>(random()), static_cast<int>(random() % 80) - 105);
    if (random() % 2 == 0) item.x = -item.x;
    ASSERT_EQ(ItemFromJson(ItemToJson(item, false))->x, item.x);
  }
}

TEST(BoardJson, AssetsAreForTheServerAlone) {
  Board board{.id = "0123456789abcdef", .name = "B", .revision = 3, .items = {Picture("p1")}};
  board.items[0].asset = AssetId{17};
  EXPECT_NE(BoardToJson(board, true).find("\"asset\":17"), std::string::npos);
  EXPECT_NE(BoardToJson(board, true).find("\"revision\":3"), std::string::npos);
  EXPECT_EQ(BoardToJson(board, false).find("asset"), std::string::npos);
  EXPECT_EQ(BoardToJson(board, false).find("revision"), std::string::npos);
}

BoardFile Sample() {
  BoardFile file;
  file.board = {.name = "Kitchen",
                .background = "#102030",
                .created = "2026-11-25T09:30:00Z",
                .changed = "2026-11-25T10:00:00Z",
                .items = {Everything(), Note("n1", "Tiles")}};
  file.board.items.push_back(
      {.id = "a1", .kind = ItemKind::kArrow, .x = 5, .width = -40, .height = 80, .colour = "#ff5050"});
  file.board.items.push_back(
      {.id = "f1", .kind = ItemKind::kFrame, .width = 500, .height = 400, .text = "Title", .font_px = 36});
  SortItems(file.board.items);
  file.pictures[Content(7)] = {
      .name = "IMG_1.jpg", .path_in_zip = "originals/IMG_1.jpg", .width_px = 4000, .height_px = 3000};
  return file;
}

TEST(BoardJson, AFileReadsBackAndIsWrittenTheSameAgain) {
  const BoardFile file = Sample();
  const std::string json = BoardFileToJson(file);
  const auto back = BoardFileFromJson(json);
  ASSERT_TRUE(back) << back.error().message();
  EXPECT_EQ(back->board.items, file.board.items);
  EXPECT_EQ(back->pictures, file.pictures);
  EXPECT_TRUE(back->notes.empty());
  EXPECT_EQ(BoardFileToJson(*back), json);
}

// The file of version 1 as it was first written: later programs must read it.
TEST(BoardJson, TheGoldenFileIsReadAndWrittenByteForByte) {
  const std::string golden = ReadFile(VITRINE_SOURCE_DIR "/tests/golden/board_v1.json").value();
  EXPECT_EQ(BoardFileToJson(Sample()), golden);
  const auto read = BoardFileFromJson(golden);
  ASSERT_TRUE(read) << read.error().message();
  EXPECT_EQ(BoardFileToJson(*read), golden);
}

TEST(BoardJson, UnknownFieldsAreNamed) {
  const auto read = BoardFileFromJson(
      R"({"format":"vitrine-board","version":1,"name":"B","weather":"fine","items":[{"id":"n","kind":"note","smell":1}]})");
  ASSERT_TRUE(read) << read.error().message();
  ASSERT_EQ(read->notes.size(), 2U);
  EXPECT_NE(read->notes[0].find("smell"), std::string::npos);
  EXPECT_NE(read->notes[1].find("weather"), std::string::npos);
}

TEST(BoardJson, ANewerVersionIsRefusedWithWords) {
  const auto read = BoardFileFromJson(R"({"format":"vitrine-board","version":2,"name":"B"})");
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code(), Code::kUnsupported);
  EXPECT_NE(read.error().message().find("newer Vitrine"), std::string::npos);
}

TEST(BoardJson, HostileFilesAreRefused) {
  const auto refused = [](const std::string& json) {
    const auto read = BoardFileFromJson(json);
    return !read && read.error().code() == Code::kCorrupt;
  };
  const std::string head = R"({"format":"vitrine-board","version":1,"name":"B","items":)";
  EXPECT_TRUE(refused(""));
  EXPECT_TRUE(refused("[]"));
  EXPECT_TRUE(refused(std::string(1'000'000, '[')));
  EXPECT_TRUE(refused(head + std::string(100'000, '[') + std::string(100'000, ']') + "}"));
  EXPECT_TRUE(refused(head + R"([{"id":"a","kind":"note"},{"id":"a","kind":"note"}]})"));
  EXPECT_TRUE(refused(head + R"([{"id":"a","kind":"note","x":1e999}]})"));
  EXPECT_TRUE(refused(head + R"([{"id":"a","kind":"note","x":NaN}]})"));
  EXPECT_TRUE(refused(head + R"([{"id":"a","kind":"note","x":"1"}]})"));
  EXPECT_TRUE(refused(head + R"([{"id":"a","kind":"ghost"}]})"));
  EXPECT_TRUE(refused(head + R"([{"id":"../a","kind":"note"}]})"));
  EXPECT_TRUE(refused(head + R"([{"id":"a","kind":"note","z":1.5}]})"));
  EXPECT_TRUE(refused(head + R"([{"id":"a","kind":"note","z":18446744073709551615}]})"));
  EXPECT_TRUE(refused(head + R"([{"id":"a","kind":"picture"}]})"));
  EXPECT_TRUE(refused(head + R"([{"id":"a","kind":"note","text":"\u0000"}]})"));
  EXPECT_TRUE(refused(head + R"([],"pictures":{"x":{}}})"));
  EXPECT_TRUE(refused(head + R"([],"pictures":[1]})"));
  std::string many = head + "[";
  for (int i = 0; i < 20'001; ++i) many += R"({"id":"n)" + std::to_string(i) + R"(","kind":"note"},)";
  many.back() = ']';
  EXPECT_TRUE(refused(many + "}"));
  EXPECT_TRUE(refused(head + "[" + std::string(2'100'000, ',') + "]}"));
}

TEST(ItemCheck, EveryBoundIsKeptAndNamed) {
  const auto why = [](const BoardItem& item) {
    const Status status = CheckItem(item);
    return status ? std::string() : status.error().message();
  };
  EXPECT_EQ(why(Everything()), "");
  const auto with = [](auto change) {
    BoardItem item = Picture("p1");
    change(item);
    return item;
  };
  constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  const std::pair<BoardItem, const char*> cases[] = {
      {with([](BoardItem& i) { i.x = 1.1e7; }), "x "},
      {with([&](BoardItem& i) { i.y = kNaN; }), "y "},
      {with([](BoardItem& i) { i.width = 0; }), "width "},
      {with([](BoardItem& i) { i.height = -1; }), "height "},
      {with([](BoardItem& i) { i.rotation_deg = 181; }), "rotation_deg "},
      {with([](BoardItem& i) { i.z = (std::int64_t{1} << 53); }), "z "},
      {with([](BoardItem& i) { i.opacity = -0.1; }), "opacity "},
      {with([](BoardItem& i) { i.group = "G"; }), "group "},
      {with([](BoardItem& i) { i.content = "abc"; }), "content "},
      {with([](BoardItem& i) { i.crop.left = 1; }), "crop "},
      {with([](BoardItem& i) { i.text = std::string(10'001, 'x'); }), "text "},
      {with([](BoardItem& i) { i.text = "\xff"; }), "text "},
      {with([](BoardItem& i) { i.text = "\x1b[2J"; }), "text "},
      {with([](BoardItem& i) { i.font_px = 3; }), "font_px "},
      {with([](BoardItem& i) { i.colour = "red"; }), "colour "},
  };
  for (const auto& [item, field] : cases) {
    EXPECT_TRUE(why(item).starts_with("item \"p1\": " + std::string(field))) << why(item) << " / " << field;
  }
  EXPECT_FALSE(CheckItem(with([](BoardItem& i) { i.id = "Upper"; })));
  EXPECT_FALSE(CheckItem(with([](BoardItem& i) { i.id = std::string(33, 'a'); })));
}

}  // namespace
}  // namespace vitrine
