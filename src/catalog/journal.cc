#include "catalog/journal.h"

#include <algorithm>
#include <set>

#include "base/try.h"
#include "base/utf8.h"

namespace vitrine {
namespace {

JournalEntry EntryAt(const Statement& query) {
  return {.id = query.Int(0),
          .at = query.Text(1),
          .what = query.Text(2),
          .undone = query.Int(3) != 0,
          .moves = {}};
}

Result<std::vector<FileMove>> MovesOf(Database& db, std::int64_t entry) {
  std::vector<FileMove> moves;
  Statement query =
      db.Ask("SELECT from_path, to_path FROM journal_move WHERE entry = ? ORDER BY position", entry);
  while (true) {
    VITRINE_TRY_ASSIGN(const bool found, query.Next());
    if (!found) return moves;
    moves.push_back({.from = query.Text(0), .to = query.Text(1)});
  }
}

Result<std::vector<TagRow>> TagsMadeBy(Database& db, std::int64_t entry) {
  std::vector<TagRow> tags;
  Statement query = db.Ask("SELECT tag, path FROM journal_tag WHERE entry = ?", entry);
  while (true) {
    VITRINE_TRY_ASSIGN(const bool found, query.Next());
    if (!found) return tags;
    tags.push_back({.id = query.Int(0), .path = query.Text(1)});
  }
}

// Keeps the newest entries whose changes have at most so many bytes together.
Status TrimJournal(Database& db) {
  std::int64_t entries = 0;
  std::int64_t bytes = 0;
  std::int64_t oldest = 0;
  {
    Statement query = db.Ask("SELECT id, length(changes) FROM journal ORDER BY id DESC");
    while (true) {
      VITRINE_TRY_ASSIGN(const bool found, query.Next());
      if (!found) return {};
      ++entries;
      bytes += query.Int(1);
      const bool keeps = entries == 1 || (entries <= kMaxJournalEntries && bytes <= kMaxJournalBytes);
      if (!keeps) break;
      oldest = query.Int(0);
    }
  }
  return db.Ask("DELETE FROM journal WHERE id < ?", oldest).Run();
}

Result<bool> AssetExists(Database& db, std::int64_t asset) {
  Statement query = db.Ask("SELECT 1 FROM asset WHERE id = ?", asset);
  return query.Next();
}

bool IsOfAsset(const RowKey& row) { return row.table == "asset_tag" || row.table == "note"; }

// What somebody is told who cannot take a step: which thing is not as the step left it.
Result<std::string> NameOf(Database& db, const RowKey& row) {
  if (row.table == "note") return NoteName(AssetId{row.first});
  if (row.table == "saved_search") return SearchName(row.text);
  const std::int64_t tag = row.table == "tag" ? row.first : row.second;
  Statement query = db.Ask("SELECT path FROM tag WHERE id = ?", tag);
  VITRINE_TRY_ASSIGN(const bool found, query.Next());
  if (row.table == "tag") return found ? "the tag " + Quoted(query.Text(0)) : std::string("a tag");
  if (found) return MarkName(query.Text(0), AssetId{row.first});
  return "a tag on picture " + std::to_string(row.first);
}

Status ApplyRows(Database& db, const JournalEntry& entry, std::string_view changes,
                 ChangeDirection direction) {
  // A picture that compaction forgot takes what was said of it along.
  Status failure;
  const auto is_of_forgotten = [&](const RowKey& row) {
    if (!IsOfAsset(row)) return false;
    const Result<bool> exists = AssetExists(db, row.first);
    if (!exists) failure = exists.error();
    return exists && !*exists;
  };
  VITRINE_TRY_ASSIGN(const std::optional<ChangeConflict> conflict,
                     ApplyChanges(db, changes, kRecordedTables, direction, is_of_forgotten));
  VITRINE_TRY(std::move(failure));
  if (!conflict) return {};
  if (conflict->kind == ChangeConflict::Kind::kReference) {
    return CannotStep(entry, "a tag that it changes stands on other pictures since");
  }
  VITRINE_TRY_ASSIGN(const std::string what, NameOf(db, conflict->row));
  return CannotStep(entry, what + " has been changed since");
}

Status DropIfForgotten(Database& db, std::int64_t asset) {
  VITRINE_TRY_ASSIGN(const bool exists, AssetExists(db, asset));
  if (exists) return {};
  VITRINE_TRY(db.Ask("DELETE FROM asset_tag WHERE asset = ?", asset).Run());
  VITRINE_TRY(db.Ask("DELETE FROM note WHERE asset = ?", asset).Run());
  return db.Ask("DELETE FROM sidecar_due WHERE asset = ?", asset).Run();
}

Status DropMarksOfForgotten(Database& db, std::string_view changes) {
  std::set<std::int64_t> assets;
  VITRINE_TRY(ForEachChange(changes, [&](const RowKey& row) {
    if (IsOfAsset(row)) assets.insert(row.first);
  }));
  for (const std::int64_t asset : assets) VITRINE_TRY(DropIfForgotten(db, asset));
  return {};
}

struct Step {
  JournalEntry entry;
  std::string changes;
  std::vector<TagRow> made;
};

Result<Step> NextStep(Database& db, ChangeDirection direction) {
  const bool back = direction == ChangeDirection::kBack;
  Step step;
  {
    Statement query = db.Ask(back ? "SELECT id, at, what, undone, changes FROM journal WHERE undone = 0 "
                                    "ORDER BY id DESC LIMIT 1"
                                  : "SELECT id, at, what, undone, changes FROM journal WHERE undone = 1 "
                                    "ORDER BY id LIMIT 1");
    VITRINE_TRY_ASSIGN(const bool found, query.Next());
    if (!found) return Error(Code::kNotFound, back ? "there is nothing to undo" : "there is nothing to redo");
    step.entry = EntryAt(query);
    step.changes = query.Text(4);
  }
  VITRINE_TRY_ASSIGN(step.entry.moves, MovesOf(db, step.entry.id));
  VITRINE_TRY_ASSIGN(step.made, TagsMadeBy(db, step.entry.id));
  return step;
}

Status CheckTagsAreDistinct(Database& db, const JournalEntry& entry) {
  Statement query = db.Ask("SELECT path FROM tag GROUP BY folded HAVING count(*) > 1 LIMIT 1");
  VITRINE_TRY_ASSIGN(const bool found, query.Next());
  if (!found) return {};
  return CannotStep(entry, "the tag " + Quoted(query.Text(0)) + " was made anew since");
}

// A tag that somebody else has used since stays.
Status DropUnusedTags(Database& db, std::span<const TagRow> tags) {
  for (const TagRow& tag : tags) {
    VITRINE_TRY(db.Ask("DELETE FROM tag WHERE id = ?1 AND NOT EXISTS "
                       "(SELECT 1 FROM asset_tag WHERE asset_tag.tag = ?1)",
                       tag.id)
                    .Run());
  }
  return {};
}

Status MakeTagsAgain(Database& db, std::span<const TagRow> tags) {
  for (const TagRow& tag : tags) {
    {
      Statement query = db.Ask("SELECT 1 FROM tag WHERE id = ?", tag.id);
      VITRINE_TRY_ASSIGN(const bool stays, query.Next());
      if (stays) continue;
    }
    VITRINE_TRY(AddTag(db, tag.path, tag.id));
  }
  return {};
}

Status MoveAll(Database& db, const JournalEntry& entry, ChangeDirection direction) {
  std::vector<FileMove> moves = entry.moves;
  if (direction == ChangeDirection::kBack) {
    std::ranges::reverse(moves);
    for (FileMove& move : moves) std::swap(move.from, move.to);
  }
  for (const FileMove& move : moves) {
    if (Status moved = MoveFileRecord(db, move, false); !moved) {
      const bool taken = moved.error().code() == Code::kInvalidArgument;
      return taken ? CannotStep(entry, moved.error().message()) : moved.error();
    }
  }
  return {};
}

}  // namespace

Status MoveFileRecord(Database& db, const FileMove& move, bool replace) {
  {
    Statement query = db.Ask("SELECT 1 FROM file WHERE path = ?", Blob{move.from});
    VITRINE_TRY_ASSIGN(const bool known, query.Next());
    if (!known) return {};
  }
  if (replace) {
    VITRINE_TRY(db.Ask("DELETE FROM file WHERE path = ?", Blob{move.to}).Run());
  } else {
    Statement query = db.Ask("SELECT 1 FROM file WHERE path = ?", Blob{move.to});
    VITRINE_TRY_ASSIGN(const bool taken, query.Next());
    if (taken) return Error(Code::kInvalidArgument, "another file is at " + Quoted(move.to) + " since");
  }
  return db.Ask("UPDATE file SET path = ? WHERE path = ?", Blob{move.to}, Blob{move.from}).Run();
}

Result<std::int64_t> AddToJournal(Database& db, const std::string& what, std::string_view changes,
                                  std::span<const TagRow> made_tags, std::span<const FileMove> moves) {
  VITRINE_TRY(db.Execute("DELETE FROM journal WHERE undone = 1"));
  VITRINE_TRY(db.Ask("INSERT INTO journal (at, what, changes) "
                     "VALUES (strftime('%Y-%m-%dT%H:%M:%SZ', 'now'), ?, ?)",
                     std::string_view(what), Blob{changes})
                  .Run());
  VITRINE_TRY_ASSIGN(const std::int64_t entry, db.Number("SELECT last_insert_rowid()"));
  for (const TagRow& tag : made_tags) {
    VITRINE_TRY(db.Ask("INSERT INTO journal_tag (entry, tag, path) VALUES (?, ?, ?)", entry, tag.id,
                       std::string_view(tag.path))
                    .Run());
  }
  std::int64_t position = 0;
  for (const FileMove& move : moves) {
    VITRINE_TRY(db.Ask("INSERT INTO journal_move (entry, position, from_path, to_path) VALUES (?, ?, ?, ?)",
                       entry, position++, Blob{move.from}, Blob{move.to})
                    .Run());
  }
  VITRINE_TRY(TrimJournal(db));
  return entry;
}

Result<std::vector<JournalEntry>> ReadJournal(Database& db, std::size_t limit) {
  std::vector<JournalEntry> entries;
  Statement query = db.Ask("SELECT id, at, what, undone FROM journal ORDER BY id DESC");
  while (entries.size() < limit) {
    VITRINE_TRY_ASSIGN(const bool found, query.Next());
    if (!found) break;
    entries.push_back(EntryAt(query));
    VITRINE_TRY_ASSIGN(entries.back().moves, MovesOf(db, entries.back().id));
  }
  return entries;
}

Result<JournalEntry> StepJournal(Database& db, ChangeDirection direction) {
  const bool back = direction == ChangeDirection::kBack;
  VITRINE_TRY_ASSIGN(Step step, NextStep(db, direction));
  if (!back) VITRINE_TRY(MakeTagsAgain(db, step.made));
  VITRINE_TRY(ApplyRows(db, step.entry, step.changes, direction));
  VITRINE_TRY(DropMarksOfForgotten(db, step.changes));
  if (back) VITRINE_TRY(DropUnusedTags(db, step.made));
  VITRINE_TRY(CheckTagsAreDistinct(db, step.entry));
  VITRINE_TRY(MoveAll(db, step.entry, direction));
  step.entry.undone = back;
  VITRINE_TRY(db.Ask("UPDATE journal SET undone = ? WHERE id = ?", std::int64_t{back}, step.entry.id).Run());
  return std::move(step.entry);
}

}  // namespace vitrine
