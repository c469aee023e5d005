#include "boards/store/board_store.h"

#include "base/did_you_mean.h"
#include "base/random_id.h"
#include "base/try.h"
#include "base/utc_now.h"
#include "base/utf8.h"
#include "boards/board_json.h"
#include "boards/item_check.h"
#include "boards/store/board_steps.h"

namespace vitrine {
namespace {

constexpr std::size_t kIdBytes = 8;
constexpr int kMostTries = 16;

Status CheckSeed(const BoardSeed& seed) {
  VITRINE_TRY(CheckBoardName(seed.name));
  VITRINE_TRY(CheckColour(seed.background, "the background"));
  if (seed.items.size() > kMostBoardItems) {
    return Error(Code::kInvalidArgument, "a board holds at most 20,000 items; this one would begin with " +
                                             std::to_string(seed.items.size()));
  }
  for (const BoardItem& item : seed.items) VITRINE_TRY(CheckItem(item));
  return {};
}

Result<Board> WholeBoard(OpenBoard& open) {
  Board board{.id = open.row.id,
              .name = open.row.name,
              .background = open.row.background,
              .revision = open.row.revision,
              .created = open.row.created,
              .changed = open.row.changed,
              .is_template = open.row.is_template};
  VITRINE_TRY_ASSIGN(board.items, open.Items());
  VITRINE_TRY_ASSIGN(const WalkState walk, open.Walk());
  board.can_undo = walk.can_undo;
  board.can_redo = walk.can_redo;
  return board;
}

Error SeveralBoards(const std::string& name, const std::vector<std::string>& found) {
  std::string ids;
  for (const std::string& id : found) ids += (ids.empty() ? "" : ", ") + id;
  return Error(Code::kInvalidArgument,
               "several boards are called " + Quoted(name) + ": name one by its id (" + ids + ")");
}

Error Outrun(const std::string& name) {
  return Error(Code::kLocked,
               "others change the board " + Quoted(name) + " all the time; try again in a moment");
}

}  // namespace

Result<BoardItem> ItemFromBody(const std::string& body) {
  auto item = ItemFromJson(body);
  if (!item) {
    return Error(Code::kCorrupt, "an item is kept on a board that is damaged (" + item.error().message() +
                                     "): restore the boards from a backup; the pictures themselves are "
                                     "untouched");
  }
  return item;
}

Result<std::unique_ptr<OpenBoard>> BoardStore::Open(const std::string& id, Opening opening, Bin bin) {
  VITRINE_TRY_ASSIGN(std::unique_ptr<OpenBoard> board, storage_->Open(id, opening));
  if (!board) return Error(Code::kNotFound, "there is no board of id " + Quoted(id.substr(0, 64)));
  if (board->row.deleted && bin == Bin::kRefused) {
    return Error(Code::kNotFound,
                 "the board " + Quoted(board->row.name) + " lies in the bin: restore it first");
  }
  return board;
}

// Does the work on the board, again from its beginning when somebody else was quicker.
template <typename Work>
auto BoardStore::Change(const std::string& id, const Work& work, Bin bin)
    -> decltype(work(std::declval<OpenBoard&>())) {
  std::string name;
  for (int i = 0; i < kMostTries; ++i) {
    VITRINE_TRY_ASSIGN(const std::unique_ptr<OpenBoard> board, Open(id, Opening::kChange, bin));
    name = board->row.name;
    auto done = work(*board);
    if (!done) return done;
    VITRINE_TRY_ASSIGN(const bool is_kept, board->Commit());
    if (is_kept) return done;
  }
  return Outrun(name);
}

Result<Board> BoardStore::Create(const BoardSeed& seed) {
  VITRINE_TRY(CheckSeed(seed));
  const std::string now = UtcNow();
  const BoardRow row{.id = RandomId(kIdBytes),
                     .name = seed.name,
                     .background = seed.background,
                     .created = seed.created.empty() ? now : seed.created,
                     .changed = seed.changed.empty() ? now : seed.changed};
  VITRINE_TRY_ASSIGN(const std::unique_ptr<OpenBoard> open, storage_->Make(row));
  for (const BoardItem& item : seed.items) {
    VITRINE_TRY(open->Put(item.id, ItemToJson(Canonical(item), false)));
  }
  if (open->row.items != static_cast<std::int64_t>(seed.items.size())) {
    return Error(Code::kInvalidArgument, "two items of the board have one id");
  }
  VITRINE_TRY_ASSIGN(Board board, WholeBoard(*open));
  VITRINE_TRY_ASSIGN(const bool is_kept, open->Commit());
  if (!is_kept) return Outrun(seed.name);
  return board;
}

Result<Board> BoardStore::Get(const std::string& id) {
  VITRINE_TRY_ASSIGN(const std::unique_ptr<OpenBoard> board, Open(id, Opening::kRead));
  return WholeBoard(*board);
}

Result<std::string> BoardStore::Find(const std::string& id_or_name) {
  std::vector<std::string> names;
  const std::string folded = FoldCase(id_or_name);
  for (const bool deleted : {false, true}) {
    std::vector<std::string> exact;
    std::vector<std::string> alike;
    VITRINE_TRY_ASSIGN(const std::vector<NamedBoard> boards, storage_->Names(deleted));
    for (const NamedBoard& board : boards) {
      if (board.id == id_or_name) return board.id;
      if (board.name == id_or_name) exact.push_back(board.id);
      if (FoldCase(board.name) == folded) alike.push_back(board.id);
      if (!deleted) names.push_back(board.name);
    }
    const std::vector<std::string>& found = exact.empty() ? alike : exact;
    if (found.size() == 1) return found.front();
    if (found.size() > 1) return SeveralBoards(id_or_name, found);
  }
  const std::vector<std::string_view> candidates(names.begin(), names.end());
  return Error(Code::kNotFound,
               "there is no board " + Quoted(id_or_name) + DidYouMeanText(id_or_name, candidates));
}

Status BoardStore::SetTemplate(const std::string& id, bool is_template) {
  return Change(id, [&](OpenBoard& board) -> Status {
    board.row.is_template = is_template;
    return {};
  });
}

Status BoardStore::SetDeleted(const std::string& id, bool deleted) {
  const auto set = [&](OpenBoard& board) -> Status {
    board.row.deleted = deleted;
    return {};
  };
  return Change(id, set, Bin::kToo);
}

Result<EditResult> BoardStore::Edit(const std::string& id, const BoardEdit& edit) {
  VITRINE_TRY(CheckEdit(edit));
  return Change(id, [&](OpenBoard& board) -> Result<EditResult> {
    VITRINE_TRY_ASSIGN(KeptStep step, StepOfEdit(board, edit));
    return MakeStep(board, edit.base_revision, std::move(step));
  });
}

Result<EditResult> BoardStore::Edit(const std::string& id,
                                    const std::function<Result<BoardEdit>(const Board&)>& make) {
  return Change(id, [&](OpenBoard& open) -> Result<EditResult> {
    VITRINE_TRY_ASSIGN(const Board board, WholeBoard(open));
    VITRINE_TRY_ASSIGN(const BoardEdit edit, make(board));
    VITRINE_TRY(CheckEdit(edit));
    VITRINE_TRY_ASSIGN(KeptStep step, StepOfEdit(open, edit));
    return MakeStep(open, board.revision, std::move(step));
  });
}

Result<EditResult> BoardStore::Walk(const std::string& id, std::int64_t base_revision, bool back) {
  return Change(id, [&](OpenBoard& board) -> Result<EditResult> {
    VITRINE_TRY(CheckBase(board.row, base_revision));
    VITRINE_TRY_ASSIGN(KeptStep step, StepOfWalk(board, back));
    return MakeStep(board, base_revision, std::move(step));
  });
}

Result<EditResult> BoardStore::Undo(const std::string& id, std::int64_t base_revision) {
  return Walk(id, base_revision, true);
}

Result<EditResult> BoardStore::Redo(const std::string& id, std::int64_t base_revision) {
  return Walk(id, base_revision, false);
}

Result<std::vector<BoardStep>> BoardStore::StepsSince(const std::string& id, std::int64_t revision) {
  VITRINE_TRY_ASSIGN(const std::unique_ptr<OpenBoard> board, Open(id, Opening::kRead));
  VITRINE_TRY(CheckBase(board->row, revision));
  VITRINE_TRY_ASSIGN(std::vector<KeptStep> steps, board->Steps(revision, board->row.revision + 1));
  return ForOnlookers(std::move(steps));
}

Result<BoardVersion> BoardStore::SaveVersion(const std::string& id, const std::string& name) {
  if (const Status named = CheckBoardName(name); !named) {
    return Error(Code::kInvalidArgument,
                 "a version's name must be 1 to 255 bytes of UTF-8 without control characters");
  }
  return Change(id, [&](OpenBoard& board) -> Result<BoardVersion> {
    BoardVersion version{.name = name, .at = UtcNow(), .revision = board.row.revision};
    VITRINE_TRY(board.Add(version));
    return version;
  });
}

Result<std::vector<BoardVersion>> BoardStore::Versions(const std::string& id) {
  VITRINE_TRY_ASSIGN(const std::unique_ptr<OpenBoard> board, Open(id, Opening::kRead));
  return board->Versions();
}

Result<EditResult> BoardStore::RestoreVersion(const std::string& id, std::int64_t version) {
  return Change(id, [&](OpenBoard& board) -> Result<EditResult> {
    VITRINE_TRY_ASSIGN(const std::vector<BoardVersion> versions, board.Versions());
    for (const BoardVersion& kept : versions) {
      if (kept.id != version) continue;
      VITRINE_TRY_ASSIGN(KeptStep step, WayBackTo(board, kept.revision));
      step.what = "restore the version " + Quoted(kept.name);
      return MakeStep(board, board.row.revision, std::move(step));
    }
    return Error(Code::kNotFound,
                 "the board " + Quoted(board.row.name) + " has no version " + std::to_string(version));
  });
}

Result<std::vector<std::string>> BoardStore::ContentsOf(const std::string& id) {
  VITRINE_TRY_ASSIGN(const std::unique_ptr<OpenBoard> board, Open(id, Opening::kRead));
  return board->Contents();
}

}  // namespace vitrine
