// Taking changes back: everything comes back, and what has changed meanwhile is never overwritten.
#include "catalog/journal.h"

#include "annotations_fixture.h"
#include "catalog/changeset_check.h"

namespace vitrine {
namespace {

class JournalSteps : public AnnotationsFixture {
 protected:
  void ExpectRefused(const Result<JournalEntry>& step, const std::string& naming) {
    ASSERT_FALSE(step);
    EXPECT_EQ(step.error().code(), Code::kInvalidArgument) << step.error().message();
    EXPECT_NE(step.error().message().find(naming), std::string::npos) << step.error().message();
  }
};

TEST_F(JournalSteps, WhatChangedSinceIsNotOverwritten) {
  Tag("a", {1, 2});
  DoUnrecorded([](Change& change) { ASSERT_TRUE(change.Mark("a", Pictures({2}), Rejected())); });
  ExpectRefused(notes().Undo(), "the tag \"a\" on picture 2");
  EXPECT_EQ(Carriers("a"), std::vector<int>{1}) << "nothing happened";
  EXPECT_FALSE(notes().Journal(1).value()[0].undone);
}

TEST_F(JournalSteps, ANoteThatChangedSince) {
  Do("rate", [](Change& change) { ASSERT_TRUE(change.SetNote(AssetId{4}, {.rating = 4, .caption = {}})); });
  DoUnrecorded([](Change& change) { ASSERT_TRUE(change.SetNote(AssetId{4}, {.rating = 5, .caption = {}})); });
  ExpectRefused(notes().Undo(), "picture 4");
  DoUnrecorded([](Change& change) { ASSERT_TRUE(change.SetNote(AssetId{4}, {})); });
  ExpectRefused(notes().Undo(), "picture 4");
  DoUnrecorded([](Change& change) { ASSERT_TRUE(change.SetNote(AssetId{4}, {.rating = 4, .caption = {}})); });
  EXPECT_TRUE(notes().Undo()) << "as it was left";
  EXPECT_EQ(notes().NoteOf(AssetId{4}).value(), Note());
}

TEST_F(JournalSteps, ATagThatOthersUseSinceStays) {
  Tag("a", {1});
  DoUnrecorded([](Change& change) { ASSERT_TRUE(change.Mark("A", Pictures({2}), OfFile())); });
  ASSERT_TRUE(notes().Undo());
  EXPECT_EQ(Carriers("a"), std::vector<int>{2});
  ASSERT_TRUE(notes().Redo());
  EXPECT_EQ(Carriers("a"), (std::vector<int>{1, 2}));
}

TEST_F(JournalSteps, ATagThatWasMadeAnewSinceStandsAgainstIt) {
  Tag("a", {1});
  Do("delete", [](Change& change) { ASSERT_TRUE(change.DeleteTag("a")); });
  DoUnrecorded([](Change& change) { ASSERT_TRUE(change.Mark("A", Pictures({2}), OfFile())); });
  ExpectRefused(notes().Undo(), "made anew");
  EXPECT_EQ(Carriers("a"), std::vector<int>{2});
}

TEST_F(JournalSteps, DeletingAgainDoesNotTakeWhatCameSince) {
  Tag("a", {1});
  Do("delete", [](Change& change) { ASSERT_TRUE(change.DeleteTag("a")); });
  ASSERT_TRUE(notes().Undo());
  DoUnrecorded([](Change& change) { ASSERT_TRUE(change.Mark("a", Pictures({2}), OfFile())); });
  ExpectRefused(notes().Redo(), "other pictures");
  EXPECT_EQ(Carriers("a"), (std::vector<int>{1, 2}));
}

TEST_F(JournalSteps, MovesAreKeptInOrderAndFollowed) {
  Do("move", [](Change& change) {
    ASSERT_TRUE(change.RecordMove({"/p/1", "/q/1"}));
    ASSERT_TRUE(change.RecordMove({"/q/1", "/q/2"}));
    ASSERT_TRUE(change.RecordMove({"/p/unknown", "/q/unknown"}));
  });
  EXPECT_EQ(catalog_->FileAt("/p/1").value(), std::nullopt);
  EXPECT_EQ(catalog_->FileAt("/q/2").value()->asset, AssetId{1});
  EXPECT_EQ(Found("\"q\""), std::vector<int>{1}) << "its folder is another now";
  const JournalEntry undone = notes().Undo().value();
  ASSERT_EQ(undone.moves.size(), 3U);
  EXPECT_EQ(undone.moves[1].to, "/q/2");
  EXPECT_EQ(catalog_->FileAt("/p/1").value()->asset, AssetId{1});
  EXPECT_EQ(catalog_->FileAt("/q/2").value(), std::nullopt);
  ASSERT_TRUE(notes().Redo());
  RunOver("/p", {NewPicture("/p/1", 3)});
  ExpectRefused(notes().Undo(), "/p/1");
  EXPECT_EQ(catalog_->FileAt("/q/2").value()->asset, AssetId{1});
}

TEST_F(JournalSteps, MovingOntoAKnownFileReplacesIt) {
  Do("move", [](Change& change) { ASSERT_TRUE(change.RecordMove({"/p/1", "/p/2"})); });
  EXPECT_EQ(catalog_->FileAt("/p/2").value()->asset, AssetId{1});
  EXPECT_EQ(catalog_->Counts()->assets, 5U);
}

TEST_F(JournalSteps, TheOldestEntriesAreDropped) {
  catalog_.reset();
  Sql("WITH RECURSIVE number (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM number WHERE n < " +
      std::to_string(kMaxJournalEntries + 1) +
      ") INSERT INTO journal (at, what, changes) SELECT '2026-11-25T09:30:00Z', n, x'' FROM number");
  OpenForWriting();
  Tag("a", {1});
  const auto journal = notes().Journal(10'000).value();
  ASSERT_EQ(journal.size(), static_cast<std::size_t>(kMaxJournalEntries));
  EXPECT_EQ(journal.front().what, "tag a");
  EXPECT_EQ(journal.back().what, "3");
}

TEST_F(JournalSteps, LargeEntriesDropOlderOnesButTheNewestStays) {
  Tag("a", {1});
  const auto caption = [](int turn) { return std::string(65'536, static_cast<char>('a' + turn % 2)); };
  std::vector<FileOutcome> outcomes;
  for (int i = 1; i <= 600; ++i) outcomes.push_back(NewPicture("/p/" + std::to_string(i), i));
  RunOver("/p", outcomes);
  for (int turn = 0; turn < 2; ++turn) {
    Do("captions " + std::to_string(turn), [&](Change& change) {
      for (int i = 1; i <= 600; ++i) {
        ASSERT_TRUE(change.SetNote(AssetId{i}, {.rating = {}, .caption = caption(turn)}));
      }
    });
  }
  const auto journal = notes().Journal(10).value();
  ASSERT_EQ(journal.size(), 1U);
  EXPECT_EQ(journal[0].what, "captions 1");
  ASSERT_TRUE(notes().Undo());
  EXPECT_EQ(notes().NoteOf(AssetId{600})->caption, caption(0));
}

// What a catalog from a stranger may hold: the setting a = b was added, says its journal.
TEST_F(JournalSteps, ChangesOfOtherTablesAreNotApplied) {
  ASSERT_TRUE(catalog_->SetSetting("a", "b"));
  catalog_.reset();
  Sql("INSERT INTO journal (at, what, changes) "
      "VALUES ('2026-11-25T09:30:00Z', 'odd', x'5402010073657474696e6700120003016103' || x'0162')");
  OpenForWriting();
  ASSERT_TRUE(notes().Undo());
  EXPECT_EQ(catalog_->Setting("a").value(), "b");
}

TEST_F(JournalSteps, DamagedChangesAreAnError) {
  Tag("a", {1, 2});
  catalog_.reset();
  for (const std::string damage :
       {"substr(changes, 1, length(changes) - 3)", "x'ff00ff'", "x'54'", "zeroblob(100)"}) {
    Sql("UPDATE journal SET changes = " + damage);
    OpenForWriting();
    const Result<JournalEntry> undone = notes().Undo();
    ASSERT_FALSE(undone) << damage;
    EXPECT_EQ(undone.error().code(), Code::kCorrupt);
    EXPECT_EQ(Carriers("a"), (std::vector<int>{1, 2}));
    catalog_.reset();
  }
}

TEST_F(JournalSteps, ChangesCutAnywhereAreRefusedOrWhole) {
  Tag("a/b", {1, 2, 3});
  Do("change", [](Change& change) {
    ASSERT_TRUE(change.RenameTag("a", "c"));
    ASSERT_TRUE(change.Mark("c/b", Pictures({1}), Rejected()));
    ASSERT_TRUE(change.SetNote(AssetId{1}, {.rating = 3, .caption = "lake"}));
    ASSERT_TRUE(change.SaveSearch({"s", "dog"}));
  });
  catalog_.reset();
  auto opened = Database::Open(database(), SqliteMode::kWrite);
  ASSERT_TRUE(opened);
  std::string changes;
  {
    Statement query = opened->Ask("SELECT changes FROM journal ORDER BY id DESC LIMIT 1");
    ASSERT_TRUE(query.Next().value());
    changes = query.Text(0);
  }
  EXPECT_TRUE(IsWholeChangeset(changes));
  EXPECT_TRUE(IsWholeChangeset(""));
  const auto keep = [](const RowKey&) { return false; };
  std::size_t refused = 0;
  for (std::size_t i = 1; i < changes.size(); ++i) {
    auto transaction = Transaction::Begin(*opened);
    ASSERT_TRUE(transaction);
    const std::string_view cut = std::string_view(changes).substr(0, i);
    const auto applied = ApplyChanges(*opened, cut, kRecordedTables, ChangeDirection::kBack, keep);
    if (applied) continue;
    EXPECT_EQ(applied.error().code(), Code::kCorrupt);
    ++refused;
  }
  EXPECT_GT(refused, changes.size() - 20) << "whole are only those cut between two changes";
}

// Compaction may forget a picture that an old entry speaks of: what was said of it is left out then.
TEST_F(JournalSteps, ForgottenPicturesDoNotStandInTheWay) {
  Tag("a", {1, 2});
  Do("untag", [](Change& change) { ASSERT_TRUE(change.Unmark("a", Pictures({1, 2}))); });
  RunOver("/p", {NewPicture("/p/1", 1)});
  ASSERT_TRUE(catalog_->Compact(kSpace));
  EXPECT_TRUE(catalog_->AssetsOf(Pictures({2}))->empty());
  ASSERT_TRUE(notes().Undo());
  EXPECT_EQ(Carriers("a"), std::vector<int>{1});
  ASSERT_TRUE(notes().Redo());
  ASSERT_TRUE(notes().Undo());
  RunOver("/p", {NewPicture("/p/1", 1), NewPicture("/p/9", 9)});
  const auto assets = catalog_->AssetsOf(Pictures({7})).value();
  ASSERT_EQ(assets.size(), 1U) << "an id is never given twice";
  EXPECT_EQ(assets[0].content, ContentOf(9));
}

}  // namespace
}  // namespace vitrine
