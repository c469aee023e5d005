#include "boards/store/board_copy.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "base/try.h"
#include "base/utf8.h"

namespace vitrine {
namespace {

constexpr int kMostTries = 16;

enum class Outcome : std::uint8_t { kWritten, kSame, kParted };

bool AreSame(const KeptStep& a, const KeptStep& b) {
  return a.revision == b.revision && a.at == b.at && a.what == b.what && a.kind == b.kind &&
         std::ranges::equal(a.items, b.items, [](const ItemStep& x, const ItemStep& y) {
           return x.id == y.id && x.before == y.before && x.after == y.after;
         });
}

bool AreSame(const BoardVersion& a, const BoardVersion& b) {
  return a.name == b.name && a.at == b.at && a.revision == b.revision;
}

// Whether one board's newest step is among the other's, so that one goes on from the other.
Result<bool> IsOneLine(OpenBoard& older, OpenBoard& newer) {
  const std::int64_t at = older.row.revision;
  if (at == 0) return true;
  VITRINE_TRY_ASSIGN(const std::vector<KeptStep> there, older.Steps(at - 1, at + 1));
  VITRINE_TRY_ASSIGN(const std::vector<KeptStep> here, newer.Steps(at - 1, at + 1));
  return there.size() == 1 && here.size() == 1 && AreSame(there.front(), here.front());
}

// Versions that the copy lacks, oldest first. True when there were any.
Result<bool> AddVersions(OpenBoard& from, OpenBoard& to) {
  VITRINE_TRY_ASSIGN(std::vector<BoardVersion> wanted, from.Versions());
  VITRINE_TRY_ASSIGN(const std::vector<BoardVersion> there, to.Versions());
  std::ranges::reverse(wanted);
  bool added = false;
  for (BoardVersion& version : wanted) {
    const bool known =
        std::ranges::any_of(there, [&](const BoardVersion& other) { return AreSame(version, other); });
    if (known) continue;
    VITRINE_TRY(to.Add(version));
    added = true;
  }
  return added;
}

void TakeRow(const BoardRow& from, BoardRow& to) {
  const std::int64_t items = to.items, pictures = to.pictures;
  to = from;
  to.items = items;
  to.pictures = pictures;
}

Status Fill(OpenBoard& from, OpenBoard& to) {
  VITRINE_TRY_ASSIGN(const std::vector<BoardItem> items, from.Items());
  for (const BoardItem& item : items) VITRINE_TRY(to.Put(item.id, ItemToJson(item, false)));
  VITRINE_TRY_ASSIGN(const std::vector<KeptStep> steps, from.Steps(0, from.row.revision + 1));
  for (const KeptStep& step : steps) VITRINE_TRY(to.Record(step));
  VITRINE_TRY(AddVersions(from, to));
  TakeRow(from.row, to.row);
  return {};
}

// The next thing that the copy lacks: a step, and when it has all of them, versions.
Result<Outcome> GoOn(OpenBoard& from, OpenBoard& to) {
  const bool is_behind = to.row.revision < from.row.revision;
  VITRINE_TRY_ASSIGN(const bool is_one_line, is_behind ? IsOneLine(to, from) : IsOneLine(from, to));
  if (!is_one_line) return Outcome::kParted;
  if (!is_behind) {
    VITRINE_TRY_ASSIGN(const bool has_versions, AddVersions(from, to));
    return has_versions ? Outcome::kWritten : Outcome::kSame;
  }
  VITRINE_TRY_ASSIGN(const std::vector<KeptStep> next, from.Steps(to.row.revision, to.row.revision + 2));
  const KeptStep& step = next.front();
  for (const ItemStep& item : step.items) VITRINE_TRY(to.Put(item.id, item.after));
  VITRINE_TRY(to.Record(step));
  to.row.revision = step.revision;
  to.row.changed = step.at;
  if (step.name) to.row.name = step.name->after;
  if (step.background) to.row.background = step.background->after;
  if (to.row.revision == from.row.revision) TakeRow(from.row, to.row);
  return Outcome::kWritten;
}

Result<Outcome> CopyBoard(OpenBoard& from, BoardStorage& storage) {
  bool is_written = false;
  for (int tries = 0; tries < kMostTries;) {
    VITRINE_TRY_ASSIGN(std::unique_ptr<OpenBoard> to, storage.Open(from.row.id, Opening::kChange));
    if (to) {
      VITRINE_TRY_ASSIGN(const Outcome outcome, GoOn(from, *to));
      if (outcome == Outcome::kSame && is_written) return Outcome::kWritten;
      if (outcome != Outcome::kWritten) return outcome;
    } else {
      VITRINE_TRY_ASSIGN(to, storage.Make({.id = from.row.id}));
      VITRINE_TRY(Fill(from, *to));
    }
    VITRINE_TRY_ASSIGN(const bool is_kept, to->Commit());
    is_written = is_written || is_kept;
    tries += is_kept ? 0 : 1;
  }
  return Error(Code::kLocked, "others change the board " + Quoted(from.row.name) +
                                  " of the copy all the time; try again in a moment");
}

}  // namespace

Result<BoardCopyReport> CopyBoards(BoardStorage& from, BoardStorage& to) {
  BoardCopyReport report;
  for (const bool deleted : {false, true}) {
    VITRINE_TRY_ASSIGN(const std::vector<NamedBoard> boards, from.Names(deleted));
    for (const NamedBoard& named : boards) {
      VITRINE_TRY_ASSIGN(const std::unique_ptr<OpenBoard> board, from.Open(named.id, Opening::kRead));
      if (!board) continue;
      ++report.boards;
      VITRINE_TRY_ASSIGN(const Outcome outcome, CopyBoard(*board, to));
      if (outcome == Outcome::kWritten) ++report.written;
      if (outcome == Outcome::kParted) report.parted.push_back(named.name);
    }
  }
  return report;
}

}  // namespace vitrine
