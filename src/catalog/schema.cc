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

constexpr std::array<const char*, kSchemaVersion> kMigrations = {kVersion1, kVersion2};

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
