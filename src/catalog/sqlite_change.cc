#include <algorithm>

#include "base/try.h"
#include "base/utf8.h"
#include "catalog/journal.h"
#include "catalog/sqlite_annotations.h"
#include "catalog/words.h"

namespace vitrine {
namespace {

/// A tag of a branch that moves, and the tag that is there already.
struct TagMove {
  std::int64_t tag = 0;
  std::string path;
  std::optional<std::int64_t> into;
};

/// Where each tag of a branch goes when its first `old_levels` levels become `new_levels`.
Result<std::vector<TagMove>> PlanMoves(Database& db, const std::vector<TagRow>& branch,
                                       std::size_t old_levels, const std::vector<std::string>& new_levels) {
  std::vector<TagMove> moves;
  for (const TagRow& tag : branch) {
    VITRINE_TRY_ASSIGN(std::string path, MovedTag(tag.path, old_levels, new_levels));
    VITRINE_TRY_ASSIGN(const std::optional<TagRow> there, FindTag(db, path));
    std::optional<std::int64_t> into;
    if (there && std::ranges::find(branch, there->id, &TagRow::id) == branch.end()) into = there->id;
    moves.push_back({.tag = tag.id, .path = std::move(path), .into = into});
  }
  return moves;
}

}  // namespace

Status StoreNote(Database& db, AssetId asset, const Note& note) {
  const auto id = static_cast<std::int64_t>(asset);
  if (note == Note()) return db.Ask("DELETE FROM note WHERE asset = ?", id).Run();
  std::optional<std::int64_t> rating;
  if (note.rating) rating = *note.rating;
  return db
      .Ask(
          "INSERT INTO note (asset, rating, caption) VALUES (?1, ?2, ?3) ON CONFLICT (asset) DO UPDATE "
          "SET rating = ?2, caption = ?3 WHERE (rating, caption) IS NOT (?2, ?3)",
          id, rating, std::string_view(note.caption))
      .Run();
}

Result<std::int64_t> LastSidecarDue(Database& db) {
  return db.Number("SELECT coalesce(max(id), 0) FROM sidecar_due");
}

Status ForgetSidecarsDueAfter(Database& db, std::int64_t last) {
  return db.Ask("DELETE FROM sidecar_due WHERE id > ?", last).Run();
}

Result<std::unique_ptr<Change>> SqliteChange::Begin(Database& db, const std::string& what, bool recorded) {
  if (db.InTransaction()) return ChangeIsOpen();
  VITRINE_TRY_ASSIGN(Transaction transaction, Transaction::Begin(db));
  VITRINE_TRY_ASSIGN(const std::int64_t last_due, LastSidecarDue(db));
  std::optional<ChangeRecorder> recorder;
  if (recorded) {
    VITRINE_TRY_ASSIGN(ChangeRecorder begun, ChangeRecorder::Begin(db, kRecordedTables));
    recorder.emplace(std::move(begun));
  }
  return std::unique_ptr<Change>(
      new SqliteChange(db, std::move(transaction), std::move(recorder), JournalText(what), last_due));
}

Status SqliteChange::CheckOpen() const { return transaction_ ? Status() : Status(ChangeIsOver()); }

Status SqliteChange::CheckAsset(AssetId asset) {
  Statement query = db_.Ask("SELECT 1 FROM asset WHERE id = ?", static_cast<std::int64_t>(asset));
  VITRINE_TRY_ASSIGN(const bool found, query.Next());
  return found ? Status() : Status(UnknownPicture(asset));
}

Result<std::int64_t> SqliteChange::EnsureTag(const std::string& path) {
  VITRINE_TRY_ASSIGN(const std::string canonical, CanonicalTag(path));
  VITRINE_TRY_ASSIGN(const std::optional<TagRow> known, FindTag(db_, canonical));
  if (known) return known->id;
  if (recorder_) recorder_->Pause();
  const Result<std::int64_t> added = AddTag(db_, canonical);
  if (recorder_) recorder_->Resume();
  if (added) made_.push_back({.id = *added, .path = canonical});
  return added;
}

Result<std::int64_t> SqliteChange::KnownTag(const std::string& path) {
  VITRINE_TRY_ASSIGN(const std::string canonical, CanonicalTag(path));
  VITRINE_TRY_ASSIGN(const std::optional<TagRow> known, FindTag(db_, canonical));
  if (!known) return NoSuchTag(path);
  return known->id;
}

Status SqliteChange::Mark(const std::string& path, std::span<const AssetId> assets, const TagMark& mark) {
  VITRINE_TRY(CheckOpen());
  VITRINE_TRY(CheckMark(mark));
  for (const AssetId asset : assets) VITRINE_TRY(CheckAsset(asset));
  VITRINE_TRY_ASSIGN(const std::int64_t tag, EnsureTag(path));
  for (const AssetId asset : assets) VITRINE_TRY(StoreMark(db_, tag, asset, mark));
  return {};
}

Status SqliteChange::Suggest(const std::string& path, std::span<const MarkedAsset> marks) {
  VITRINE_TRY(CheckOpen());
  for (const MarkedAsset& marked : marks) {
    VITRINE_TRY(CheckMark(marked.mark));
    VITRINE_TRY(CheckAsset(marked.asset));
  }
  VITRINE_TRY_ASSIGN(const std::int64_t tag, EnsureTag(path));
  for (const MarkedAsset& marked : marks) VITRINE_TRY(StoreMark(db_, tag, marked.asset, marked.mark));
  return {};
}

Status SqliteChange::ReplaceSuggestions(std::span<const SuggestedMarks> suggestions) {
  for (const SuggestedMarks& tag : suggestions) {
    VITRINE_TRY(TagPath::Levels(tag.path));
    const Status forgotten = ForgetSuggestions(tag.path);
    if (!forgotten && forgotten.error().code() != Code::kNotFound) return forgotten;
    if (!tag.marks.empty()) VITRINE_TRY(Suggest(tag.path, tag.marks));
  }
  return {};
}

Status SqliteChange::Unmark(const std::string& path, std::span<const AssetId> assets) {
  VITRINE_TRY(CheckOpen());
  VITRINE_TRY_ASSIGN(const std::int64_t tag, KnownTag(path));
  for (const AssetId asset : assets) VITRINE_TRY(CheckAsset(asset));
  for (const AssetId asset : assets) {
    VITRINE_TRY(
        db_.Ask("DELETE FROM asset_tag WHERE asset = ? AND tag = ?", static_cast<std::int64_t>(asset), tag)
            .Run());
  }
  return {};
}

Status SqliteChange::ForgetSuggestions(const std::string& path) {
  VITRINE_TRY(CheckOpen());
  if (path.empty()) return db_.Ask("DELETE FROM asset_tag WHERE state = 3").Run();
  VITRINE_TRY_ASSIGN(const std::int64_t tag, KnownTag(path));
  return db_.Ask("DELETE FROM asset_tag WHERE tag = ? AND state = 3", tag).Run();
}

// Every tag of the branch is given its new path, or merged into the tag that has that path outside of the
// branch. The branch's own tags never stand in each other's way: they all move.
Status SqliteChange::RenameTag(const std::string& from, const std::string& to) {
  VITRINE_TRY(CheckOpen());
  VITRINE_TRY_ASSIGN(const std::vector<std::string> old_levels, TagPath::Levels(from));
  VITRINE_TRY_ASSIGN(const std::vector<std::string> new_levels, TagPath::Levels(to));
  VITRINE_TRY_ASSIGN(const std::vector<TagRow> branch, TagsAtAndBelow(db_, TagPath::Join(old_levels)));
  if (branch.empty()) return NoSuchTag(from);
  VITRINE_TRY_ASSIGN(const std::vector<TagMove> moves, PlanMoves(db_, branch, old_levels.size(), new_levels));
  for (const TagMove& move : moves) {
    VITRINE_TRY(move.into ? MergeTags(db_, move.tag, *move.into) : GiveTagPath(db_, move.tag, move.path));
  }
  return {};
}

Status SqliteChange::DeleteTag(const std::string& path) {
  VITRINE_TRY(CheckOpen());
  VITRINE_TRY_ASSIGN(const std::string canonical, CanonicalTag(path));
  VITRINE_TRY_ASSIGN(const std::vector<TagRow> branch, TagsAtAndBelow(db_, canonical));
  if (branch.empty()) return NoSuchTag(path);
  for (const TagRow& tag : branch) VITRINE_TRY(DropTag(db_, tag.id));
  return {};
}

Status SqliteChange::SetNote(AssetId asset, const Note& note) {
  VITRINE_TRY(CheckOpen());
  VITRINE_TRY(CheckNote(note));
  VITRINE_TRY(CheckAsset(asset));
  return StoreNote(db_, asset, note);
}

Status SqliteChange::SaveSearch(const SavedSearch& search) {
  VITRINE_TRY(CheckOpen());
  VITRINE_TRY(CheckSearch(search));
  return db_
      .Ask(
          "INSERT INTO saved_search (name, query) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE "
          "SET query = ?2 WHERE query <> ?2",
          std::string_view(search.name), std::string_view(search.query))
      .Run();
}

Status SqliteChange::DropSearch(const std::string& name) {
  VITRINE_TRY(CheckOpen());
  VITRINE_TRY(db_.Ask("DELETE FROM saved_search WHERE name = ?", std::string_view(name)).Run());
  VITRINE_TRY_ASSIGN(const std::int64_t dropped, db_.Number("SELECT changes()"));
  return dropped > 0 ? Status() : Status(NoSuchSearch(name));
}

Status SqliteChange::RecordMove(const FileMove& move) {
  VITRINE_TRY(CheckOpen());
  const auto is_path = [](const PathBytes& path) {
    return !path.empty() && path.find('\0') == PathBytes::npos;
  };
  if (!is_path(move.from) || !is_path(move.to)) {
    return Error(Code::kInvalidArgument, "a move needs two paths");
  }
  VITRINE_TRY(MoveFileRecord(db_, move, true));
  moves_.push_back(move);
  return {};
}

Result<std::int64_t> SqliteChange::Record(ChangeRecorder& recorder) {
  VITRINE_TRY_ASSIGN(const std::string changes, recorder.Changes());
  if (changes.empty() && moves_.empty() && made_.empty()) return std::int64_t{0};
  recorder.Pause();
  return AddToJournal(db_, what_, changes, made_, moves_);
}

Result<std::int64_t> SqliteChange::Commit() {
  if (!transaction_) return CheckOpen().error();
  std::int64_t entry = 0;
  if (recorder_) {
    VITRINE_TRY_ASSIGN(entry, Record(*recorder_));
    recorder_.reset();
  } else {
    VITRINE_TRY(ForgetSidecarsDueAfter(db_, last_due_));
  }
  VITRINE_TRY(RefreshWords(db_));
  VITRINE_TRY(transaction_->Commit());
  transaction_.reset();
  return entry;
}

}  // namespace vitrine
