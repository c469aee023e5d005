#include "boards/export/zip_names.h"

#include <gtest/gtest.h>

namespace vitrine {
namespace {

TEST(SafeNames, AreGoodEverywhere) {
  const auto one = [](const std::string& name) { return SafeNames().Unique(name); };
  EXPECT_EQ(one("IMG_1.jpg"), "IMG_1.jpg");
  EXPECT_EQ(one("../../etc/passwd"), "_.._.._etc_passwd");
  EXPECT_EQ(one("C:\\a.jpg"), "C__a.jpg");
  EXPECT_EQ(one("con.jpg"), "_con.jpg");
  EXPECT_EQ(one("LPT1"), "_LPT1");
  EXPECT_EQ(one("a. . "), "a");
  EXPECT_EQ(one(""), "_");
  EXPECT_EQ(one(".hidden"), "_.hidden");
  EXPECT_EQ(one("a\xE2\x80\xAEgpj.exe"), "a_gpj.exe");
  EXPECT_LE(one(std::string(5000, 'x') + ".jpg").size(), 200u);
}

TEST(SafeNames, AreUniqueWhateverTheCase) {
  SafeNames names;
  EXPECT_EQ(names.Unique("a.jpg"), "a.jpg");
  EXPECT_EQ(names.Unique("A.JPG"), "A (2).JPG");
  EXPECT_EQ(names.Unique("a.jpg"), "a (3).jpg");
  EXPECT_EQ(names.Unique("a (2).jpg"), "a (2) (2).jpg");
}

}  // namespace
}  // namespace vitrine
