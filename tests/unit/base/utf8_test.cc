#include "base/utf8.h"

#include <gtest/gtest.h>

#include <random>

namespace vitrine {
namespace {

TEST(IsUtf8, AcceptsTheWellFormedAndRefusesTheRest) {
  for (const char* good : {"", "a", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80", "\xF4\x8F\xBF\xBF"}) {
    EXPECT_TRUE(IsUtf8(good)) << good;
  }
  // A lone tail, an overlong slash, a surrogate, past U+10FFFF, cut short.
  for (const char* bad : {"\x80", "\xC0\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE2\x82", "\xFF"}) {
    EXPECT_FALSE(IsUtf8(bad)) << bad;
  }
}

TEST(DecodeUtf8, EncodingEachCodePointComesBack) {
  for (char32_t c = 0; c <= 0x10FFFF; c += c < 0x3000 ? 1 : 97) {
    if (c >= 0xD800 && c <= 0xDFFF) continue;
    std::string text;
    AppendUtf8(text, c);
    EXPECT_EQ(DecodeUtf8(text), std::vector<char32_t>{c});
  }
}

TEST(ToValidUtf8, AlwaysGivesUtf8AndKeepsWhatIs) {
  std::mt19937 random(7);
  for (int round = 0; round < 2000; ++round) {
    std::string bytes(random() % 20, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    EXPECT_TRUE(IsUtf8(ToValidUtf8(bytes)));
    if (IsUtf8(bytes)) {
      EXPECT_EQ(ToValidUtf8(bytes), bytes);
    }
  }
}

TEST(FoldCase, LettersOfOneNameBecomeOne) {
  EXPECT_EQ(FoldCase("Tel AVIV 42"), "tel aviv 42");
  EXPECT_EQ(FoldCase("\xC3\x89\xC3\x97\xC3\x9F"),
            "\xC3\xA9\xC3\x97\xC3\x9F");                                // E acute, multiplication, sharp s.
  EXPECT_EQ(FoldCase("\xCE\xA3\xCF\x82"), "\xCF\x83\xCF\x83");          // Both sigmas.
  EXPECT_EQ(FoldCase("\xD0\x96\xD0\x81"), "\xD0\xB6\xD1\x91");          // Zhe, yo.
  EXPECT_EQ(FoldCase("\xC5\xB8\xEF\xBC\xA1"), "\xC3\xBF\xEF\xBD\x81");  // Y diaeresis, full-width A.
  EXPECT_EQ(FoldCase("\xFF"), "\xEF\xBF\xBD");
}

TEST(FoldCase, FoldingTwiceIsFoldingOnce) {
  for (char32_t c = 0; c <= 0x10FFFF; ++c) {
    std::string text;
    AppendUtf8(text, c);
    const std::string folded = FoldCase(text);
    ASSERT_EQ(FoldCase(folded), folded) << static_cast<std::uint32_t>(c);
  }
}

TEST(CutUtf8, NeverCutsACharacter) {
  const std::string text = "a\xC3\xA9\xE2\x82\xAC";
  const std::size_t lengths[] = {0, 1, 1, 3, 3, 3, 6, 6};
  for (std::size_t bytes = 0; bytes < 8; ++bytes) EXPECT_EQ(CutUtf8(text, bytes).size(), lengths[bytes]);
  EXPECT_EQ(CutUtf8("\x80\x80\x80", 2).size(), 0U);
}

TEST(Printable, ShowsWhatWouldSteerATerminal) {
  EXPECT_EQ(Printable("a\x1b[31m\n"), "a\\x1b[31m\\x0a");
  EXPECT_EQ(Printable("caf\xC3\xA9"), "caf\xC3\xA9");
  EXPECT_EQ(Printable("\xFF"), "\\xff");
  EXPECT_EQ(Printable("\xE2\x80\xAEgpj.exe"), "\\xe2\\x80\\xaegpj.exe");  // Turns the reading direction.
  EXPECT_EQ(Printable("\xC2\x9B"), "\\xc2\\x9b");                         // C1 control sequence introducer.
}

// RFC 4648, section 10.
TEST(Base64, KnownAnswers) {
  EXPECT_EQ(Base64(""), "");
  EXPECT_EQ(Base64("f"), "Zg==");
  EXPECT_EQ(Base64("fo"), "Zm8=");
  EXPECT_EQ(Base64("foo"), "Zm9v");
  EXPECT_EQ(Base64("foobar"), "Zm9vYmFy");
}

}  // namespace
}  // namespace vitrine
