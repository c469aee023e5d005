#include "cli/format.h"

#include <gtest/gtest.h>

namespace vitrine {
namespace {

Hit Kayak() {
  Hit hit;
  hit.id = AssetId{7};
  hit.paths = {"/photos/red kayak.jpg"};
  hit.score = 0.25f;
  hit.info = {.width_px = 40, .height_px = 30, .format = "jpeg", .facts = {}};
  hit.info.facts.taken_at = "2024-06-01T17:03:22";
  return hit;
}

TEST(FormatHit, FillsEveryField) {
  EXPECT_EQ(*FormatHit("{name}|{folder}|{score}|{id}|{width}x{height}|{format}|{date}|{camera}|", Kayak()),
            "red kayak.jpg|/photos|0.2500|7|40x30|jpeg|2024-06-01T17:03:22||");
}

TEST(FormatHit, EscapesAndBraces) {
  EXPECT_EQ(*FormatHit("{path}\\t{{x}}\\n\\\\", Kayak()), "/photos/red kayak.jpg\t{x}\n\\");
  EXPECT_EQ(*FormatHit("a\\0b", Kayak()), std::string("a\0b", 3));
}

TEST(FormatHit, PathBytesComeThroughUntouched) {
  Hit hit = Kayak();
  hit.paths = {"/p/\xFF\n"};
  EXPECT_EQ(*FormatHit("{path}", hit), "/p/\xFF\n");
}

TEST(FormatHit, UnknownFieldNamesTheKnownOnes) {
  const auto text = FormatHit("{sore}", Kayak());
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().code(), Code::kInvalidArgument);
  EXPECT_NE(text.error().message().find("{sore}"), std::string::npos);
  EXPECT_NE(text.error().message().find("{score}"), std::string::npos);
}

TEST(FormatHit, OpenBraceNamesItsColumn) {
  const auto text = FormatHit("ab {path", Kayak());
  ASSERT_FALSE(text);
  EXPECT_NE(text.error().message().find("column 4"), std::string::npos) << text.error().message();
}

}  // namespace
}  // namespace vitrine
