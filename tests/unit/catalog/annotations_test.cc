// Tags, notes, saved searches and moves: what each call means, and what is refused.
#include "catalog/annotations.h"

#include "annotations_fixture.h"

namespace vitrine {
namespace {

class AnnotationsCalls : public AnnotationsFixture {};

VITRINE_ANNOTATION_CASES(AnnotationsCalls)

TEST_F(AnnotationsCalls, AMoveNeedsTwoPaths) {
  auto change = notes().Begin("bad").value();
  EXPECT_EQ(change->RecordMove({"/p/1", ""}).error().code(), Code::kInvalidArgument);
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
