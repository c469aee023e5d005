#include <gtest/gtest.h>

#include <random>

#include "catalog/annotations.h"

namespace vitrine {
namespace {

using Levels = std::vector<std::string>;

TEST(TagPath, LevelsAndJoinAreInverse) {
  EXPECT_EQ(TagPath::Levels("places/Tel Aviv")->at(1), "Tel Aviv");
  EXPECT_EQ(TagPath::Levels("a\\/b/c\\\\").value(), (Levels{"a/b", "c\\"}));
  EXPECT_EQ(TagPath::Join(Levels{"a/b", "c\\"}), "a\\/b/c\\\\");
  std::mt19937 random(5);
  for (int round = 0; round < 500; ++round) {
    Levels levels(1 + random() % 16);
    for (std::string& level : levels) {
      for (std::size_t i = 1 + random() % 6; i > 0; --i) level += "ab/\\|,\"'"[random() % 8];
    }
    EXPECT_EQ(TagPath::Levels(TagPath::Join(levels)).value(), levels);
  }
}

TEST(TagPath, RightToLeftAndCommasAreText) {
  EXPECT_EQ(TagPath::Levels("\xD7\x97\xD7\x95\xD7\xA3, a|b").value(),
            Levels{"\xD7\x97\xD7\x95\xD7\xA3, a|b"});
}

TEST(TagPath, RefusesWhatIsNoPath) {
  for (const std::string path :
       {"", "/", "a/", "/a", "a//b", "  ", "a/ /b", "a\\", "a\tb", "a\x7f", "a\xC2\x85", "\xff", "a\xC3"}) {
    EXPECT_EQ(TagPath::Levels(path).error().code(), Code::kInvalidArgument) << path;
  }
  EXPECT_TRUE(TagPath::Levels(std::string(255, 'x')));
  EXPECT_FALSE(TagPath::Levels(std::string(256, 'x')));
  EXPECT_FALSE(TagPath::Levels(std::string(1 << 20, 'x')));
  EXPECT_FALSE(TagPath::Levels("1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17"));
  EXPECT_EQ(TagPath::Levels(std::string(1 << 20, '/') + "x").error().message().size() < 500, true);
}

TEST(TagPath, SpellingsOfOneTagFoldToOne) {
  EXPECT_EQ(TagPath::Folded("Places/CAF\xC3\x89"), TagPath::Folded("places/caf\xC3\xA9"));
  EXPECT_NE(TagPath::Folded("cafe"), TagPath::Folded("caf\xC3\xA9"));
}

}  // namespace
}  // namespace vitrine
