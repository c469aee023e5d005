#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "base/oklab.h"
#include "boards/board_palette.h"
#include "boards/item_check.h"
#include "boards/templates.h"

namespace vitrine {
namespace {

std::uint32_t Big32(const std::string& bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = value << 8 | static_cast<std::uint8_t>(bytes[at + i]);
  return value;
}

TEST(PaletteOf, FindsTheColoursThatAreThere) {
  std::vector<Swatch> colours;
  const Swatch wanted[] = {
      {200, 30, 30, 0}, {30, 160, 60, 0}, {20, 40, 180, 0}, {240, 240, 240, 0}, {15, 15, 15, 0}};
  for (std::size_t i = 0; i < 500; ++i) {
    Swatch colour = wanted[i % 5];
    colour.red = static_cast<std::uint8_t>(colour.red + i % 4);
    colour.share = static_cast<float>(1 + i % 5) * 1000;
    colours.push_back(colour);
  }
  const std::vector<Swatch> palette = PaletteOf(colours);
  ASSERT_EQ(palette.size(), 5U);
  double all = 0;
  for (const Swatch& colour : palette) all += static_cast<double>(colour.share);
  EXPECT_NEAR(all, 1, 1e-4);
  EXPECT_TRUE(std::ranges::is_sorted(palette, std::greater(), &Swatch::share));
  EXPECT_LT(Distance(ToOkLab(palette[0].red, palette[0].green, palette[0].blue), ToOkLab(15, 15, 15)), 0.02F);
  for (const Swatch& colour : wanted) {
    EXPECT_TRUE(std::ranges::any_of(palette, [&](const Swatch& found) {
      return Distance(ToOkLab(found.red, found.green, found.blue),
                      ToOkLab(colour.red, colour.green, colour.blue)) < 0.02F;
    }));
  }
}

TEST(PaletteOf, ManyColoursBecomeEightAndFewStayFew) {
  std::vector<Swatch> colours;
  for (int i = 0; i < 4096; ++i) {
    colours.push_back({static_cast<std::uint8_t>(i % 16 * 17), static_cast<std::uint8_t>(i / 16 % 16 * 17),
                       static_cast<std::uint8_t>(i / 256 * 17), 1});
  }
  EXPECT_EQ(PaletteOf(colours).size(), 8U);
  EXPECT_EQ(PaletteOf(std::vector<Swatch>{{1, 2, 3, 5}}).size(), 1U);
  EXPECT_TRUE(PaletteOf({}).empty());
  EXPECT_TRUE(PaletteOf(std::vector<Swatch>{{1, 2, 3, 0}}).empty());
}

TEST(PaletteFile, AseHasTheBytesOfItsFormat) {
  const std::vector<Swatch> palette = {{255, 0, 51, 0.5F}};
  const std::string ase = PaletteFile(palette, "Ki\xC3\xBC", "ase").value();
  EXPECT_EQ(ase.substr(0, 4), "ASEF");
  EXPECT_EQ(Big32(ase, 4), 0x00010000U);
  EXPECT_EQ(Big32(ase, 8), 3U);
  EXPECT_EQ(ase.substr(12, 2), "\xC0\x01");
  EXPECT_EQ(Big32(ase, 14), 10U);
  EXPECT_EQ(ase.substr(18, 10), std::string("\0\x04\0K\0i\0\xFC\0\0", 10));
  const std::size_t colour = 28;
  EXPECT_EQ(ase.substr(colour, 2), std::string("\0\x01", 2));
  EXPECT_EQ(Big32(ase, colour + 2), 2U + 16 + 4 + 12 + 2);
  const std::size_t values = colour + 6 + 2 + 16;
  EXPECT_EQ(ase.substr(values, 4), "RGB ");
  const auto number = [&](std::size_t at) {
    const std::uint32_t bits = Big32(ase, at);
    float value = 0;
    std::memcpy(&value, &bits, sizeof value);
    return value;
  };
  EXPECT_EQ(number(values + 4), 1.0F);
  EXPECT_EQ(number(values + 8), 0.0F);
  EXPECT_FLOAT_EQ(number(values + 12), 0.2F);
  EXPECT_EQ(ase.substr(ase.size() - 6), std::string("\xC0\x02\0\0\0\0", 6));
  EXPECT_EQ(ase.size(), values + 4 + 12 + 2 + 6);
}

TEST(PaletteFile, TextsCannotBeBrokenOutOf) {
  const std::vector<Swatch> palette = {{255, 136, 0, 0.5F}};
  const std::string css = PaletteFile(palette, "a */ body{} \n/*", "css").value();
  EXPECT_EQ(css.find("*/"), css.rfind("*/"));
  EXPECT_NE(css.find("--palette-1: #ff8800;"), std::string::npos);
  const std::string gpl = PaletteFile(palette, "a\nb", "gpl").value();
  EXPECT_TRUE(gpl.starts_with("GIMP Palette\nName: a\\x0Ab\n") ||
              gpl.starts_with("GIMP Palette\nName: a\\x0ab\n"))
      << gpl;
  EXPECT_NE(gpl.find("255 136   0\t#ff8800\n"), std::string::npos);
  EXPECT_EQ(PaletteFile(palette, "a", "aco").error().code(), Code::kInvalidArgument);
}

TEST(Templates, EachIsABoardWithinItsBounds) {
  for (const char* name : {"template:story", "template:palette", "template:compare", "template:grid"}) {
    const auto items = TemplateItems(name);
    ASSERT_TRUE(items) << name;
    EXPECT_FALSE(items->empty());
    for (const BoardItem& item : *items) EXPECT_TRUE(CheckItem(item)) << name << " " << item.id;
  }
  EXPECT_EQ(TemplateItems("template:nothing").error().code(), Code::kNotFound);
}

}  // namespace
}  // namespace vitrine
