// What must hold of boards wherever they are kept: in a folder, on a cluster.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "boards/board_json.h"
#include "boards/item_check.h"
#include "boards/store/board_store.h"
#include "support/board_samples.h"

namespace vitrine {

/// Where boards are kept during one test.
class BoardPlace {
 public:
  virtual ~BoardPlace() = default;
  /// As another program would; from any thread.
  virtual std::unique_ptr<BoardStore> Open() = 0;
};

class BoardStoreCases : public ::testing::TestWithParam<std::function<std::unique_ptr<BoardPlace>()>> {
 protected:
  void SetUp() override {
    store_ = place_->Open();
    id_ = store_->Create({.name = "Kitchen", .items = {Picture("p1"), Note("n1", "Tiles")}})->id;
  }
  void Reopen() {
    store_.reset();
    store_ = place_->Open();
  }
  std::vector<BoardItem> Items() { return store_->Get(id_)->items; }
  std::int64_t Revision() { return store_->Get(id_)->revision; }

  static std::string Content(int number) { return testing::Content(number); }
  static BoardItem Picture(const std::string& id, double x = 0, int content = 1) {
    return testing::Picture(id, x, content);
  }
  static BoardItem Note(const std::string& id, const std::string& text) { return testing::Note(id, text); }
  static BoardEdit Put(std::int64_t base, const std::vector<BoardItem>& items,
                       const std::vector<std::string>& dropped = {}) {
    return testing::Put(base, items, dropped);
  }

  const std::unique_ptr<BoardPlace> place_ = GetParam()();
  std::unique_ptr<BoardStore> store_;
  std::string id_;
};

TEST_P(BoardStoreCases, ABoardIsAsItWasMadeAfterReopening) {
  Reopen();
  const Board board = store_->Get(id_).value();
  EXPECT_EQ(board.name, "Kitchen");
  EXPECT_EQ(board.revision, 0);
  EXPECT_FALSE(board.can_undo || board.can_redo);
  std::vector<BoardItem> wanted = {Picture("p1"), Note("n1", "Tiles")};
  SortItems(wanted);
  EXPECT_EQ(board.items, wanted);
  const auto list = store_->List(false).value();
  ASSERT_EQ(list.size(), 1U);
  EXPECT_EQ(list[0].summary.items, 2U);
  EXPECT_EQ(list[0].summary.pictures, 1U);
  EXPECT_EQ(list[0].cover, std::vector<std::string>{Content(1)});
}

TEST_P(BoardStoreCases, EditsChangeAddAndRemove) {
  const auto result = store_->Edit(id_, Put(0, {Picture("p1", 100), Picture("p2", 0, 2)}, {"n1"}));
  ASSERT_TRUE(result) << result.error().message();
  EXPECT_EQ(result->step.revision, 1);
  EXPECT_EQ(result->step.changes.size(), 3U);
  EXPECT_TRUE(result->can_undo);
  EXPECT_TRUE(result->conflicts.empty());
  EXPECT_EQ(Items(), (std::vector<BoardItem>{Picture("p1", 100), Picture("p2", 0, 2)}));
}

TEST_P(BoardStoreCases, UndoAndRedoWalkAcrossRestarts) {
  std::vector<std::vector<BoardItem>> states = {Items()};
  for (int i = 1; i <= 30; ++i) {
    ASSERT_TRUE(store_->Edit(id_, Put(i - 1, {Picture("p" + std::to_string(i % 7), i, i)})));
    states.push_back(Items());
  }
  for (int i = 29; i >= 0; --i) {
    if (i % 10 == 0) Reopen();
    const auto result = store_->Undo(id_, Revision());
    ASSERT_TRUE(result) << result.error().message();
    EXPECT_EQ(Items(), states[static_cast<std::size_t>(i)]);
    EXPECT_EQ(result->can_undo, i > 0);
    EXPECT_TRUE(result->can_redo);
  }
  EXPECT_EQ(store_->Undo(id_, Revision()).error().code(), Code::kNotFound);
  for (std::size_t i = 1; i <= 30; ++i) {
    ASSERT_TRUE(store_->Redo(id_, Revision()));
    EXPECT_EQ(Items(), states[i]);
  }
  EXPECT_EQ(store_->Redo(id_, Revision()).error().code(), Code::kNotFound);
  EXPECT_EQ(Revision(), 90);
}

TEST_P(BoardStoreCases, AnEditAfterUndoEndsRedoButLosesNothing) {
  ASSERT_TRUE(store_->Edit(id_, Put(0, {Picture("p1", 1)})));
  const BoardVersion version = store_->SaveVersion(id_, "one").value();
  ASSERT_TRUE(store_->Undo(id_, 1));
  const auto edit = store_->Edit(id_, Put(2, {Picture("p1", 2)}));
  EXPECT_FALSE(edit->can_redo);
  EXPECT_FALSE(store_->Redo(id_, 3));
  const auto steps = store_->StepsSince(id_, 0).value();
  ASSERT_EQ(steps.size(), 3U);
  EXPECT_TRUE(steps[0].undone);
  EXPECT_FALSE(steps[2].undone);
  ASSERT_TRUE(store_->RestoreVersion(id_, version.id));
  EXPECT_EQ(Items().back().x, 1);
  ASSERT_TRUE(store_->Undo(id_, Revision()));
  EXPECT_EQ(Items().back().x, 2);
  ASSERT_TRUE(store_->Undo(id_, Revision()));
  EXPECT_EQ(Items().back().x, 0);
}

TEST_P(BoardStoreCases, TwoEditorsMergeItemByItem) {
  ASSERT_TRUE(store_->Edit(id_, Put(0, {Picture("p1", 50), Picture("p2", 0, 2)})));
  const auto other = store_->Edit(id_, Put(0, {Picture("p1", 70), Note("n1", "Taps")}));
  ASSERT_TRUE(other);
  EXPECT_EQ(other->step.revision, 2);
  EXPECT_EQ(other->conflicts, std::vector<std::string>{"p1"});
  ASSERT_EQ(other->missed.size(), 1U);
  EXPECT_EQ(other->missed[0].revision, 1);
  EXPECT_EQ(other->missed[0].changes.size(), 2U);
  EXPECT_EQ(Items().size(), 3U);
  EXPECT_EQ(store_->Edit(id_, Put(3, {Note("n1", "x")})).error().code(), Code::kInvalidArgument);
}

// What an onlooker applies, step by step, gives the board that everybody else has.
TEST_P(BoardStoreCases, OnlookersWhoApplyEachStepSeeTheSameBoard) {
  std::mt19937 random(20261125);
  std::map<std::string, BoardItem> seen;
  for (const BoardItem& item : Items()) seen[item.id] = item;
  std::int64_t at = 0;
  for (int round = 0; round < 300; ++round) {
    const std::int64_t now = Revision();
    switch (random() % 4) {
      case 0:
        static_cast<void>(store_->Undo(id_, now));
        break;
      case 1:
        static_cast<void>(store_->Redo(id_, now));
        break;
      default: {
        const std::string name = "p" + std::to_string(random() % 9);
        const std::int64_t base = now - static_cast<std::int64_t>(random() % 2) * (now > 0 ? 1 : 0);
        const auto edit = random() % 3 == 0 ? Put(base, {}, {name})
                                            : Put(base, {Picture(name, static_cast<double>(random() % 50),
                                                                 1 + static_cast<int>(random() % 5))});
        ASSERT_TRUE(store_->Edit(id_, edit));
      }
    }
    const std::vector<BoardStep> steps = store_->StepsSince(id_, at).value();
    for (const BoardStep& step : steps) {
      ASSERT_EQ(step.revision, at + 1);
      at = step.revision;
      for (const ItemChange& change : step.changes) {
        if (change.item) {
          seen[change.id] = *change.item;
        } else {
          seen.erase(change.id);
        }
      }
    }
    std::vector<BoardItem> mine;
    for (const auto& [id, item] : seen) mine.push_back(item);
    SortItems(mine);
    ASSERT_EQ(mine, Items()) << "round " << round;
  }
}

TEST_P(BoardStoreCases, EveryVersionComesBackAsItWas) {
  std::mt19937 random(7);
  std::vector<std::pair<std::int64_t, std::vector<BoardItem>>> versions;
  for (int i = 0; i < 40; ++i) {
    const std::string name = "p" + std::to_string(random() % 6);
    ASSERT_TRUE(store_->Edit(
        id_, random() % 4 == 0 ? Put(Revision(), {}, {name}) : Put(Revision(), {Picture(name, i)})));
    if (i % 5 == 0) versions.emplace_back(store_->SaveVersion(id_, "v" + std::to_string(i))->id, Items());
  }
  std::shuffle(versions.begin(), versions.end(), random);
  for (const auto& [version, items] : versions) {
    ASSERT_TRUE(store_->RestoreVersion(id_, version));
    EXPECT_EQ(Items(), items);
  }
  EXPECT_EQ(store_->Versions(id_)->size(), versions.size());
  EXPECT_EQ(store_->RestoreVersion(id_, 12345).error().code(), Code::kNotFound);
}

TEST_P(BoardStoreCases, WhatBreaksBoundsChangesNothing) {
  const std::vector<BoardItem> before = Items();
  BoardItem bad = Picture("p9");
  bad.width = -1;
  const auto result = store_->Edit(id_, Put(0, {Picture("p2"), bad}));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code(), Code::kInvalidArgument);
  EXPECT_NE(result.error().message().find("\"p9\": width"), std::string::npos) << result.error().message();
  EXPECT_FALSE(store_->Edit(id_, Put(0, {Picture("p2"), Picture("p2", 4)})));
  BoardEdit renamed{.base_revision = 0, .what = "rename"};
  renamed.name = "a\nb";
  EXPECT_FALSE(store_->Edit(id_, renamed));
  EXPECT_EQ(Items(), before);
  EXPECT_EQ(Revision(), 0);
}

TEST_P(BoardStoreCases, AtMostTwentyThousandItems) {
  std::vector<BoardItem> many;
  for (std::size_t i = 0; i < kMostBoardItems - 2; ++i)
    many.push_back(Picture("x" + std::to_string(i), 0, 3));
  ASSERT_TRUE(store_->Edit(id_, Put(0, many)));
  const auto one_more = store_->Edit(id_, Put(1, {Picture("last")}));
  ASSERT_FALSE(one_more);
  EXPECT_EQ(one_more.error().code(), Code::kInvalidArgument);
  EXPECT_EQ(Items().size(), kMostBoardItems);
  EXPECT_EQ(store_->List(false)->front().summary.pictures, kMostBoardItems - 1);
  ASSERT_TRUE(store_->Undo(id_, 1));
  EXPECT_EQ(store_->List(false)->front().summary.items, 2U);
}

TEST_P(BoardStoreCases, NamesAndPapersAreUndoneToo) {
  BoardEdit edit{.base_revision = 0, .what = "rename"};
  edit.name = "Bath";
  edit.background = "#FFEEdd";
  ASSERT_TRUE(store_->Edit(id_, edit));
  EXPECT_EQ(store_->Get(id_)->name, "Bath");
  ASSERT_TRUE(store_->Undo(id_, 1));
  EXPECT_EQ(store_->Get(id_)->name, "Kitchen");
  EXPECT_EQ(store_->Get(id_)->background, "");
}

TEST_P(BoardStoreCases, AnEditThatChangesNothingIsNoStep) {
  const auto result = store_->Edit(id_, Put(0, {Picture("p1")}, {"nobody"}));
  ASSERT_TRUE(result);
  EXPECT_EQ(result->step.revision, 0);
  EXPECT_TRUE(result->step.changes.empty());
  EXPECT_FALSE(result->can_undo);
}

TEST_P(BoardStoreCases, BoardsGoToTheBinAndComeBack) {
  ASSERT_TRUE(store_->SetDeleted(id_, true));
  EXPECT_TRUE(store_->List(false)->empty());
  EXPECT_EQ(store_->List(true)->size(), 1U);
  EXPECT_NE(store_->Get(id_).error().message().find("bin"), std::string::npos);
  EXPECT_TRUE(store_->BoardsWith(Content(1))->empty());
  EXPECT_EQ(store_->Find("Kitchen").value(), id_);
  ASSERT_TRUE(store_->SetDeleted(id_, false));
  EXPECT_EQ(Items().size(), 2U);
  EXPECT_EQ(store_->BoardsWith(Content(1)).value(), std::vector<std::string>{id_});
}

TEST_P(BoardStoreCases, BoardsOfOneNameAreFoundByIdAlone) {
  const std::string other = store_->Create({.name = "Kitchen"})->id;
  const auto found = store_->Find("Kitchen");
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code(), Code::kInvalidArgument);
  EXPECT_NE(found.error().message().find(other), std::string::npos);
  EXPECT_EQ(store_->Find(other).value(), other);
  EXPECT_NE(store_->Find("Kitchens").error().message().find("did you mean Kitchen?"), std::string::npos);
}

TEST_P(BoardStoreCases, LetterCaseCountsOnlyAmongSeveral) {
  EXPECT_EQ(store_->Find("kitchen").value(), id_);
  const std::string other = store_->Create({.name = "KITCHEN"})->id;
  EXPECT_EQ(store_->Find("KITCHEN").value(), other);
  EXPECT_EQ(store_->Find("kitchen").error().code(), Code::kInvalidArgument);
}

TEST_P(BoardStoreCases, ManyWritersAtOnceLoseNothing) {
  constexpr int kWriters = 4;
  constexpr int kEdits = 25;
  std::vector<std::thread> writers;
  for (int w = 0; w < kWriters; ++w) {
    writers.emplace_back([this, w] {
      const std::unique_ptr<BoardStore> store = place_->Open();
      for (int i = 0; i < kEdits; ++i) {
        const auto result =
            store->Edit(id_, Put(0, {Picture("w" + std::to_string(w) + "-" + std::to_string(i), i)}));
        EXPECT_TRUE(result) << result.error().message();
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(Items().size(), 2U + kWriters * kEdits);
  EXPECT_EQ(Revision(), kWriters * kEdits);
}

// Each lays a picture under the first id that is free: nobody takes another's.
TEST_P(BoardStoreCases, AnEditMadeForTheBoardAsItIsMeetsNobody) {
  constexpr std::size_t kWriters = 3, kEdits = 8;
  std::vector<std::thread> writers;
  for (std::size_t w = 0; w < kWriters; ++w) {
    writers.emplace_back([this] {
      const std::unique_ptr<BoardStore> store = place_->Open();
      for (std::size_t i = 0; i < kEdits; ++i) {
        const auto result = store->Edit(id_, [](const Board& board) -> Result<BoardEdit> {
          return Put(board.revision, {Picture("x" + std::to_string(board.items.size()))});
        });
        ASSERT_TRUE(result) << result.error().message();
        EXPECT_TRUE(result->conflicts.empty() && result->missed.empty());
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(Items().size(), 2U + kWriters * kEdits);
}

}  // namespace vitrine
