#include <sys/stat.h>
#include <unistd.h>

#include "base/try.h"
#include "base/utf8.h"
#include "catalog/schema.h"
#include "catalog/sqlite_catalog.h"
#include "catalog/words.h"

namespace vitrine {
namespace {

// Only stat() looks at the files here: closing any other descriptor on them would drop the locks that a
// connection of this process holds.
bool Exists(const std::string& path) {
  struct stat status{};
  return stat(path.c_str(), &status) == 0;
}

bool HasBytes(const std::string& path) {
  struct stat status{};
  return stat(path.c_str(), &status) == 0 && status.st_size > 0;
}

Result<Database> OpenAndCheck(const std::string& path, SqliteMode mode) {
  VITRINE_TRY_ASSIGN(Database db, Database::Open(path, mode));
  VITRINE_TRY(CheckVersion(db));
  return db;
}

// On media that cannot be written there is no place for the -shm file that readers share with a writer. Where
// nothing is left in the log and nobody can be writing, the database file alone is the whole truth and needs
// no sharing.
Result<Database> OpenOnReadOnlyMedia(const std::string& path) {
  const bool log_is_empty = !HasBytes(path + "-wal");
  if (log_is_empty && !Exists(path + "-shm")) return OpenAndCheck(path, SqliteMode::kImmutable);
  Result<Database> shared = OpenAndCheck(path, SqliteMode::kRead);
  if (shared || shared.error().code() != Code::kIo) return shared;
  if (log_is_empty) return OpenAndCheck(path, SqliteMode::kImmutable);
  return Error(Code::kIo,
               "the library " + Quoted(FolderOf(path)) +
                   " lies on media that cannot be written and was not closed cleanly; open it once where it "
                   "can be written (" +
                   shared.error().message() + ")");
}

Status CheckIntegrity(Database& db) {
  Statement query = db.Ask("PRAGMA quick_check(1)");
  VITRINE_TRY_ASSIGN(const bool found, query.Next());
  if (found && query.Bytes(0) == "ok") return {};
  return Error(Code::kCorrupt,
               "the catalog is damaged (" + Printable(found ? query.Bytes(0) : "no answer") +
                   "): restore catalog.sqlite from a backup, or move it away and index the folders again "
                   "(the pictures themselves are untouched)");
}

// A library of before has no words yet; once is enough.
Status FindMigratedPicturesByWords(Database& db) {
  VITRINE_TRY_ASSIGN(const std::int64_t due, db.Number("SELECT EXISTS (SELECT 1 FROM words_due)"));
  if (due == 0) return {};
  VITRINE_TRY_ASSIGN(Transaction transaction, Transaction::Begin(db));
  VITRINE_TRY(RefreshWords(db));
  return transaction.Commit();
}

Result<std::unique_ptr<Catalog>> OpenForReading(const std::string& folder, const std::string& path) {
  if (!Exists(path)) {
    return Error(Code::kNotFound, "there is no library in " + Quoted(folder) + "; index a folder first");
  }
  const bool writable = access(folder.c_str(), W_OK) == 0;
  VITRINE_TRY_ASSIGN(Database db,
                     writable ? OpenAndCheck(path, SqliteMode::kRead) : OpenOnReadOnlyMedia(path));
  return std::unique_ptr<Catalog>(std::make_unique<SqliteCatalog>(std::move(db), std::nullopt));
}

Result<std::unique_ptr<Catalog>> OpenForWriting(const std::string& folder, const std::string& path) {
  VITRINE_TRY(MakeFolders(folder));
  VITRINE_TRY_ASSIGN(LibraryLock lock, LibraryLock::Take(folder));
  // A clean close empties the log, so bytes in it mean that the last writer was killed or the power went.
  const bool unclean = HasBytes(path + "-wal");
  VITRINE_TRY_ASSIGN(Database db, Database::Open(path, SqliteMode::kWrite));
  VITRINE_TRY(Migrate(db));
  if (unclean) VITRINE_TRY(CheckIntegrity(db));
  VITRINE_TRY(FindMigratedPicturesByWords(db));
  return std::unique_ptr<Catalog>(std::make_unique<SqliteCatalog>(std::move(db), std::move(lock)));
}

}  // namespace

Result<std::unique_ptr<Catalog>> Catalog::Open(const std::string& folder, CatalogMode mode) {
  const std::string path = JoinPath(folder, "catalog.sqlite");
  return mode == CatalogMode::kRead ? OpenForReading(folder, path) : OpenForWriting(folder, path);
}

SqliteCatalog::~SqliteCatalog() {
  if (lock_) db_.Checkpoint();
}

}  // namespace vitrine
