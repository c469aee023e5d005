#include "xmp/note.h"

#include <gtest/gtest.h>

#include "base/utf8.h"

namespace vitrine {
namespace {

using namespace std::string_literals;
using Levels = std::vector<std::string>;

TEST(TagPaths, LevelsComeBack) {
  const Levels levels = {"music", "AC/DC", "back\\slash", "a|b", "\u05e9\u05dc\u05d5\u05dd"};
  const std::string path = PathOfLevels(levels);
  EXPECT_EQ(path, "music/AC\\/DC/back\\\\slash/a|b/\u05e9\u05dc\u05d5\u05dd");
  EXPECT_EQ(LevelsOfPath(path), levels);
}

TEST(TagPaths, WhatIsNoTagIsMended) {
  EXPECT_EQ(PathOfLevels(Levels{" a\nb ", "", "\t", "c\x01"}), "a b/c");
  EXPECT_EQ(PathOfLevels(Levels{"", " "}), "");
  EXPECT_EQ(PathOfLevels(Levels{"\xff"}), "\ufffd");
  const std::string cut =
      PathOfLevels(Levels{std::string(200, 'a') + "\u00e9\u00e9" + std::string(51, 'b') + "\u00e9"});
  EXPECT_EQ(cut.size(), 255u);
  const std::string wide = PathOfLevels(Levels{std::string(254, 'a') + "\u00e9"});
  EXPECT_EQ(wide, std::string(254, 'a'));
  EXPECT_EQ(LevelsOfPath(PathOfLevels(Levels(20, "x"))).size(), kMaxTagLevels);
}

TEST(TagPaths, CaseDoesNotCount) {
  EXPECT_EQ(TagKey("Beach/\u00c9T\u00c9/\u0391\u0392/\u041f\u0440\u0418/\u0141"),
            TagKey("bEACH/\u00e9t\u00e9/\u03b1\u03b2/\u043f\u0420\u0438/\u0142"));
  EXPECT_NE(TagKey("beach"), TagKey("beech"));
}

TEST(Ratings, AsXmpWritesThem) {
  EXPECT_EQ(RatingOf("3"), 3);
  EXPECT_EQ(RatingOf(" 3.0 "), 3);
  EXPECT_EQ(RatingOf("-1"), -1);
  EXPECT_EQ(RatingOf("4.6"), 5);
  for (const char* wrong : {"", "6", "-2", "three", "3 stars", "nan", "inf", "1e99"}) {
    EXPECT_FALSE(RatingOf(wrong)) << wrong;
  }
}

TEST(Captions, LineEndsAndControls) {
  EXPECT_EQ(CleanCaption("  a\r\nb\rc\td\x02\x65 \n"), "a\nb\nc\td e");
  EXPECT_EQ(CleanCaption(std::string(100'000, 'x')).size(), kMaxCaptionBytes);
}

TEST(PackedNote, ComesBack) {
  const EmbeddedNote note = {.tags = {"a/b", "c\\/d"}, .rating = -1, .caption = "words\nmore"};
  const auto back = UnpackNote(PackNote(note));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->tags, note.tags);
  EXPECT_EQ(back->rating, note.rating);
  EXPECT_EQ(back->caption, note.caption);
  const auto empty = UnpackNote(PackNote({}));
  ASSERT_TRUE(empty);
  EXPECT_FALSE(empty->rating);
}

TEST(PackedNote, EveryCutIsNoticed) {
  const std::string packed = PackNote({.tags = {"tag", "other"}, .rating = 5, .caption = "c"});
  std::size_t whole = 0;
  for (std::size_t size = 0; size < packed.size(); ++size)
    whole += UnpackNote(packed.substr(0, size)) ? 1u : 0u;
  EXPECT_EQ(whole, 2u) << "cuts between tags are whole notes, all others are not";
  EXPECT_FALSE(UnpackNote("\x01\x80\xff\xff\xff\xff"s));
  EXPECT_FALSE(UnpackNote("\x02" + packed.substr(1)));
  EXPECT_FALSE(UnpackNote(packed + std::string(kMaxPackedNoteBytes, '\0')));
}

TEST(PackedNote, HostileTextIsCleaned) {
  const auto note = UnpackNote(PackNote({.tags = {"a\x1b[31m", "\xff", "A\x1b[31M", "//"}, .rating = 9}));
  ASSERT_TRUE(note);
  EXPECT_EQ(note->tags, (Levels{"a [31m", "\ufffd"}));
  EXPECT_FALSE(note->rating);
}

TEST(PackedNote, MoreTagsThanFitAreLeftOut) {
  EmbeddedNote note;
  for (int i = 0; i < 5000; ++i) note.tags.push_back(std::to_string(i) + std::string(200, 'x'));
  const std::string packed = PackNote(note);
  EXPECT_LE(packed.size(), kMaxPackedNoteBytes);
  const auto back = UnpackNote(packed);
  ASSERT_TRUE(back);
  EXPECT_GT(back->tags.size(), 1000u);
}

}  // namespace
}  // namespace vitrine
