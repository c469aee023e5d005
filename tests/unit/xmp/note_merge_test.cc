#include "xmp/note_merge.h"

#include <gtest/gtest.h>

namespace vitrine {
namespace {

using enum NotePreference;

TEST(MergeNotes, TagsNeverConflict) {
  const EmbeddedNote base = {.tags = {"both", "gone here", "gone there"}};
  const EmbeddedNote catalog = {.tags = {"Both", "gone there", "new here", "new twice"}};
  const EmbeddedNote file = {.tags = {"both", "gone here", "New Twice", "new there"}};
  const MergedNote merged = MergeNotes(base, catalog, file, kNeither);
  EXPECT_EQ(merged.catalog.tags, (std::vector<std::string>{"Both", "new here", "new twice", "new there"}));
  EXPECT_EQ(merged.file.tags, merged.catalog.tags);
  EXPECT_FALSE(merged.has_conflict());
}

TEST(MergeNotes, TheSideThatChangedCounts) {
  const EmbeddedNote base = {.rating = 3, .caption = "old"};
  const MergedNote merged = MergeNotes(base, {.rating = 3, .caption = "new"}, {.caption = "old"}, kNeither);
  EXPECT_EQ(merged.catalog, (EmbeddedNote{.caption = "new"}));
  EXPECT_EQ(merged.file, merged.catalog);
}

TEST(MergeNotes, WhereBothChangedEachKeepsItsOwnUntilSomebodyDecides) {
  const EmbeddedNote base = {.rating = 1, .caption = "a"};
  const EmbeddedNote catalog = {.rating = 2, .caption = "b"};
  const EmbeddedNote file = {.rating = 3, .caption = "c"};
  const MergedNote open = MergeNotes(base, catalog, file, kNeither);
  EXPECT_TRUE(open.rating_conflict && open.caption_conflict);
  EXPECT_EQ(open.catalog, catalog);
  EXPECT_EQ(open.file, file);
  const EmbeddedNote next = NextBase(base, file, open);
  EXPECT_TRUE(MergeNotes(next, catalog, file, kNeither).rating_conflict) << "it stays a conflict";
  for (const auto& [preference, winner] : {std::pair(kVitrine, catalog), std::pair(kFile, file)}) {
    const MergedNote decided = MergeNotes(base, catalog, file, preference);
    EXPECT_FALSE(decided.has_conflict());
    EXPECT_EQ(decided.catalog, winner);
    EXPECT_EQ(decided.file, winner);
    EXPECT_EQ(NextBase(base, decided.file, decided), winner);
  }
}

TEST(MergeNotes, TheSameChangeOnBothSidesIsNoConflict) {
  EXPECT_FALSE(MergeNotes({.rating = 1}, {.rating = 5}, {.rating = 5}, kNeither).has_conflict());
}

}  // namespace
}  // namespace vitrine
