#include "base/human.h"

#include <gtest/gtest.h>

namespace vitrine {
namespace {

TEST(Thousands, SeparatesGroupsOfThree) {
  EXPECT_EQ(Thousands(0), "0");
  EXPECT_EQ(Thousands(999), "999");
  EXPECT_EQ(Thousands(1000), "1,000");
  EXPECT_EQ(Thousands(1234567), "1,234,567");
}

TEST(BytesText, TakesTheUnitThatKeepsTheNumberShort) {
  EXPECT_EQ(BytesText(0), "0 bytes");
  EXPECT_EQ(BytesText(1), "1 byte");
  EXPECT_EQ(BytesText(1023), "1023 bytes");
  EXPECT_EQ(BytesText(1024), "1.0 KB");
  EXPECT_EQ(BytesText((1u << 20) - 1), "1.0 MB");
  EXPECT_EQ(BytesText(5ull << 30), "5.0 GB");
  EXPECT_EQ(BytesText(~std::uint64_t{0}), "16777216.0 TB");
}

TEST(ParseBytes, ReadsSizesAsPeopleWriteThem) {
  EXPECT_EQ(ParseBytes("4096"), 4096u);
  EXPECT_EQ(ParseBytes("2G"), 2ull << 30);
  EXPECT_EQ(ParseBytes("512m"), 512ull << 20);
  EXPECT_EQ(ParseBytes("1.5 GB"), 3ull << 29);
  EXPECT_EQ(ParseBytes("64KiB"), 64u << 10);
}

TEST(ParseBytes, RefusesWhatIsNoSize) {
  for (const char* text : {"", "G", "-1", "0", "2X", "2GG", "2 G x", "nan", "1e400", "99999999T", "0x10"}) {
    EXPECT_FALSE(ParseBytes(text)) << text;
  }
}

}  // namespace
}  // namespace vitrine
