// Steps: how they are made, listed and walked. See board_store.h for the rules of undo.
#include <algorithm>
#include <set>
#include <utility>

#include "base/try.h"
#include "base/utf8.h"
#include "boards/item_check.h"
#include "boards/store/board_rows.h"
#include "boards/store/board_store.h"

namespace vitrine {
namespace {

constexpr std::size_t kMostWhat = 255;

std::optional<std::string> TextOrNone(const Statement& query, int column) {
  return query.IsNull(column) ? std::nullopt : std::optional(query.Text(column));
}

Status RecordStep(Database& db, const BoardRow& row, const NewStep& step, const std::string& at) {
  const auto part = [](const std::optional<TextStep>& text, std::string TextStep::* side) {
    return text ? std::optional((*text).*side) : std::nullopt;
  };
  VITRINE_TRY(
      db.Ask("INSERT INTO step (board, revision, at, what, kind, state, target, name_before, name_after, "
             "background_before, background_after) VALUES (?, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?)",
             row.number, row.revision, std::string_view(at), std::string_view(step.what),
             static_cast<std::int64_t>(step.kind), step.target, part(step.name, &TextStep::before),
             part(step.name, &TextStep::after), part(step.background, &TextStep::before),
             part(step.background, &TextStep::after))
          .Run());
  for (const ItemStep& item : step.items) {
    VITRINE_TRY(db.Ask("INSERT INTO step_item (board, revision, id, before, after) VALUES (?, ?, ?, ?, ?)",
                       row.number, row.revision, std::string_view(item.id), item.before, item.after)
                    .Run());
  }
  return {};
}

// An edit ends what could come back; an undo or redo turns its edit.
Status MarkEdits(Database& db, const BoardRow& row, const NewStep& step) {
  if (step.kind == StepKind::kEdit) {
    return db.Ask("UPDATE step SET state = 2 WHERE board = ? AND kind = 0 AND state = 1", row.number).Run();
  }
  const auto state =
      static_cast<std::int64_t>(step.kind == StepKind::kUndo ? StepState::kUndone : StepState::kStands);
  return db.Ask("UPDATE step SET state = ? WHERE board = ? AND revision = ?", state, row.number, *step.target)
      .Run();
}

Result<std::set<std::string>> ItemsChangedSince(Database& db, std::int64_t board, std::int64_t revision) {
  std::set<std::string> ids;
  Statement query =
      db.Ask("SELECT DISTINCT id FROM step_item WHERE board = ? AND revision > ?", board, revision);
  while (true) {
    VITRINE_TRY_ASSIGN(const bool more, query.Next());
    if (!more) return ids;
    ids.insert(query.Text(0));
  }
}

Result<std::vector<ItemChange>> ChangesOf(const NewStep& step) {
  std::vector<ItemChange> changes;
  for (const ItemStep& item : step.items) {
    ItemChange change{.id = item.id, .item = std::nullopt};
    if (item.after) {
      VITRINE_TRY_ASSIGN(change.item, ItemFromBody(*item.after));
    }
    changes.push_back(std::move(change));
  }
  return changes;
}

bool ChangesNothing(const NewStep& step) { return step.items.empty() && !step.name && !step.background; }

// What somebody at `base_revision` missed before the step at `revision`, and what both changed.
Status TellOfOthers(Database& db, const BoardRow& row, std::int64_t base_revision, const NewStep& step,
                    EditResult& result) {
  VITRINE_TRY_ASSIGN(result.missed, StepsBetween(db, row.number, base_revision, row.revision + 1));
  if (result.missed.empty()) return {};
  VITRINE_TRY_ASSIGN(const std::set<std::string> changed, ItemsChangedSince(db, row.number, base_revision));
  for (const ItemStep& item : step.items) {
    if (changed.contains(item.id)) result.conflicts.push_back(item.id);
  }
  return {};
}

}  // namespace

Status CheckBase(const BoardRow& row, std::int64_t base_revision) {
  if (base_revision >= 0 && base_revision <= row.revision) return {};
  return Error(Code::kInvalidArgument, "the board " + Quoted(row.name) + " has no revision " +
                                           std::to_string(base_revision) + " yet: it is at " +
                                           std::to_string(row.revision) + "; read it again");
}

Result<WalkState> WalkStateOf(Database& db, std::int64_t board) {
  Statement query = db.Ask(
      "SELECT EXISTS (SELECT 1 FROM step WHERE board = ?1 AND kind = 0 AND state = 0), "
      "EXISTS (SELECT 1 FROM step WHERE board = ?1 AND kind = 0 AND state = 1)",
      board);
  VITRINE_TRY(query.Next());
  return WalkState{.can_undo = query.Int(0) != 0, .can_redo = query.Int(1) != 0};
}

Result<std::vector<BoardStep>> StepsBetween(Database& db, std::int64_t board, std::int64_t after,
                                            std::int64_t before) {
  std::vector<BoardStep> steps;
  Statement query = db.Ask(
      "SELECT revision, at, what, state <> 0, name_after, background_after FROM step WHERE board = ? AND "
      "revision > ? AND revision < ? ORDER BY revision",
      board, after, before);
  while (true) {
    VITRINE_TRY_ASSIGN(const bool more, query.Next());
    if (!more) break;
    steps.push_back({.revision = query.Int(0),
                     .at = query.Text(1),
                     .what = query.Text(2),
                     .undone = query.Int(3) != 0,
                     .changes = {},
                     .name = TextOrNone(query, 4),
                     .background = TextOrNone(query, 5)});
  }
  Statement items = db.Ask(
      "SELECT revision, id, after FROM step_item WHERE board = ? AND revision > ? AND revision < ? ORDER BY "
      "revision, id",
      board, after, before);
  auto step = steps.begin();
  while (true) {
    VITRINE_TRY_ASSIGN(const bool more, items.Next());
    if (!more) return steps;
    while (step != steps.end() && step->revision < items.Int(0)) ++step;
    if (step == steps.end()) return steps;
    ItemChange change{.id = items.Text(1), .item = std::nullopt};
    if (!items.IsNull(2)) {
      VITRINE_TRY_ASSIGN(change.item, ItemFromBody(items.Text(2)));
    }
    step->changes.push_back(std::move(change));
  }
}

Result<EditResult> MakeStep(Database& db, BoardRow row, std::int64_t base_revision, NewStep step) {
  EditResult result;
  VITRINE_TRY(CheckBase(row, base_revision));
  VITRINE_TRY(TellOfOthers(db, row, base_revision, step, result));
  VITRINE_TRY_ASSIGN(const std::string at, NowText(db));
  result.step = {.revision = row.revision, .at = at, .what = step.what};
  if (!ChangesNothing(step)) {
    ++row.revision;
    row.changed = at;
    for (const ItemStep& item : step.items) VITRINE_TRY(PutItem(db, row, item.id, item.after));
    if (row.items > static_cast<std::int64_t>(kMostBoardItems)) {
      return Error(Code::kInvalidArgument,
                   "a board holds at most 20,000 items; this step would make " + std::to_string(row.items));
    }
    if (step.name) row.name = step.name->after;
    if (step.background) row.background = step.background->after;
    VITRINE_TRY(MarkEdits(db, row, step));
    VITRINE_TRY(RecordStep(db, row, step, at));
    VITRINE_TRY(StoreRow(db, row));
    result.step.revision = row.revision;
    VITRINE_TRY_ASSIGN(result.step.changes, ChangesOf(step));
    if (step.name) result.step.name = step.name->after;
    if (step.background) result.step.background = step.background->after;
  }
  VITRINE_TRY_ASSIGN(const WalkState walk, WalkStateOf(db, row.number));
  result.can_undo = walk.can_undo;
  result.can_redo = walk.can_redo;
  return result;
}

Result<NewStep> WayBackTo(Database& db, const BoardRow& row, std::int64_t revision) {
  NewStep way;
  // min() makes the other columns those of the row that has the minimum (SQLite documents this).
  Statement query = db.Ask(
      "SELECT s.id, s.before, item.body, min(s.revision) FROM step_item AS s LEFT JOIN item ON item.board = "
      "s.board "
      "AND item.id = s.id WHERE s.board = ? AND s.revision > ? GROUP BY s.id",
      row.number, revision);
  while (true) {
    VITRINE_TRY_ASSIGN(const bool more, query.Next());
    if (!more) break;
    ItemStep item{.id = query.Text(0), .before = TextOrNone(query, 2), .after = TextOrNone(query, 1)};
    if (item.before != item.after) way.items.push_back(std::move(item));
  }
  Statement paper = db.Ask(
      "SELECT background_before FROM step WHERE board = ? AND revision > ? AND background_before IS NOT NULL "
      "ORDER BY revision LIMIT 1",
      row.number, revision);
  VITRINE_TRY_ASSIGN(const bool painted, paper.Next());
  if (painted && paper.Bytes(0) != row.background) {
    way.background = TextStep{.before = row.background, .after = paper.Text(0)};
  }
  return way;
}

namespace {

Status CheckEdit(const BoardEdit& edit) {
  std::set<std::string_view> ids;
  for (const ItemChange& change : edit.changes) {
    if (!ids.insert(change.id).second) {
      return Error(Code::kInvalidArgument, "item " + Quoted(change.id) + " is changed twice in one edit");
    }
    if (!change.item) continue;
    if (change.item->id != change.id) {
      return Error(Code::kInvalidArgument,
                   "item " + Quoted(change.id) + ": id is another one, " + Quoted(change.item->id));
    }
    VITRINE_TRY(CheckItem(*change.item));
  }
  if (edit.name) VITRINE_TRY(CheckBoardName(*edit.name));
  if (edit.background) VITRINE_TRY(CheckColour(*edit.background, "the background"));
  return {};
}

// What is to be called what: printable, cut to size.
std::string WhatText(const std::string& what) {
  const std::string text = Printable(what);
  return std::string(CutUtf8(text, kMostWhat));
}

Result<NewStep> StepOfEdit(Database& db, const BoardRow& row, const BoardEdit& edit) {
  NewStep step{.kind = StepKind::kEdit, .what = WhatText(edit.what)};
  if (edit.name && *edit.name != row.name) step.name = TextStep{.before = row.name, .after = *edit.name};
  if (edit.background && *edit.background != row.background) {
    step.background = TextStep{.before = row.background, .after = *edit.background};
  }
  for (const ItemChange& change : edit.changes) {
    Statement query =
        db.Ask("SELECT body FROM item WHERE board = ? AND id = ?", row.number, std::string_view(change.id));
    VITRINE_TRY_ASSIGN(const bool found, query.Next());
    ItemStep item{.id = change.id};
    if (found) item.before = query.Text(0);
    if (change.item) item.after = ItemToJson(Canonical(*change.item), false);
    if (item.before != item.after) step.items.push_back(std::move(item));
  }
  return step;
}

// What takes an edit back, or makes it again.
Result<NewStep> StepOfWalk(Database& db, const BoardRow& row, bool back) {
  const char* newest =
      "SELECT revision, what, name_before, name_after, background_before, background_after FROM step WHERE "
      "board = ? "
      "AND kind = 0 AND state = 0 ORDER BY revision DESC LIMIT 1";
  const char* oldest =
      "SELECT revision, what, name_before, name_after, background_before, background_after FROM step WHERE "
      "board = ? "
      "AND kind = 0 AND state = 1 ORDER BY revision LIMIT 1";
  Statement edit = db.Ask(back ? newest : oldest, row.number);
  VITRINE_TRY_ASSIGN(const bool found, edit.Next());
  if (!found) {
    return Error(Code::kNotFound, "there is nothing to " + std::string(back ? "undo" : "redo") +
                                      " on the board " + Quoted(row.name));
  }
  NewStep step{.kind = back ? StepKind::kUndo : StepKind::kRedo,
               .what = WhatText((back ? "undo: " : "redo: ") + edit.Text(1)),
               .target = edit.Int(0)};
  const auto text = [&](int before) {
    std::optional<TextStep> change;
    if (edit.IsNull(before)) return change;
    change = TextStep{.before = edit.Text(before), .after = edit.Text(before + 1)};
    if (back) std::swap(change->before, change->after);
    return change;
  };
  step.name = text(2);
  step.background = text(4);
  Statement items = db.Ask("SELECT id, before, after FROM step_item WHERE board = ? AND revision = ?",
                           row.number, *step.target);
  while (true) {
    VITRINE_TRY_ASSIGN(const bool more, items.Next());
    if (!more) return step;
    ItemStep item{.id = items.Text(0), .before = TextOrNone(items, 1), .after = TextOrNone(items, 2)};
    if (back) std::swap(item.before, item.after);
    step.items.push_back(std::move(item));
  }
}

Result<EditResult> Walk(Database& db, const std::string& id, std::int64_t base_revision, bool back) {
  VITRINE_TRY_ASSIGN(Transaction transaction, Transaction::Begin(db));
  VITRINE_TRY_ASSIGN(BoardRow row, RowOfBoard(db, id));
  VITRINE_TRY(CheckBase(row, base_revision));
  VITRINE_TRY_ASSIGN(NewStep step, StepOfWalk(db, row, back));
  VITRINE_TRY_ASSIGN(EditResult result, MakeStep(db, std::move(row), base_revision, std::move(step)));
  VITRINE_TRY(transaction.Commit());
  return result;
}

}  // namespace

Result<EditResult> BoardStore::Edit(const std::string& id, const BoardEdit& edit) {
  VITRINE_TRY(CheckEdit(edit));
  VITRINE_TRY_ASSIGN(Transaction transaction, Transaction::Begin(db_));
  VITRINE_TRY_ASSIGN(BoardRow row, RowOfBoard(db_, id));
  VITRINE_TRY_ASSIGN(NewStep step, StepOfEdit(db_, row, edit));
  VITRINE_TRY_ASSIGN(EditResult result, MakeStep(db_, std::move(row), edit.base_revision, std::move(step)));
  VITRINE_TRY(transaction.Commit());
  return result;
}

Result<EditResult> BoardStore::Undo(const std::string& id, std::int64_t base_revision) {
  return Walk(db_, id, base_revision, true);
}

Result<EditResult> BoardStore::Redo(const std::string& id, std::int64_t base_revision) {
  return Walk(db_, id, base_revision, false);
}

Result<std::vector<BoardStep>> BoardStore::StepsSince(const std::string& id, std::int64_t revision) {
  VITRINE_TRY_ASSIGN(const ReadTransaction reading, ReadTransaction::Begin(db_));
  VITRINE_TRY_ASSIGN(const BoardRow row, RowOfBoard(db_, id));
  VITRINE_TRY(CheckBase(row, revision));
  return StepsBetween(db_, row.number, revision, row.revision + 1);
}

}  // namespace vitrine
