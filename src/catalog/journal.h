// The journal: what each Change did, kept so that it can be taken back. Inside a Transaction, all of it.
//
// An entry keeps the net effect on rows (changeset.h), the tags that it made and the files that it moved. The
// making of a tag is no part of the recorded rows: somebody else may use the tag by the time the entry is
// taken back, and then it stays.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "catalog/annotations.h"
#include "catalog/changeset.h"
#include "catalog/sqlite.h"
#include "catalog/tag_store.h"

namespace vitrine {

/// The tables whose changes are recorded.
inline constexpr const char* kRecordedTables[] = {"tag", "asset_tag", "note", "saved_search"};

/// Entries that are kept, the newest; and how many bytes of changes. The newest entry stays whatever its
/// size.
inline constexpr std::int64_t kMaxJournalEntries = 1000;
inline constexpr std::int64_t kMaxJournalBytes = 64 << 20;

/// Adds an entry and drops those that were undone, and the oldest where there are too many. Returns its id.
Result<std::int64_t> AddToJournal(Database& db, const std::string& what, std::string_view changes,
                                  std::span<const TagRow> made_tags, std::span<const FileMove> moves);

/// Newest first.
Result<std::vector<JournalEntry>> ReadJournal(Database& db, std::size_t limit);

/// Takes the newest standing entry back, or puts the oldest undone one again. Errors as Annotations::Undo.
Result<JournalEntry> StepJournal(Database& db, ChangeDirection direction);

/// A file that is remembered at move.from is remembered at move.to; in place of what was remembered there
/// when `replace`, else kInvalidArgument. Nothing happens when nothing is remembered at move.from.
Status MoveFileRecord(Database& db, const FileMove& move, bool replace);

}  // namespace vitrine
