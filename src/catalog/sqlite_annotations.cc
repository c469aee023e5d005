#include "catalog/sqlite_annotations.h"

#include <algorithm>
#include <unordered_map>

#include "base/try.h"
#include "catalog/journal.h"
#include "catalog/words.h"

namespace vitrine {
namespace {

struct Tally {
  std::string folded;
  TagCount count;
};

using Tallies = std::unordered_map<std::int64_t, Tally>;

void AddTo(Tallies& tallies, std::int64_t tag, std::int64_t state, std::int64_t count) {
  const auto at = tallies.find(tag);
  if (at == tallies.end()) return;
  TagCount& tally = at->second.count;
  switch (static_cast<TagState>(state)) {
    case TagState::kAccepted:
      tally.accepted += static_cast<std::uint64_t>(count);
      break;
    case TagState::kRejected:
      tally.rejected += static_cast<std::uint64_t>(count);
      break;
    case TagState::kSuggested:
      tally.suggested += static_cast<std::uint64_t>(count);
      break;
  }
}

// Adds the rows (tag, state, count) of a query, or takes them away.
Status AddCounts(Statement query, int sign, Tallies& tallies) {
  while (true) {
    VITRINE_TRY_ASSIGN(const bool found, query.Next());
    if (!found) return {};
    AddTo(tallies, query.Int(0), query.Int(1), sign * query.Int(2));
  }
}

}  // namespace

// All marks are counted in an index alone, and those of gone pictures, which are few, taken away again.
Result<std::vector<TagCount>> SqliteAnnotations::Tags() {
  VITRINE_TRY_ASSIGN(const ReadTransaction view, ReadTransaction::Begin(db_));
  Tallies tallies;
  {
    Statement query = db_.Ask("SELECT id, path, folded FROM tag");
    while (true) {
      VITRINE_TRY_ASSIGN(const bool found, query.Next());
      if (!found) break;
      tallies[query.Int(0)] = {.folded = query.Text(2), .count = {.path = query.Text(1)}};
    }
  }
  VITRINE_TRY(
      AddCounts(db_.Ask("SELECT tag, state, count(*) FROM asset_tag GROUP BY tag, state"), 1, tallies));
  VITRINE_TRY(AddCounts(db_.Ask("SELECT tag, state, count(*) FROM asset CROSS JOIN asset_tag "
                                "ON asset_tag.asset = asset.id WHERE asset.paths = 0 GROUP BY tag, state"),
                        -1, tallies));
  std::vector<Tally> sorted;
  sorted.reserve(tallies.size());
  for (auto& [id, tally] : tallies) sorted.push_back(std::move(tally));
  std::ranges::sort(sorted, {}, &Tally::folded);
  std::vector<TagCount> tags;
  tags.reserve(sorted.size());
  for (Tally& tally : sorted) tags.push_back(std::move(tally.count));
  return tags;
}

Result<std::vector<MarkedAsset>> SqliteAnnotations::MarksOf(const std::string& path) {
  VITRINE_TRY_ASSIGN(const std::string canonical, CanonicalTag(path));
  const std::string folded = TagPath::Folded(canonical);
  std::vector<MarkedAsset> marks;
  Statement query = db_.Ask(
      "SELECT asset, state, origin, probability, model FROM tag JOIN asset_tag ON asset_tag.tag = tag.id "
      "WHERE folded = ? ORDER BY asset",
      std::string_view(folded));
  while (true) {
    VITRINE_TRY_ASSIGN(const bool found, query.Next());
    if (!found) return marks;
    marks.push_back({.asset = AssetId{query.Int(0)}, .mark = MarkAt(query, 1)});
  }
}

Result<std::vector<AssetTag>> SqliteAnnotations::TagsOf(AssetId asset) {
  std::vector<AssetTag> tags;
  Statement query = db_.Ask(
      "SELECT path, state, origin, probability, model FROM asset_tag JOIN tag ON tag.id = asset_tag.tag "
      "WHERE asset = ? ORDER BY folded",
      static_cast<std::int64_t>(asset));
  while (true) {
    VITRINE_TRY_ASSIGN(const bool found, query.Next());
    if (!found) return tags;
    tags.push_back({.path = query.Text(0), .mark = MarkAt(query, 1)});
  }
}

Result<Note> SqliteAnnotations::NoteOf(AssetId asset) {
  Statement query =
      db_.Ask("SELECT rating, caption FROM note WHERE asset = ?", static_cast<std::int64_t>(asset));
  VITRINE_TRY_ASSIGN(const bool found, query.Next());
  Note note;
  if (!found) return note;
  if (!query.IsNull(0)) note.rating = static_cast<std::int32_t>(query.Int(0));
  note.caption = query.Text(1);
  return note;
}

Result<std::vector<Note>> SqliteAnnotations::NotesOf(std::span<const AssetId> assets) {
  std::vector<Note> notes;
  notes.reserve(assets.size());
  for (const AssetId asset : assets) {
    VITRINE_TRY_ASSIGN(Note note, NoteOf(asset));
    notes.push_back(std::move(note));
  }
  return notes;
}

Result<std::vector<SavedSearch>> SqliteAnnotations::SavedSearches() {
  std::vector<SavedSearch> searches;
  Statement query = db_.Ask("SELECT name, query FROM saved_search ORDER BY name");
  while (true) {
    VITRINE_TRY_ASSIGN(const bool found, query.Next());
    if (!found) return searches;
    searches.push_back({.name = query.Text(0), .query = query.Text(1)});
  }
}

Result<std::vector<JournalEntry>> SqliteAnnotations::Journal(std::size_t limit) {
  VITRINE_TRY_ASSIGN(const ReadTransaction view, ReadTransaction::Begin(db_));
  return ReadJournal(db_, limit);
}

Result<std::unique_ptr<Change>> SqliteAnnotations::Begin(const std::string& what) {
  return SqliteChange::Begin(db_, what, true);
}

Result<std::unique_ptr<Change>> SqliteAnnotations::BeginUnrecorded() {
  return SqliteChange::Begin(db_, "", false);
}

Result<JournalEntry> SqliteAnnotations::Undo() { return Step(ChangeDirection::kBack); }

Result<JournalEntry> SqliteAnnotations::Redo() { return Step(ChangeDirection::kAgain); }

Result<JournalEntry> SqliteAnnotations::Step(ChangeDirection direction) {
  VITRINE_TRY_ASSIGN(Transaction transaction, Transaction::Begin(db_));
  VITRINE_TRY_ASSIGN(JournalEntry entry, StepJournal(db_, direction));
  VITRINE_TRY(RefreshWords(db_));
  VITRINE_TRY(transaction.Commit());
  return entry;
}

}  // namespace vitrine
