#include "engine/journal.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <ranges>
#include <span>
#include <vector>

#include "base/file.h"
#include "base/try.h"

namespace vitrine {
namespace {

std::vector<FileMove> Reversed(const std::vector<FileMove>& moves) {
  std::vector<FileMove> back;
  for (const FileMove& move : std::views::reverse(moves)) back.push_back({.from = move.to, .to = move.from});
  return back;
}

// All of the moves, or none: those that were made are returned when a later one fails.
Status MoveAll(const std::vector<FileMove>& moves) {
  for (std::size_t i = 0; i < moves.size(); ++i) {
    Status moved = MoveFile(moves[i].from, moves[i].to);
    if (moved) continue;
    for (const FileMove& back : Reversed({moves.begin(), moves.begin() + static_cast<std::ptrdiff_t>(i)})) {
      if (!MoveFile(back.from, back.to)) break;  // The first error says more than the second.
    }
    return moved;
  }
  return {};
}

// Files first, then the catalog, so that a catalog that refuses leaves the files where it says they are.
template <typename Record>
Result<JournalEntry> MoveThenRecord(const std::vector<FileMove>& moves, const Record& record) {
  VITRINE_TRY(MoveAll(moves));
  Result<JournalEntry> entry = record();
  if (!entry && !MoveAll(Reversed(moves))) {
    return std::move(entry).error().Annotate("files were moved, and could not be moved back");
  }
  return entry;
}

}  // namespace

Result<JournalEntry> UndoNewest(Annotations& annotations) {
  VITRINE_TRY_ASSIGN(const std::vector<JournalEntry> entries,
                     annotations.Journal(std::numeric_limits<std::int32_t>::max()));
  const auto standing = std::ranges::find(entries, false, &JournalEntry::undone);
  if (standing == entries.end()) return Error(Code::kNotFound, "there is nothing to undo");
  return MoveThenRecord(Reversed(standing->moves), [&] { return annotations.Undo(); });
}

Result<JournalEntry> RedoOldest(Annotations& annotations) {
  VITRINE_TRY_ASSIGN(const std::vector<JournalEntry> entries,
                     annotations.Journal(std::numeric_limits<std::int32_t>::max()));
  std::optional<JournalEntry> undone;
  for (const JournalEntry& entry : entries) {
    if (!entry.undone) break;
    undone = entry;
  }
  if (!undone) return Error(Code::kNotFound, "there is nothing to redo");
  return MoveThenRecord(undone->moves, [&] { return annotations.Redo(); });
}

}  // namespace vitrine
