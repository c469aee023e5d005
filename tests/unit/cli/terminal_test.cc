#include "cli/terminal.h"

#include <gtest/gtest.h>

namespace vitrine {
namespace {

Library::Preview RedAndBlue() {
  // Two pixels wide, two high: the upper row red, the lower blue.
  return {.width_px = 2, .height_px = 2, .rgb = {255, 0, 0, 255, 0, 0, 0, 0, 255, 0, 0, 255}};
}

TEST(Styled, PlainTerminalsGetPlainText) {
  EXPECT_EQ(Styled({.color = false}, "1", "x"), "x");
  EXPECT_EQ(Styled({.is_terminal = true, .color = true}, "1", "x"), "\x1b[1mx\x1b[0m");
}

TEST(FileLink, EncodesEveryByteThatAUrlMayNotHold) {
  const Terminal terminal{.is_terminal = true, .color = true, .links = true};
  EXPECT_EQ(FileLink(terminal, "/a b\xFF\x1b", "shown"),
            "\x1b]8;;file:///a%20b%FF%1B\x1b\\shown\x1b]8;;\x1b\\");
  EXPECT_EQ(FileLink({}, "/a", "shown"), "shown");
}

TEST(DrawPixels, HalfBlocksPutTwoPixelsInACell) {
  const Terminal terminal{.is_terminal = true,
                          .color = true,
                          .links = false,
                          .pictures = PictureProtocol::kHalfBlocks,
                          .columns = 80};
  const std::string cell = "\x1b[38;2;255;0;0;48;2;0;0;255m\u2580";
  EXPECT_EQ(DrawPixels(terminal, RedAndBlue(), 1), cell + cell + "\x1b[0m\n");
}

TEST(DrawPixels, KittyGetsSizeAndData) {
  const Terminal terminal{
      .is_terminal = true, .color = true, .links = false, .pictures = PictureProtocol::kKitty, .columns = 80};
  EXPECT_EQ(DrawPixels(terminal, RedAndBlue(), 3),
            "\x1b_Ga=T,f=24,q=2,s=2,v=2,r=3,m=0;/wAA/wAAAAD/AAD/\x1b\\\n");
}

TEST(DrawPixels, NothingWithoutAProtocolOrAPicture) {
  EXPECT_EQ(DrawPixels({}, RedAndBlue(), 3), "");
  EXPECT_EQ(DrawPixels({.pictures = PictureProtocol::kKitty}, {}, 3), "");
}

TEST(DrawFile, WrapsAJpegForITerm) {
  EXPECT_EQ(DrawFile("foobar", 4),
            "\x1b]1337;File=inline=1;preserveAspectRatio=1;height=4;size=6:Zm9vYmFy\a\n");
}

}  // namespace
}  // namespace vitrine
