#include "engine/copy_ranking.h"

#include <gtest/gtest.h>

#include "support/painted_scene.h"

namespace vitrine {
namespace {

using testing::PaintedScene;
using testing::View;

KeepCandidate Picture(const std::string& format, int width, int height) {
  KeepCandidate candidate;
  candidate.file.info.format = format;
  candidate.file.info.width_px = width;
  candidate.file.info.height_px = height;
  candidate.file.sharpness = 2;
  candidate.file.size_bytes = 1000;
  return candidate;
}

Alignment Over(const RgbImage& a, const RgbImage& b, bool mirrored = false) {
  const auto found = AlignByFeatures(ShapeOf(a), ShapeOf(b), mirrored);
  EXPECT_TRUE(found && IsSameShot(*found));
  return found.value_or(Alignment());
}

TEST(CopyRanking, PrefersInTheOrderThatIsPromised) {
  std::vector<KeepCandidate> worst_first;
  worst_first.push_back(Picture("jpeg", 100, 100));
  worst_first.back().mtime_ns = 2;
  worst_first.push_back(Picture("jpeg", 100, 100));
  worst_first.back().mtime_ns = 1;  // Older.
  worst_first.push_back(Picture("jpeg", 100, 100));
  worst_first.back().file.size_bytes = 1200;
  worst_first.back().mtime_ns = 3;
  worst_first.push_back(Picture("jpeg", 100, 100));
  worst_first.back().file.sharpness = 2.5f;
  worst_first.push_back(Picture("png", 100, 100));
  worst_first.push_back(Picture("jpeg", 100, 100));
  worst_first.back().file.info.facts.camera = "A B";
  worst_first.push_back(Picture("jpeg", 120, 100));
  worst_first.push_back(Picture("raw", 50, 50));
  for (std::size_t i = 0; i < worst_first.size(); ++i) {
    for (std::size_t j = 0; j < worst_first.size(); ++j) {
      EXPECT_EQ(i != j && IsBetter(worst_first[i], worst_first[j]), i > j) << i << " " << j;
    }
  }
}

TEST(CopyRanking, GivesOnlyReasonsThatNobodyBeats) {
  KeepCandidate large = Picture("jpeg", 200, 200);
  KeepCandidate small = Picture("jpeg", 100, 100);
  small.file.sharpness = 3;
  EXPECT_EQ(ReasonsToKeep(large, {small}), std::vector<std::string>{"most pixels"});
  small.file.sharpness = 1;
  EXPECT_EQ(ReasonsToKeep(large, {small}), (std::vector<std::string>{"most pixels", "sharper"}));
}

TEST(CopyRanking, NamesWhatWasDone) {
  const PaintedScene scene(3);
  const RgbImage whole = scene.Take({});
  const RgbImage small = scene.Take({.width_px = 210, .height_px = 140, .step = 300.0 / 210});
  EXPECT_EQ(KindOf(Over(whole, small)), CopyKind::kCopy);
  const RgbImage crop = scene.Take({.width_px = 200, .height_px = 140});
  EXPECT_EQ(KindOf(Over(whole, crop)), CopyKind::kCrop);
  EXPECT_FALSE(ShowsMore(Over(whole, crop)));
  EXPECT_TRUE(ShowsMore(Over(crop, whole)));
  EXPECT_EQ(KindOf(Over(whole, scene.Take({.width_px = 190, .height_px = 190, .degrees = 90}))),
            CopyKind::kTurned);
  EXPECT_EQ(KindOf(Over(whole, scene.Take({.mirrored = true}), true)), CopyKind::kTurned);
  RgbImage pale = whole;
  for (std::uint8_t& value : pale.pixels) value = static_cast<std::uint8_t>(128 + value / 2);
  EXPECT_EQ(KindOf(Over(whole, pale)), CopyKind::kEdited);
}

TEST(CopyRanking, SaysHowMuchACropShows) {
  const PaintedScene scene(3);
  const Alignment over = Over(scene.Take({}), scene.Take({.width_px = 200, .height_px = 140}));
  CopyFile keep, copy;
  keep.info = {.width_px = 300, .height_px = 200, .format = "jpeg", .facts = {}};
  copy.info = {.width_px = 200, .height_px = 140, .format = "png", .facts = {}};
  const auto why = ReasonsOf(over, KindOf(over), keep, copy);
  ASSERT_GE(why.size(), 3u);
  EXPECT_TRUE(why[0] == "shows 46 % of it" || why[0] == "shows 47 % of it" || why[0] == "shows 45 % of it")
      << why[0];
  EXPECT_EQ(why[why.size() - 2], "200 x 140 instead of 300 x 200");
  EXPECT_EQ(why.back(), "png instead of jpeg");
}

}  // namespace
}  // namespace vitrine
