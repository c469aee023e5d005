// What annotations mean wherever they are kept, in a catalog or on a cluster: short ways to say things of a
// few pictures, and what must hold then.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "catalog/annotations.h"

namespace vitrine {

class AnnotationsCases {
 public:
  static constexpr int kPictures = 6;  ///< Of ids from 1 on.

  virtual ~AnnotationsCases() = default;
  virtual Annotations& notes() = 0;
  /// Pictures whose texts hold the word.
  virtual std::vector<int> FoundBy(const std::string& word) = 0;
  /// As after a restart.
  virtual void Reopen() = 0;

  static TagMark Rejected() { return {.state = TagState::kRejected, .model = {}}; }
  static TagMark OfFile() { return {.origin = TagOrigin::kFile, .model = {}}; }
  static TagMark Suggested(double probability) {
    return {
        .state = TagState::kSuggested, .origin = TagOrigin::kWords, .probability = probability, .model = "m"};
  }

  static std::vector<AssetId> Pictures(const std::vector<int>& numbers) {
    std::vector<AssetId> assets;
    assets.reserve(numbers.size());
    for (const int number : numbers) assets.push_back(AssetId{number});
    return assets;
  }

  /// One change, committed; returns its entry.
  template <typename Steps>
  std::int64_t Do(const std::string& what, const Steps& steps) {
    auto change = notes().Begin(what);
    EXPECT_TRUE(change) << change.error().message();
    if (!change) return 0;
    steps(**change);
    const auto entry = (*change)->Commit();
    EXPECT_TRUE(entry) << entry.error().message();
    return entry ? *entry : 0;
  }

  std::int64_t Tag(const std::string& path, const std::vector<int>& pictures,
                   const TagMark& mark = {.model = {}}) {
    return Do("tag " + path, [&](Change& change) {
      const Status marked = change.Mark(path, Pictures(pictures), mark);
      EXPECT_TRUE(marked) << marked.error().message();
    });
  }

  /// Pictures that carry the tag, accepted.
  std::vector<int> Carriers(const std::string& path) {
    std::vector<int> carriers;
    for (const MarkedAsset& marked : std::vector(notes().MarksOf(path).value())) {
      if (marked.mark.state == TagState::kAccepted) carriers.push_back(static_cast<int>(marked.asset));
    }
    return carriers;
  }

  std::vector<std::string> TagPaths() {
    std::vector<std::string> paths;
    for (const TagCount& tag : std::vector(notes().Tags().value())) paths.push_back(tag.path);
    return paths;
  }

  // What must hold.

  void MarksComeBackAsTheyWereMade() {
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
    Reopen();
    EXPECT_EQ(notes().TagsOf(AssetId{2})->size(), 1U);
  }

  void SuggestionsNeverReplaceWhatPeopleSaid() {
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

  void SuggestionsAreReplacedTogether() {
    Tag("a", {1});
    Tag("A", {2, 3}, Suggested(0.25));
    Tag("b", {3}, Suggested(0.25));
    Tag("c", {3}, Suggested(0.25));
    Do("suggest", [](Change& change) {
      const std::vector<SuggestedMarks> suggestions = {
          {"a", {{AssetId{1}, Suggested(0.75)}, {AssetId{3}, Suggested(0.75)}}},
          {"b", {}},
          {"new/one", {{AssetId{4}, Suggested(0.5)}}},
          {"unknown", {}}};
      ASSERT_TRUE(change.ReplaceSuggestions(suggestions));
    });
    const auto marks = notes().MarksOf("a").value();
    ASSERT_EQ(marks.size(), 2U);
    EXPECT_EQ(marks[0].mark.state, TagState::kAccepted);
    EXPECT_EQ(marks[1].asset, AssetId{3});
    EXPECT_EQ(marks[1].mark, Suggested(0.75));
    EXPECT_TRUE(notes().MarksOf("b").value().empty());
    EXPECT_EQ(notes().MarksOf("c").value().size(), 1U) << "it was not among them";
    EXPECT_EQ(notes().MarksOf("new/one").value().size(), 1U);
    EXPECT_EQ(TagPaths(), (std::vector<std::string>{"a", "b", "c", "new/one"}));
    ASSERT_TRUE(notes().Undo());
    EXPECT_EQ(notes().MarksOf("a").value().size(), 3U);
    EXPECT_EQ(notes().MarksOf("b").value().size(), 1U);
  }

  void RenamingTakesTheBranchAlong() {
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

  void RenamingAParentThatIsNoTagItself() {
    Tag("a/b", {1});
    Do("rename", [](Change& change) { ASSERT_TRUE(change.RenameTag("a", "c/d")); });
    EXPECT_EQ(TagPaths(), std::vector<std::string>{"c/d/b"});
  }

  // A branch that moves into itself: each of its tags gives way to the one before.
  void RenamingOntoItsOwnChild() {
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

  void MergingKeepsTheStrongerMark() {
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

  void DeletingTakesTheBranchAway() {
    Tag("a", {1});
    Tag("a/b", {2});
    Tag("ab", {3});
    Do("delete", [](Change& change) { ASSERT_TRUE(change.DeleteTag("A")); });
    EXPECT_EQ(TagPaths(), std::vector<std::string>{"ab"});
    ASSERT_TRUE(notes().Undo());
    EXPECT_EQ(Carriers("a/b"), std::vector<int>{2});
  }

  void NotesAndSearches() {
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

  void BadValuesAreRefusedAndChangeNothing() {
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

  void UndoAndRedoAcrossRestarts() {
    const std::int64_t first = Tag("a", {1, 2});
    const std::int64_t second = Tag("a", {2}, Rejected());
    EXPECT_GT(second, first);
    Reopen();
    const JournalEntry undone = notes().Undo().value();
    EXPECT_EQ(undone.id, second);
    EXPECT_EQ(undone.what, "tag a");
    EXPECT_TRUE(undone.undone);
    EXPECT_EQ(Carriers("a"), (std::vector<int>{1, 2}));
    Reopen();
    ASSERT_TRUE(notes().Undo());
    EXPECT_TRUE(notes().Tags()->empty()) << "the tag was made by what was undone";
    EXPECT_EQ(notes().Undo().error().code(), Code::kNotFound);
    EXPECT_EQ(notes().Redo()->id, first);
    EXPECT_EQ(Carriers("a"), (std::vector<int>{1, 2}));
    EXPECT_FALSE(notes().Redo()->undone);
    EXPECT_EQ(Carriers("a"), std::vector<int>{1});
    EXPECT_EQ(notes().Redo().error().code(), Code::kNotFound);
    const auto journal = notes().Journal(1).value();
    ASSERT_EQ(journal.size(), 1U);
    EXPECT_EQ(journal[0].id, second);
    EXPECT_EQ(journal[0].at.size(), std::string("2026-11-25T09:30:00Z").size());
  }

  void ANewChangeEndsWhatCouldBeRedone() {
    Tag("a", {1});
    Tag("b", {1});
    ASSERT_TRUE(notes().Undo());
    Tag("c", {1});
    EXPECT_EQ(notes().Redo().error().code(), Code::kNotFound);
    EXPECT_EQ(notes().Journal(10)->size(), 2U);
    EXPECT_EQ(TagPaths(), (std::vector<std::string>{"a", "c"}));
  }

  // Three renames in one change that swap two names: rows come back in an order in which the names collide.
  void SwappedNamesSwapBack() {
    Tag("a", {1});
    Tag("b", {2});
    Do("swap", [](Change& change) {
      ASSERT_TRUE(change.RenameTag("a", "c"));
      ASSERT_TRUE(change.RenameTag("b", "a"));
      ASSERT_TRUE(change.RenameTag("c", "b"));
    });
    EXPECT_EQ(Carriers("a"), std::vector<int>{2});
    ASSERT_TRUE(notes().Undo());
    EXPECT_EQ(Carriers("a"), std::vector<int>{1});
    ASSERT_TRUE(notes().Redo());
    EXPECT_EQ(Carriers("b"), std::vector<int>{1});
  }

  void WhatIsMadeAndDroppedInOneChangeLeavesNothing() {
    const std::int64_t entry = Do("back and forth", [](Change& change) {
      ASSERT_TRUE(change.Mark("a", Pictures({1}), {.model = {}}));
      ASSERT_TRUE(change.DeleteTag("a"));
    });
    EXPECT_TRUE(notes().Tags()->empty());
    if (entry != 0) {
      ASSERT_TRUE(notes().Undo());
      EXPECT_TRUE(notes().Tags()->empty());
      ASSERT_TRUE(notes().Redo());
      EXPECT_TRUE(notes().Tags()->empty());
    }
  }
};

/// A test of each for a fixture that is one of the above too.
#define VITRINE_ANNOTATION_CASES(Fixture)                                                             \
  TEST_F(Fixture, MarksComeBackAsTheyWereMade) { MarksComeBackAsTheyWereMade(); }                     \
  TEST_F(Fixture, SuggestionsNeverReplaceWhatPeopleSaid) { SuggestionsNeverReplaceWhatPeopleSaid(); } \
  TEST_F(Fixture, SuggestionsAreReplacedTogether) { SuggestionsAreReplacedTogether(); }               \
  TEST_F(Fixture, RenamingTakesTheBranchAlong) { RenamingTakesTheBranchAlong(); }                     \
  TEST_F(Fixture, RenamingAParentThatIsNoTagItself) { RenamingAParentThatIsNoTagItself(); }           \
  TEST_F(Fixture, RenamingOntoItsOwnChild) { RenamingOntoItsOwnChild(); }                             \
  TEST_F(Fixture, MergingKeepsTheStrongerMark) { MergingKeepsTheStrongerMark(); }                     \
  TEST_F(Fixture, DeletingTakesTheBranchAway) { DeletingTakesTheBranchAway(); }                       \
  TEST_F(Fixture, NotesAndSearches) { NotesAndSearches(); }                                           \
  TEST_F(Fixture, BadValuesAreRefusedAndChangeNothing) { BadValuesAreRefusedAndChangeNothing(); }     \
  TEST_F(Fixture, UndoAndRedoAcrossRestarts) { UndoAndRedoAcrossRestarts(); }                         \
  TEST_F(Fixture, ANewChangeEndsWhatCouldBeRedone) { ANewChangeEndsWhatCouldBeRedone(); }             \
  TEST_F(Fixture, SwappedNamesSwapBack) { SwappedNamesSwapBack(); }                                   \
  TEST_F(Fixture, WhatIsMadeAndDroppedInOneChangeLeavesNothing) {                                     \
    WhatIsMadeAndDroppedInOneChangeLeavesNothing();                                                   \
  }

}  // namespace vitrine
