#include "boards/store/board_steps.h"

#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "base/try.h"
#include "base/utc_now.h"
#include "base/utf8.h"
#include "boards/item_check.h"

namespace vitrine {
namespace {

constexpr std::size_t kMostWhat = 255;

// What is to be called what: printable, cut to size.
std::string WhatText(const std::string& what) {
  const std::string text = Printable(what);
  return std::string(CutUtf8(text, kMostWhat));
}

std::optional<std::string> AfterOf(const std::optional<TextStep>& text) {
  return text ? std::optional(text->after) : std::nullopt;
}

Result<BoardStep> ForOnlooker(KeptStep step) {
  BoardStep told{.revision = step.revision,
                 .at = std::move(step.at),
                 .what = std::move(step.what),
                 .undone = step.state != StepState::kStands,
                 .changes = {},
                 .name = AfterOf(step.name),
                 .background = AfterOf(step.background)};
  for (const ItemStep& item : step.items) {
    ItemChange& change = told.changes.emplace_back();
    change.id = item.id;
    if (!item.after) continue;
    VITRINE_TRY_ASSIGN(change.item, ItemFromBody(*item.after));
  }
  return told;
}

// What somebody at `base_revision` missed before this step, and what both changed.
Status TellOfOthers(OpenBoard& board, std::int64_t base_revision, const KeptStep& step, EditResult& result) {
  if (base_revision == board.row.revision) return {};
  VITRINE_TRY_ASSIGN(std::vector<KeptStep> missed, board.Steps(base_revision, board.row.revision + 1));
  std::set<std::string> changed;
  for (const KeptStep& other : missed) {
    for (const ItemStep& item : other.items) changed.insert(item.id);
  }
  for (const ItemStep& item : step.items) {
    if (changed.contains(item.id)) result.conflicts.push_back(item.id);
  }
  VITRINE_TRY_ASSIGN(result.missed, ForOnlookers(std::move(missed)));
  return {};
}

bool ChangesNothing(const KeptStep& step) { return step.items.empty() && !step.name && !step.background; }

}  // namespace

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

Status CheckBase(const BoardRow& row, std::int64_t base_revision) {
  if (base_revision >= 0 && base_revision <= row.revision) return {};
  return Error(Code::kInvalidArgument, "the board " + Quoted(row.name) + " has no revision " +
                                           std::to_string(base_revision) + " yet: it is at " +
                                           std::to_string(row.revision) + "; read it again");
}

Result<KeptStep> StepOfEdit(OpenBoard& board, const BoardEdit& edit) {
  KeptStep step{.what = WhatText(edit.what)};
  const BoardRow& row = board.row;
  if (edit.name && *edit.name != row.name) step.name = TextStep{.before = row.name, .after = *edit.name};
  if (edit.background && *edit.background != row.background) {
    step.background = TextStep{.before = row.background, .after = *edit.background};
  }
  std::map<std::string, ItemStep> items;
  for (const ItemChange& change : edit.changes) {
    ItemStep item{.id = change.id};
    VITRINE_TRY_ASSIGN(item.before, board.BodyOf(change.id));
    if (change.item) item.after = ItemToJson(Canonical(*change.item), false);
    if (item.before != item.after) items.emplace(change.id, std::move(item));
  }
  for (auto& [id, item] : items) step.items.push_back(std::move(item));
  return step;
}

Result<KeptStep> StepOfWalk(OpenBoard& board, bool back) {
  VITRINE_TRY_ASSIGN(std::optional<KeptStep> edit, back ? board.NewestStanding() : board.OldestUndone());
  if (!edit) {
    return Error(Code::kNotFound, "there is nothing to " + std::string(back ? "undo" : "redo") +
                                      " on the board " + Quoted(board.row.name));
  }
  KeptStep step{.what = WhatText((back ? "undo: " : "redo: ") + edit->what),
                .kind = back ? StepKind::kUndo : StepKind::kRedo,
                .target = edit->revision,
                .items = std::move(edit->items),
                .name = std::move(edit->name),
                .background = std::move(edit->background)};
  if (!back) return step;
  for (ItemStep& item : step.items) std::swap(item.before, item.after);
  for (std::optional<TextStep>* text : {&step.name, &step.background}) {
    if (*text) std::swap((*text)->before, (*text)->after);
  }
  return step;
}

Result<KeptStep> WayBackTo(OpenBoard& board, std::int64_t revision) {
  VITRINE_TRY_ASSIGN(const std::vector<KeptStep> since, board.Steps(revision, board.row.revision + 1));
  // What the first step behind that revision found is what was there.
  std::map<std::string, std::optional<std::string>> then;
  std::optional<std::string> paper;
  for (const KeptStep& step : since) {
    for (const ItemStep& item : step.items) then.try_emplace(item.id, item.before);
    if (step.background && !paper) paper = step.background->before;
  }
  KeptStep way;
  for (auto& [id, body] : then) {
    VITRINE_TRY_ASSIGN(std::optional<std::string> now, board.BodyOf(id));
    if (now != body) way.items.push_back({.id = id, .before = std::move(now), .after = std::move(body)});
  }
  if (paper && *paper != board.row.background) {
    way.background = TextStep{.before = board.row.background, .after = *paper};
  }
  return way;
}

Result<EditResult> MakeStep(OpenBoard& board, std::int64_t base_revision, KeptStep step) {
  EditResult result;
  BoardRow& row = board.row;
  VITRINE_TRY(CheckBase(row, base_revision));
  VITRINE_TRY(TellOfOthers(board, base_revision, step, result));
  step.at = UtcNow();
  step.revision = row.revision;
  if (!ChangesNothing(step)) {
    step.revision = ++row.revision;
    row.changed = step.at;
    for (const ItemStep& item : step.items) VITRINE_TRY(board.Put(item.id, item.after));
    if (row.items > static_cast<std::int64_t>(kMostBoardItems)) {
      return Error(Code::kInvalidArgument,
                   "a board holds at most 20,000 items; this step would make " + std::to_string(row.items));
    }
    if (step.name) row.name = step.name->after;
    if (step.background) row.background = step.background->after;
    VITRINE_TRY(board.Record(step));
  }
  VITRINE_TRY_ASSIGN(result.step, ForOnlooker(std::move(step)));
  VITRINE_TRY_ASSIGN(const WalkState walk, board.Walk());
  result.can_undo = walk.can_undo;
  result.can_redo = walk.can_redo;
  return result;
}

Result<std::vector<BoardStep>> ForOnlookers(std::vector<KeptStep> steps) {
  std::vector<BoardStep> told;
  for (KeptStep& step : steps) {
    VITRINE_TRY_ASSIGN(BoardStep one, ForOnlooker(std::move(step)));
    told.push_back(std::move(one));
  }
  return told;
}

}  // namespace vitrine
