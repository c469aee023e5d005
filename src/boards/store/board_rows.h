// What the parts of the store share: a board's row, its items, and how steps are read and made. Used inside a
// transaction.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "catalog/sqlite.h"
#include "vitrine/boards.h"
#include "vitrine/result.h"

namespace vitrine {

/// A row of the table board.
struct BoardRow {
  std::int64_t number = 0;
  std::string id, name, background;
  std::int64_t revision = 0;
  std::string created, changed;
  bool is_template = false, deleted = false;
  std::int64_t items = 0, pictures = 0;
};

/// A text that a step changes.
struct TextStep {
  std::string before, after;
};

/// An item that a step changes, as canonical JSON; none where it is not there.
struct ItemStep {
  std::string id;
  std::optional<std::string> before, after;
};

enum class StepKind : std::uint8_t { kEdit, kUndo, kRedo };
enum class StepState : std::uint8_t { kStands, kUndone, kDropped };

/// A step to make.
struct NewStep {
  StepKind kind = StepKind::kEdit;
  std::string what;
  std::optional<std::int64_t> target;  ///< Of an undo or redo: the revision of the edit.
  std::vector<ItemStep> items;
  std::optional<TextStep> name, background;
};

/// Errors: kNotFound (none of that id, or, unless `deleted_too`, one in the bin; the message says which).
Result<BoardRow> RowOfBoard(Database& db, const std::string& id, bool deleted_too = false);
/// Writes counts, texts and revision of a row.
Status StoreRow(Database& db, const BoardRow& row);
/// In order of z, then id.
Result<std::vector<BoardItem>> ItemsOfBoard(Database& db, std::int64_t board);
/// Makes the item of that id what it is to be and keeps the row's counts.
Status PutItem(Database& db, BoardRow& row, const std::string& id, const std::optional<std::string>& body);
/// "2026-11-25T09:30:00Z".
Result<std::string> NowText(Database& db);
/// A kept item. Errors: kCorrupt.
Result<BoardItem> ItemFromBody(const std::string& body);

/// Makes a step: items, texts, history, revision. A step that changes nothing is not made.
Result<EditResult> MakeStep(Database& db, BoardRow row, std::int64_t base_revision, NewStep step);
/// Steps with a revision in (after, before), oldest first.
Result<std::vector<BoardStep>> StepsBetween(Database& db, std::int64_t board, std::int64_t after,
                                            std::int64_t before);
/// Errors: kInvalidArgument (a revision that the board has not reached).
Status CheckBase(const BoardRow& row, std::int64_t base_revision);
/// What takes the board from now back to a revision. Cost: the steps since then.
Result<NewStep> WayBackTo(Database& db, const BoardRow& row, std::int64_t revision);

struct WalkState {
  bool can_undo = false, can_redo = false;
};
Result<WalkState> WalkStateOf(Database& db, std::int64_t board);

}  // namespace vitrine
