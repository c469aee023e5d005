#include "catalog/schema.h"

#include <array>
#include <string>

#include "base/try.h"

namespace vitrine {
namespace {

// An embedding's id is (space << 32) + row, so that the rows of a space lie one after another in the file and
// reading them in order is one sequential scan. `asset.paths` counts the files that hold the asset; the
// triggers keep it, and the partial index on it makes "what is gone" cheap to ask however large the library
// is.
constexpr const char* kVersion1 = R"sql(
CREATE TABLE asset (
  id INTEGER PRIMARY KEY,
  content BLOB NOT NULL UNIQUE CHECK (length(content) = 32),
  format TEXT NOT NULL,
  width_px INTEGER NOT NULL,
  height_px INTEGER NOT NULL,
  taken_at TEXT,
  camera TEXT,
  lens TEXT,
  exposure_s REAL,
  f_number REAL,
  focal_length_mm REAL,
  iso INTEGER,
  latitude REAL,
  longitude REAL,
  paths INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX asset_gone ON asset (id) WHERE paths = 0;

CREATE TABLE file (
  path BLOB NOT NULL PRIMARY KEY,
  size_bytes INTEGER NOT NULL,
  mtime_ns INTEGER NOT NULL,
  ctime_ns INTEGER NOT NULL,
  device INTEGER NOT NULL,
  inode INTEGER NOT NULL,
  asset INTEGER REFERENCES asset (id),
  failure TEXT,
  run INTEGER NOT NULL,
  CHECK ((asset IS NULL) <> (failure IS NULL))
) WITHOUT ROWID;
CREATE INDEX file_asset ON file (asset) WHERE asset IS NOT NULL;
CREATE INDEX file_failed ON file (path) WHERE asset IS NULL;

CREATE TRIGGER file_added AFTER INSERT ON file WHEN NEW.asset IS NOT NULL BEGIN
  UPDATE asset SET paths = paths + 1 WHERE id = NEW.asset;
END;
CREATE TRIGGER file_forgotten AFTER DELETE ON file WHEN OLD.asset IS NOT NULL BEGIN
  UPDATE asset SET paths = paths - 1 WHERE id = OLD.asset;
END;
CREATE TRIGGER file_changed AFTER UPDATE OF asset ON file WHEN OLD.asset IS NOT NEW.asset BEGIN
  UPDATE asset SET paths = paths - 1 WHERE id = OLD.asset;
  UPDATE asset SET paths = paths + 1 WHERE id = NEW.asset;
END;

CREATE TABLE root (
  path BLOB NOT NULL PRIMARY KEY,
  offline INTEGER NOT NULL DEFAULT 0,
  run INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;

CREATE TABLE space (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  model TEXT NOT NULL,
  dimension INTEGER NOT NULL CHECK (dimension > 0),
  generation INTEGER NOT NULL
);

CREATE TABLE embedding (
  id INTEGER PRIMARY KEY,
  space INTEGER NOT NULL REFERENCES space (id),
  asset INTEGER NOT NULL REFERENCES asset (id),
  scale REAL NOT NULL,
  codes BLOB NOT NULL,
  CHECK (id >> 32 = space)
);
CREATE UNIQUE INDEX embedding_asset ON embedding (asset, space);
)sql";

// The fine codes of a vector (NULL for one of before: zeros), and what the owner set.
constexpr const char* kVersion2 = R"sql(
ALTER TABLE embedding ADD COLUMN fine BLOB;

CREATE TABLE setting (
  name TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
) WITHOUT ROWID;
)sql";

// What is said of pictures, the words they are found by, what is measured on them, and what is known of their
// sidecars. A change to anything that words are taken from notes its picture in `words_due`; each writing
// transaction ends by bringing `words` up to date (words.h). Tables that the journal records (tag, asset_tag,
// note, saved_search) are changed by recorded changes in any order of rows: what holds between rows of one of
// them is kept by code (tag_store.h), and their triggers say NOT EXISTS where OR IGNORE would do, since the
// conflict clause of the statement outside would win over that. asset_id remembers the largest id that was
// ever given, so that what was said of a forgotten picture is never said of another.
constexpr const char* kVersion3 = R"sql(
ALTER TABLE asset ADD COLUMN palette BLOB;
ALTER TABLE asset ADD COLUMN hash INTEGER;
ALTER TABLE asset ADD COLUMN sharpness REAL;
CREATE INDEX asset_unsketched ON asset (id) WHERE palette IS NULL;

CREATE TABLE asset_id (
  last INTEGER NOT NULL
);
INSERT INTO asset_id (last) VALUES (0);

CREATE TABLE tag (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  path TEXT NOT NULL,
  folded TEXT NOT NULL
);
CREATE INDEX tag_folded ON tag (folded);

CREATE TABLE asset_tag (
  asset INTEGER NOT NULL,
  tag INTEGER NOT NULL REFERENCES tag (id),
  state INTEGER NOT NULL,
  origin INTEGER NOT NULL,
  probability REAL NOT NULL,
  model TEXT NOT NULL,
  PRIMARY KEY (asset, tag)
) WITHOUT ROWID;
CREATE INDEX asset_tag_tag ON asset_tag (tag, state);

CREATE TABLE note (
  asset INTEGER PRIMARY KEY,
  rating INTEGER,
  caption TEXT NOT NULL
);

CREATE TABLE picture_text (
  asset INTEGER PRIMARY KEY,
  text TEXT NOT NULL
);

CREATE TABLE saved_search (
  name TEXT NOT NULL PRIMARY KEY,
  query TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE journal (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at TEXT NOT NULL,
  what TEXT NOT NULL,
  undone INTEGER NOT NULL DEFAULT 0,
  changes BLOB NOT NULL
);
CREATE TABLE journal_tag (
  entry INTEGER NOT NULL REFERENCES journal (id) ON DELETE CASCADE,
  tag INTEGER NOT NULL,
  path TEXT NOT NULL,
  PRIMARY KEY (entry, tag)
) WITHOUT ROWID;
CREATE TABLE journal_move (
  entry INTEGER NOT NULL REFERENCES journal (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  from_path BLOB NOT NULL,
  to_path BLOB NOT NULL,
  PRIMARY KEY (entry, position)
) WITHOUT ROWID;

CREATE TABLE sidecar (
  path BLOB NOT NULL PRIMARY KEY,
  asset INTEGER NOT NULL,
  size_bytes INTEGER NOT NULL,
  mtime_ns INTEGER NOT NULL,
  content BLOB NOT NULL CHECK (length(content) = 32),
  said BLOB NOT NULL
) WITHOUT ROWID;
CREATE TABLE sidecar_due (
  id INTEGER PRIMARY KEY,
  asset INTEGER NOT NULL UNIQUE
);

CREATE VIRTUAL TABLE words USING fts5(name, tag, caption, folder, picture_text,
                                      tokenize = 'unicode61 remove_diacritics 2');
CREATE TABLE words_due (
  asset INTEGER PRIMARY KEY
);
INSERT INTO words_due (asset) SELECT id FROM asset WHERE paths > 0;

CREATE TRIGGER file_words_added AFTER INSERT ON file WHEN NEW.asset IS NOT NULL BEGIN
  INSERT INTO words_due (asset) SELECT NEW.asset
    WHERE NOT EXISTS (SELECT 1 FROM words_due WHERE asset = NEW.asset);
END;
CREATE TRIGGER file_words_forgotten AFTER DELETE ON file WHEN OLD.asset IS NOT NULL BEGIN
  INSERT INTO words_due (asset) SELECT OLD.asset
    WHERE NOT EXISTS (SELECT 1 FROM words_due WHERE asset = OLD.asset);
END;
CREATE TRIGGER file_words_changed AFTER UPDATE OF path, asset ON file
WHEN OLD.asset IS NOT NEW.asset OR OLD.path <> NEW.path BEGIN
  INSERT INTO words_due (asset) SELECT OLD.asset WHERE OLD.asset IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM words_due WHERE asset = OLD.asset);
  INSERT INTO words_due (asset) SELECT NEW.asset WHERE NEW.asset IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM words_due WHERE asset = NEW.asset);
END;

CREATE TRIGGER asset_tag_added AFTER INSERT ON asset_tag WHEN NEW.state = 1 BEGIN
  INSERT INTO words_due (asset) SELECT NEW.asset
    WHERE NOT EXISTS (SELECT 1 FROM words_due WHERE asset = NEW.asset);
  INSERT INTO sidecar_due (asset) SELECT NEW.asset
    WHERE NOT EXISTS (SELECT 1 FROM sidecar_due WHERE asset = NEW.asset);
END;
CREATE TRIGGER asset_tag_dropped AFTER DELETE ON asset_tag WHEN OLD.state = 1 BEGIN
  INSERT INTO words_due (asset) SELECT OLD.asset
    WHERE NOT EXISTS (SELECT 1 FROM words_due WHERE asset = OLD.asset);
  INSERT INTO sidecar_due (asset) SELECT OLD.asset
    WHERE NOT EXISTS (SELECT 1 FROM sidecar_due WHERE asset = OLD.asset);
END;
CREATE TRIGGER asset_tag_changed AFTER UPDATE ON asset_tag WHEN (OLD.state = 1) <> (NEW.state = 1) BEGIN
  INSERT INTO words_due (asset) SELECT NEW.asset
    WHERE NOT EXISTS (SELECT 1 FROM words_due WHERE asset = NEW.asset);
  INSERT INTO sidecar_due (asset) SELECT NEW.asset
    WHERE NOT EXISTS (SELECT 1 FROM sidecar_due WHERE asset = NEW.asset);
END;
CREATE TRIGGER tag_renamed AFTER UPDATE OF path ON tag BEGIN
  INSERT INTO words_due (asset) SELECT asset FROM asset_tag WHERE tag = NEW.id AND state = 1
    AND asset NOT IN (SELECT asset FROM words_due);
  INSERT INTO sidecar_due (asset) SELECT asset FROM asset_tag WHERE tag = NEW.id AND state = 1
    AND asset NOT IN (SELECT asset FROM sidecar_due);
END;

CREATE TRIGGER note_added AFTER INSERT ON note BEGIN
  INSERT INTO words_due (asset) SELECT NEW.asset
    WHERE NOT EXISTS (SELECT 1 FROM words_due WHERE asset = NEW.asset);
  INSERT INTO sidecar_due (asset) SELECT NEW.asset
    WHERE NOT EXISTS (SELECT 1 FROM sidecar_due WHERE asset = NEW.asset);
END;
CREATE TRIGGER note_dropped AFTER DELETE ON note BEGIN
  INSERT INTO words_due (asset) SELECT OLD.asset
    WHERE NOT EXISTS (SELECT 1 FROM words_due WHERE asset = OLD.asset);
  INSERT INTO sidecar_due (asset) SELECT OLD.asset
    WHERE NOT EXISTS (SELECT 1 FROM sidecar_due WHERE asset = OLD.asset);
END;
CREATE TRIGGER note_changed AFTER UPDATE ON note BEGIN
  INSERT INTO words_due (asset) SELECT NEW.asset
    WHERE NOT EXISTS (SELECT 1 FROM words_due WHERE asset = NEW.asset);
  INSERT INTO sidecar_due (asset) SELECT NEW.asset
    WHERE NOT EXISTS (SELECT 1 FROM sidecar_due WHERE asset = NEW.asset);
END;

CREATE TRIGGER picture_text_added AFTER INSERT ON picture_text BEGIN
  INSERT INTO words_due (asset) SELECT NEW.asset
    WHERE NOT EXISTS (SELECT 1 FROM words_due WHERE asset = NEW.asset);
END;
CREATE TRIGGER picture_text_dropped AFTER DELETE ON picture_text BEGIN
  INSERT INTO words_due (asset) SELECT OLD.asset
    WHERE NOT EXISTS (SELECT 1 FROM words_due WHERE asset = OLD.asset);
END;
CREATE TRIGGER picture_text_changed AFTER UPDATE ON picture_text BEGIN
  INSERT INTO words_due (asset) SELECT NEW.asset
    WHERE NOT EXISTS (SELECT 1 FROM words_due WHERE asset = NEW.asset);
END;
)sql";

constexpr std::array<const char*, kSchemaVersion> kMigrations = {kVersion1, kVersion2, kVersion3};

std::string Versions(std::int64_t found) {
  return "the library has format " + std::to_string(found) + ", this program reads " +
         std::to_string(kSchemaVersion);
}

// The version in the file; 0 for a database with nothing in it.
Result<std::int64_t> VersionOf(Database& db) {
  VITRINE_TRY_ASSIGN(const std::int64_t version, db.Number("PRAGMA user_version"));
  VITRINE_TRY_ASSIGN(const std::int64_t application, db.Number("PRAGMA application_id"));
  VITRINE_TRY_ASSIGN(const std::int64_t tables, db.Number("SELECT count(*) FROM sqlite_schema"));
  const bool is_new = version == 0 && application == 0 && tables == 0;
  if (!is_new && (application != kApplicationId || version <= 0)) {
    return Error(
        Code::kCorrupt,
        "catalog.sqlite is not a catalog of Vitrine; choose another library folder, or move the file away");
  }
  if (version > kSchemaVersion) {
    return Error(Code::kUnsupported,
                 Versions(version) +
                     ": it was made by a newer Vitrine, install that version or choose another library");
  }
  return version;
}

}  // namespace

Status Migrate(Database& db) {
  VITRINE_TRY_ASSIGN(std::int64_t version, VersionOf(db));
  for (; version < kSchemaVersion; ++version) {
    VITRINE_TRY_ASSIGN(Transaction transaction, Transaction::Begin(db));
    VITRINE_TRY(db.Execute(kMigrations[static_cast<std::size_t>(version)]));
    VITRINE_TRY(db.Execute("PRAGMA application_id = " + std::to_string(kApplicationId) +
                           "; PRAGMA user_version = " + std::to_string(version + 1)));
    VITRINE_TRY(transaction.Commit());
  }
  return {};
}

Status CheckVersion(Database& db) {
  VITRINE_TRY_ASSIGN(const std::int64_t version, VersionOf(db));
  if (version == 0) return Error(Code::kNotFound, "the library is empty; index a folder first");
  if (version < kSchemaVersion) {
    return Error(Code::kUnsupported,
                 Versions(version) + ": run the index command once to bring it up to date");
  }
  return {};
}

}  // namespace vitrine
