// Tags, notes, saved searches and moves: what each call means, and what is refused.
#include "catalog/annotations.h"

#include "annotations_fixture.h"

namespace vitrine {
namespace {

class AnnotationsCalls : public AnnotationsFixture {};

TEST_F(AnnotationsCalls, MarksComeBackAsTheyWereMade) {
  Tag("places/Beach", {2, 1});
  Tag("places/beach", {3}, Rejected());
  Tag("dog", {1}, Suggested(0.25));
  const auto marks = notes().MarksOf("PLACES/beach").value();
  ASSERT_EQ(marks.size(), 3U);
  EXPECT_EQ(marks[0].asset, AssetId{1});
  EXPECT_EQ(marks[2].mark, Rejected());
  const auto tags = notes().TagsOf(AssetId{1}).value();
  ASSERT_EQ(tags.size(), 2U);
  EXPECT_EQ(tags[0].path, "dog");
  EXPECT_EQ(tags[0].mark, Suggested(0.25));
  EXPECT_EQ(tags[1].path, "places/Beach") << "the first spelling stays";
  EXPECT_EQ(notes().MarksOf("cat").value().size(), 0U);
  OpenForWriting();
  EXPECT_EQ(OpenReader()->annotations().TagsOf(AssetId{2})->size(), 1U);
}

TEST_F(AnnotationsCalls, CountsAreOfLivingPictures) {
  Tag("a", {1, 2, 3});
  Tag("a", {4}, Rejected());
  Tag("a", {5, 6}, Suggested(0.5));
  Do("make b", [](Change& change) { ASSERT_TRUE(change.Mark("b", {}, {.model = {}})); });
  RunOver("/p", {NewPicture("/p/1", 1), NewPicture("/p/4", 4), NewPicture("/p/6", 6)});
  const auto tags = notes().Tags().value();
  ASSERT_EQ(tags.size(), 2U);
  EXPECT_EQ(tags[0].accepted, 1U);
  EXPECT_EQ(tags[0].rejected, 1U);
  EXPECT_EQ(tags[0].suggested, 1U);
  EXPECT_EQ(tags[1].path, "b");
  EXPECT_EQ(tags[1].accepted, 0U);
}

TEST_F(AnnotationsCalls, SuggestionsNeverReplaceWhatPeopleSaid) {
  Tag("a", {1});
  Tag("a", {2}, Rejected());
  Tag("a", {3}, Suggested(0.25));
  Do("suggest", [](Change& change) {
    std::vector<MarkedAsset> marks;
    for (int i = 1; i <= 4; ++i) marks.push_back({AssetId{i}, Suggested(0.75)});
    ASSERT_TRUE(change.Suggest("a", marks));
  });
  const auto marks = notes().MarksOf("a").value();
  EXPECT_EQ(marks[0].mark, TagMark{.model = {}});
  EXPECT_EQ(marks[1].mark, Rejected());
  EXPECT_EQ(marks[2].mark, Suggested(0.75));
  EXPECT_EQ(marks[3].mark, Suggested(0.75));
  Tag("a", {4});
  Do("forget", [](Change& change) { ASSERT_TRUE(change.ForgetSuggestions("a")); });
  EXPECT_EQ(notes().MarksOf("a").value().size(), 3U);
}

TEST_F(AnnotationsCalls, RenamingTakesTheBranchAlong) {
  Tag("places", {1});
  Tag("places/beach", {2});
  Tag("places/beach/dune", {3});
  Tag("placesettings", {4});
  Do("rename", [](Change& change) { ASSERT_TRUE(change.RenameTag("Places/Beach", "sea")); });
  EXPECT_EQ(TagPaths(), (std::vector<std::string>{"places", "placesettings", "sea", "sea/dune"}));
  Do("rename", [](Change& change) { ASSERT_TRUE(change.RenameTag("places", "places/old")); });
  EXPECT_EQ(TagPaths(), (std::vector<std::string>{"places/old", "placesettings", "sea", "sea/dune"}));
  Do("case", [](Change& change) { ASSERT_TRUE(change.RenameTag("sea", "Sea")); });
  EXPECT_EQ(TagPaths(), (std::vector<std::string>{"places/old", "placesettings", "Sea", "Sea/dune"}));
  EXPECT_EQ(Carriers("sea/dune"), std::vector<int>{3});
}

TEST_F(AnnotationsCalls, RenamingAParentThatIsNoTagItself) {
  Tag("a/b", {1});
  Do("rename", [](Change& change) { ASSERT_TRUE(change.RenameTag("a", "c/d")); });
  EXPECT_EQ(TagPaths(), std::vector<std::string>{"c/d/b"});
}

// A branch that moves into itself: each of its tags gives way to the one before.
TEST_F(AnnotationsCalls, RenamingOntoItsOwnChild) {
  Tag("a", {1});
  Tag("a/a", {2});
  Tag("a/a/a", {3});
  Do("rename", [](Change& change) { ASSERT_TRUE(change.RenameTag("a", "a/a")); });
  EXPECT_EQ(TagPaths(), (std::vector<std::string>{"a/a", "a/a/a", "a/a/a/a"}));
  EXPECT_EQ(Carriers("a/a"), std::vector<int>{1});
  EXPECT_EQ(Carriers("a/a/a/a"), std::vector<int>{3});
  ASSERT_TRUE(notes().Undo());
  EXPECT_EQ(Carriers("a"), std::vector<int>{1});
  EXPECT_EQ(Carriers("a/a/a"), std::vector<int>{3});
}

TEST_F(AnnotationsCalls, MergingKeepsTheStrongerMark) {
  Tag("a", {1, 2});
  Tag("a", {3}, Rejected());
  Tag("a", {4}, Suggested(0.5));
  Tag("b", {2, 3, 5});
  Tag("b", {1}, Rejected());
  Tag("b", {4}, Suggested(0.75));
  Do("merge", [](Change& change) { ASSERT_TRUE(change.RenameTag("a", "b")); });
  EXPECT_EQ(TagPaths(), std::vector<std::string>{"b"});
  EXPECT_EQ(Carriers("b"), (std::vector<int>{1, 2, 3, 5}));
  EXPECT_EQ(notes().TagsOf(AssetId{4}).value()[0].mark, Suggested(0.75));
  ASSERT_TRUE(notes().Undo());
  EXPECT_EQ(Carriers("a"), (std::vector<int>{1, 2}));
  EXPECT_EQ(Carriers("b"), (std::vector<int>{2, 3, 5}));
}

TEST_F(AnnotationsCalls, DeletingTakesTheBranchAway) {
  Tag("a", {1});
  Tag("a/b", {2});
  Tag("ab", {3});
  Do("delete", [](Change& change) { ASSERT_TRUE(change.DeleteTag("A")); });
  EXPECT_EQ(TagPaths(), std::vector<std::string>{"ab"});
  ASSERT_TRUE(notes().Undo());
  EXPECT_EQ(Carriers("a/b"), std::vector<int>{2});
}

TEST_F(AnnotationsCalls, NotesAndSearches) {
  Do("note", [](Change& change) {
    ASSERT_TRUE(change.SetNote(AssetId{1}, {.rating = 4, .caption = "Grandma's cat,\nasleep"}));
    ASSERT_TRUE(change.SetNote(AssetId{2}, {.rating = -1, .caption = {}}));
    ASSERT_TRUE(change.SaveSearch({"b", "dog"}));
    ASSERT_TRUE(change.SaveSearch({"a", "cat -dog"}));
    ASSERT_TRUE(change.SaveSearch({"b", "2:dog"}));
  });
  EXPECT_EQ(notes().NoteOf(AssetId{1}).value(), (Note{4, "Grandma's cat,\nasleep"}));
  EXPECT_EQ(notes().NoteOf(AssetId{2}).value().rating, -1);
  EXPECT_EQ(notes().NoteOf(AssetId{3}).value(), Note());
  const auto searches = notes().SavedSearches().value();
  ASSERT_EQ(searches.size(), 2U);
  EXPECT_EQ(searches[0].name, "a");
  EXPECT_EQ(searches[1].query, "2:dog");
  Do("drop", [](Change& change) {
    ASSERT_TRUE(change.DropSearch("a"));
    ASSERT_TRUE(change.SetNote(AssetId{1}, {}));
    EXPECT_EQ(change.DropSearch("a").error().code(), Code::kNotFound);
  });
  EXPECT_EQ(notes().SavedSearches()->size(), 1U);
  EXPECT_EQ(notes().NoteOf(AssetId{1}).value(), Note());
}

TEST_F(AnnotationsCalls, BadValuesAreRefusedAndChangeNothing) {
  auto change = notes().Begin("bad").value();
  const auto refused = [](const Status& status) {
    return !status && status.error().code() == Code::kInvalidArgument;
  };
  const std::vector<AssetId> one = Pictures({1});
  for (const std::string path : {"", "a//b", "/a", "a/", "a\nb", "a\\", "\xff", " "}) {
    EXPECT_TRUE(refused(change->Mark(path, one, {.model = {}}))) << path;
  }
  EXPECT_TRUE(refused(change->Mark(std::string(256, 'x'), one, {.model = {}})));
  EXPECT_TRUE(refused(change->Mark("a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a", one, {.model = {}})));
  EXPECT_TRUE(refused(change->Mark("a", one, Suggested(1.5))));
  EXPECT_TRUE(refused(change->SetNote(AssetId{1}, {.rating = 6, .caption = {}})));
  EXPECT_TRUE(refused(change->SetNote(AssetId{1}, {.rating = {}, .caption = std::string(70'000, 'x')})));
  EXPECT_TRUE(refused(change->SetNote(AssetId{1}, {.rating = {}, .caption = "\xc3"})));
  EXPECT_TRUE(refused(change->SaveSearch({"", "dog"})));
  EXPECT_TRUE(refused(change->SaveSearch({"a\n", "dog"})));
  EXPECT_TRUE(refused(change->SaveSearch({"a", std::string(70'000, 'x')})));
  EXPECT_TRUE(refused(change->RecordMove({"/p/1", ""})));
  EXPECT_EQ(change->Mark("a", Pictures({1, 99}), {.model = {}}).error().code(), Code::kNotFound);
  EXPECT_EQ(change->Unmark("a", one).error().code(), Code::kNotFound);
  EXPECT_EQ(change->RenameTag("a", "b").error().code(), Code::kNotFound);
  EXPECT_EQ(change->DeleteTag("a").error().code(), Code::kNotFound);
  EXPECT_EQ(change->SetNote(AssetId{99}, {}).error().code(), Code::kNotFound);
  EXPECT_EQ(change->Commit().value(), 0) << "nothing was changed";
  EXPECT_TRUE(notes().Tags()->empty());
  EXPECT_TRUE(notes().Journal(10)->empty());
  EXPECT_TRUE(refused(change->DeleteTag("a"))) << "after the commit";
}

TEST_F(AnnotationsCalls, WithoutCommitNothingHappened) {
  {
    auto change = notes().Begin("forgotten").value();
    ASSERT_TRUE(change->Mark("a", Pictures({1}), {.model = {}}));
    EXPECT_EQ(notes().TagsOf(AssetId{1})->size(), 1U) << "reading calls see it";
    EXPECT_TRUE(catalog_->LiveRows(kSpace)) << "all of them work";
    EXPECT_EQ(notes().Begin("second").error().code(), Code::kInvalidArgument);
    EXPECT_FALSE(catalog_->SetSetting("x", "y"));
  }
  EXPECT_TRUE(notes().Tags()->empty());
  EXPECT_TRUE(notes().Journal(10)->empty());
  EXPECT_EQ(OpenReader()->annotations().Begin("x").error().code(), Code::kIo);
}

TEST_F(AnnotationsCalls, WhatFilesSayIsKeptWithoutTheJournal) {
  FileOutcome outcome = NewPicture("/p/7", 7);
  outcome.new_asset->embedded = {
      .tags = {"Family/Grandma", "bad\ntag", "", "family/grandma"}, .rating = 3, .caption = "At the lake"};
  FileOutcome odd = NewPicture("/p/8", 8);
  odd.new_asset->embedded = {.tags = {}, .rating = 17, .caption = std::string(70'000, 'x') + "\xff"};
  const std::vector<FileOutcome> outcomes = {outcome, odd};
  ASSERT_TRUE(catalog_->RecordBatch(1, kSpace, outcomes, VectorsFor(outcomes)));
  const auto tags = notes().TagsOf(AssetId{7}).value();
  ASSERT_EQ(tags.size(), 1U);
  EXPECT_EQ(tags[0].path, "Family/Grandma");
  EXPECT_EQ(tags[0].mark, OfFile());
  EXPECT_EQ(notes().NoteOf(AssetId{7}).value(), (Note{3, "At the lake"}));
  EXPECT_EQ(notes().NoteOf(AssetId{8}).value().rating, std::nullopt);
  EXPECT_EQ(notes().NoteOf(AssetId{8}).value().caption.size(), 65'536U);
  EXPECT_TRUE(notes().Journal(10)->empty());
  EXPECT_TRUE(Due().empty()) << "the file says it already";
  EXPECT_EQ(Found("\"lake\""), std::vector<int>{7});
  Tag("family/grandma", {7}, Rejected());
  ASSERT_TRUE(catalog_->RecordBatch(1, kSpace, outcomes, VectorsFor(outcomes)));
  EXPECT_EQ(notes().TagsOf(AssetId{7}).value()[0].mark, Rejected()) << "said once, when it was new";
}

TEST_F(AnnotationsCalls, SidecarsAreDueForWhatPeopleChange) {
  Tag("a", {3, 1});
  Tag("a", {2}, Suggested(0.5));
  Tag("a", {4}, Rejected());
  EXPECT_EQ(Due(), (std::vector<int>{3, 1}));
  DoUnrecorded([](Change& change) {
    ASSERT_TRUE(change.Mark("b", Pictures({5}), OfFile()));
    ASSERT_TRUE(change.SetNote(AssetId{6}, {.rating = 1, .caption = {}}));
  });
  EXPECT_EQ(Due(), (std::vector<int>{3, 1}));
  ASSERT_TRUE(catalog_->SidecarWritten(AssetId{3}));
  ASSERT_TRUE(catalog_->SidecarWritten(AssetId{1}));
  EXPECT_TRUE(Due().empty());
  Do("rename", [](Change& change) { ASSERT_TRUE(change.RenameTag("a", "c")); });
  EXPECT_EQ(Due(), (std::vector<int>{1, 3}));
  ASSERT_TRUE(catalog_->SidecarWritten(AssetId{3}));
  ASSERT_TRUE(notes().Undo());
  EXPECT_EQ(Due(), (std::vector<int>{1, 3})) << "undoing is a change too";
  Do("note", [](Change& change) { ASSERT_TRUE(change.SetNote(AssetId{2}, {.rating = 2, .caption = {}})); });
  EXPECT_EQ(Due(), (std::vector<int>{1, 3, 2}));
  EXPECT_EQ(catalog_->SidecarsDue(1)->size(), 1U);
}

}  // namespace
}  // namespace vitrine
