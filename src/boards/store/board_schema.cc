#include "boards/store/board_schema.h"

#include <array>
#include <string>

#include "base/try.h"

namespace vitrine {
namespace {

// Items are kept as the canonical JSON that files have, so that an older program's columns never limit what
// an item may say; what is asked about beside a whole board (which pictures lie where, and how large) has
// columns of its own. A step keeps each item as it was before and after it. `kind` of a step: 0 an edit, 1 an
// undo, 2 a redo; of an edit, `state`: 0 it stands, 1 it is undone and can come back, 2 it is undone for
// good, because other edits followed. An undo or redo names the edit in `target`.
constexpr const char* kVersion1 = R"sql(
CREATE TABLE board (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  background TEXT NOT NULL,
  revision INTEGER NOT NULL,
  created TEXT NOT NULL,
  changed TEXT NOT NULL,
  is_template INTEGER NOT NULL,
  deleted INTEGER NOT NULL,
  items INTEGER NOT NULL,
  pictures INTEGER NOT NULL
);

CREATE TABLE item (
  board INTEGER NOT NULL REFERENCES board (number),
  id TEXT NOT NULL,
  content TEXT,
  area REAL NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (board, id)
) WITHOUT ROWID;
CREATE INDEX item_picture ON item (content, board) WHERE content IS NOT NULL;

CREATE TABLE step (
  board INTEGER NOT NULL REFERENCES board (number),
  revision INTEGER NOT NULL,
  at TEXT NOT NULL,
  what TEXT NOT NULL,
  kind INTEGER NOT NULL,
  state INTEGER NOT NULL,
  target INTEGER,
  name_before TEXT,
  name_after TEXT,
  background_before TEXT,
  background_after TEXT,
  PRIMARY KEY (board, revision)
) WITHOUT ROWID;
CREATE INDEX step_edit ON step (board, state, revision) WHERE kind = 0;

CREATE TABLE step_item (
  board INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  id TEXT NOT NULL,
  before TEXT,
  after TEXT,
  PRIMARY KEY (board, revision, id),
  FOREIGN KEY (board, revision) REFERENCES step (board, revision)
) WITHOUT ROWID;

CREATE TABLE version (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  board INTEGER NOT NULL REFERENCES board (number),
  name TEXT NOT NULL,
  at TEXT NOT NULL,
  revision INTEGER NOT NULL
);
CREATE INDEX version_board ON version (board);
)sql";

constexpr std::array<const char*, kBoardSchemaVersion> kMigrations = {kVersion1};

Result<std::int64_t> VersionOf(Database& db) {
  VITRINE_TRY_ASSIGN(const std::int64_t version, db.Number("PRAGMA user_version"));
  VITRINE_TRY_ASSIGN(const std::int64_t application, db.Number("PRAGMA application_id"));
  VITRINE_TRY_ASSIGN(const std::int64_t tables, db.Number("SELECT count(*) FROM sqlite_schema"));
  const bool is_new = version == 0 && application == 0 && tables == 0;
  if (!is_new && (application != kBoardApplicationId || version <= 0)) {
    return Error(Code::kCorrupt, "boards.sqlite holds no boards of Vitrine; move the file away");
  }
  if (version > kBoardSchemaVersion) {
    return Error(Code::kUnsupported, "the boards have format " + std::to_string(version) +
                                         ", this program reads up to " + std::to_string(kBoardSchemaVersion) +
                                         ": they were made by a newer Vitrine, install that version");
  }
  return version;
}

}  // namespace

Status MigrateBoards(Database& db) {
  VITRINE_TRY_ASSIGN(std::int64_t version, VersionOf(db));
  if (version == kBoardSchemaVersion) return {};
  VITRINE_TRY_ASSIGN(Transaction transaction, Transaction::Begin(db));
  VITRINE_TRY_ASSIGN(version, VersionOf(db));  // Somebody else may have been faster.
  for (; version < kBoardSchemaVersion; ++version) {
    VITRINE_TRY(db.Execute(kMigrations[static_cast<std::size_t>(version)]));
  }
  VITRINE_TRY(db.Execute("PRAGMA application_id = " + std::to_string(kBoardApplicationId) +
                         "; PRAGMA user_version = " + std::to_string(kBoardSchemaVersion)));
  return transaction.Commit();
}

}  // namespace vitrine
