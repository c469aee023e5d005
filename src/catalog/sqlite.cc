#include "catalog/sqlite.h"

#include <sqlite3.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <utility>

#include "base/file.h"
#include "base/try.h"
#include "base/utf8.h"

namespace vitrine {
namespace {

constexpr int kBusyTimeoutMs = 10'000;
// Those who share a file hold it for milliseconds; who waits this long had better be told.
constexpr int kSharedTimeoutMs = 5'000;
// Emptying the log at the end is a courtesy: it does not wait long for somebody who reads.
constexpr int kCheckpointTimeoutMs = 250;

// Some calls of SQLite drop the errno on the way up (growing the -shm file does), so the disk is asked too.
bool DiskIsFull(sqlite3* db) {
  const int cause = sqlite3_system_errno(db);
  if (cause == ENOSPC || cause == EDQUOT) return true;
  const char* file = sqlite3_db_filename(db, "main");
  if (file == nullptr) return false;
  struct statvfs disk{};
  return statvfs(std::string(FolderOf(file)).c_str(), &disk) == 0 && disk.f_bavail == 0;
}

Code CodeOf(sqlite3* db, int result) {
  switch (result & 0xff) {
    case SQLITE_FULL:
      return Code::kNoSpace;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return Code::kCorrupt;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return Code::kLocked;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
      return DiskIsFull(db) ? Code::kNoSpace : Code::kIo;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return Code::kIo;
    default:
      return Code::kInternal;
  }
}

bool IsCatalog(const char* file) { return file == nullptr || NameOf(file) == "catalog.sqlite"; }

std::string_view Advice(Code code, bool is_catalog) {
  switch (code) {
    case Code::kNoSpace:
      return "; free some space and run the same command again, nothing recorded so far is lost";
    case Code::kCorrupt:
      return is_catalog
                 ? "; the catalog is damaged: restore catalog.sqlite from a backup, or move it away and "
                   "index the folders again (the pictures themselves are untouched)"
                 : "; the file is damaged: restore it from a backup, or move it away (the pictures "
                   "themselves are untouched)";
    case Code::kLocked:
      return is_catalog ? "; another program holds the catalog, try again when it is done"
                        : "; another program holds the file, try again when it is done";
    default:
      return "";
  }
}

Error ErrorOf(sqlite3* db, int result) {
  const Code code = CodeOf(db, result);
  const char* file = db == nullptr ? nullptr : sqlite3_db_filename(db, "main");
  const bool is_catalog = IsCatalog(file);
  std::string message = (is_catalog ? "catalog " : "database ") + Quoted(file == nullptr ? "" : file) + ": " +
                        sqlite3_errmsg(db);
  if (const int cause = sqlite3_system_errno(db); code == Code::kIo && cause != 0) {
    message += " (" + std::string(ErrnoError("asking for", "the file", cause).message()) + ")";
  }
  return Error(code, message.append(Advice(code, is_catalog)));
}

// A path as a "file:" URI. Every byte that is not plain is escaped, so any file name works.
std::string UriOf(std::string_view path, std::string_view parameters) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string uri = "file:";
  for (const char letter : path) {
    const auto byte = static_cast<unsigned char>(letter);
    const bool plain = (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
                       (byte >= 'a' && byte <= 'z') || byte == '/' || byte == '-' || byte == '_' ||
                       byte == '.';
    if (plain) {
      uri += letter;
    } else {
      uri += '%';
      uri += kDigits[byte >> 4];
      uri += kDigits[byte & 15];
    }
  }
  return uri.append(parameters);
}

// Pages kept in memory: a writer touches the indexes all over, a reader mostly scans. The unit is KiB when
// negative.
const char* SettingsOf(SqliteMode mode) {
  switch (mode) {
    case SqliteMode::kRead:
    case SqliteMode::kImmutable:
      return R"sql(
        PRAGMA query_only=ON; PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON; PRAGMA mmap_size=0;
        PRAGMA cache_size=-8192;)sql";
    case SqliteMode::kWrite:
      return R"sql(
        PRAGMA auto_vacuum=INCREMENTAL;
        PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON; PRAGMA mmap_size=0; PRAGMA foreign_keys=ON;
        PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=4000;
        PRAGMA cache_size=-65536;)sql";
    case SqliteMode::kShared:
    case SqliteMode::kSharedCreate:
      return R"sql(
        PRAGMA auto_vacuum=INCREMENTAL;
        PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON; PRAGMA mmap_size=0; PRAGMA foreign_keys=ON;
        PRAGMA journal_mode=TRUNCATE; PRAGMA synchronous=EXTRA; PRAGMA cache_size=-16384;)sql";
  }
  return "";
}

// words_column(words): the number of the column in which most phrases of the query stand, the first of
// several.
void WordsColumn(const Fts5ExtensionApi* api, Fts5Context* words, sqlite3_context* answer, int,
                 sqlite3_value**) {
  std::array<std::uint64_t, 64> phrases_in{};
  int instances = 0;
  int result = api->xInstCount(words, &instances);
  for (int i = 0; i < instances && result == SQLITE_OK; ++i) {
    int phrase = 0;
    int column = 0;
    int offset = 0;
    result = api->xInst(words, i, &phrase, &column, &offset);
    if (result != SQLITE_OK) break;
    phrases_in[static_cast<std::size_t>(column) % 64] |= std::uint64_t{1} << (phrase % 64);
  }
  if (result != SQLITE_OK) return sqlite3_result_error_code(answer, result);
  const auto fewer = [](std::uint64_t a, std::uint64_t b) { return std::popcount(a) < std::popcount(b); };
  const auto best = std::ranges::max_element(phrases_in, fewer);
  sqlite3_result_int(answer, static_cast<int>(best - phrases_in.begin()));
}

// Teaches FTS5 words_column. The only way to FTS5's functions is a query that fills in a pointer.
int AddWordsColumn(sqlite3* db) {
  fts5_api* api = nullptr;
  sqlite3_stmt* statement = nullptr;
  int result = sqlite3_prepare_v2(db, "SELECT fts5(?1)", -1, &statement, nullptr);
  if (result != SQLITE_OK) return result;
  sqlite3_bind_pointer(statement, 1, static_cast<void*>(&api), "fts5_api_ptr", nullptr);
  sqlite3_step(statement);
  result = sqlite3_finalize(statement);
  if (result != SQLITE_OK) return result;
  if (api == nullptr) return SQLITE_ERROR;
  return api->xCreateFunction(api, "words_column", nullptr, WordsColumn, nullptr);
}

}  // namespace

Statement::Statement(sqlite3* db, sqlite3_stmt* statement, bool* in_use, int result) noexcept
    : db_(db), statement_(statement), in_use_(in_use), result_(result) {}

Statement::Statement(Statement&& other) noexcept
    : db_(other.db_),
      statement_(std::exchange(other.statement_, nullptr)),
      in_use_(other.in_use_),
      result_(other.result_) {}

Statement::~Statement() {
  if (statement_ == nullptr) return;
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
  if (in_use_ == nullptr) {
    sqlite3_finalize(statement_);
  } else {
    *in_use_ = false;
  }
}

void Statement::Keep(int result) {
  if (result_ == SQLITE_OK) result_ = result;
}

void Statement::Bind(int position, std::int64_t value) {
  if (statement_ != nullptr) Keep(sqlite3_bind_int64(statement_, position, value));
}

void Statement::Bind(int position, double value) {
  if (statement_ != nullptr) Keep(sqlite3_bind_double(statement_, position, value));
}

void Statement::Bind(int position, std::string_view text) {
  if (statement_ == nullptr) return;
  // A null pointer would bind NULL, not "".
  const char* data = text.data() == nullptr ? "" : text.data();
  Keep(sqlite3_bind_text64(statement_, position, data, text.size(), SQLITE_STATIC, SQLITE_UTF8));
}

void Statement::Bind(int position, Blob blob) {
  if (statement_ == nullptr) return;
  const char* data = blob.bytes.data() == nullptr ? "" : blob.bytes.data();
  Keep(sqlite3_bind_blob64(statement_, position, data, blob.bytes.size(), SQLITE_STATIC));
}

Result<bool> Statement::Next() {
  if (result_ != SQLITE_OK || statement_ == nullptr) return ErrorOf(db_, result_);
  const int result = sqlite3_step(statement_);
  if (result == SQLITE_ROW) return true;
  if (result == SQLITE_DONE) return false;
  return ErrorOf(db_, result);
}

Status Statement::Run() {
  while (true) {
    VITRINE_TRY_ASSIGN(const bool more, Next());
    if (!more) return {};
  }
}

void Statement::Reset() {
  if (statement_ != nullptr) sqlite3_reset(statement_);
}

std::int64_t Statement::Int(int column) const { return sqlite3_column_int64(statement_, column); }

double Statement::Real(int column) const { return sqlite3_column_double(statement_, column); }

std::string_view Statement::Bytes(int column) const {
  const void* data = sqlite3_column_blob(statement_, column);
  const int size = sqlite3_column_bytes(statement_, column);
  if (data == nullptr) return {};
  return {static_cast<const char*>(data), static_cast<std::size_t>(size)};
}

bool Statement::IsNull(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }

Result<Database> Database::Open(const std::string& path, SqliteMode mode) {
  int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI | SQLITE_OPEN_EXRESCODE;
  const bool creates = mode == SqliteMode::kWrite || mode == SqliteMode::kSharedCreate;
  const bool shared = mode == SqliteMode::kShared || mode == SqliteMode::kSharedCreate;
  flags |= creates || shared ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
  if (creates) flags |= SQLITE_OPEN_CREATE;
  const std::string uri = UriOf(path, mode == SqliteMode::kImmutable ? "?immutable=1" : "");
  sqlite3* handle = nullptr;
  const int result = sqlite3_open_v2(uri.c_str(), &handle, flags, nullptr);
  Database db(handle);
  if (result != SQLITE_OK) return ErrorOf(handle, result);
  sqlite3_busy_timeout(handle, shared ? kSharedTimeoutMs : kBusyTimeoutMs);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  if (!creates && !shared) sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  VITRINE_TRY(db.Execute(SettingsOf(mode)));
  if (const int added = AddWordsColumn(handle); added != SQLITE_OK) return ErrorOf(handle, added);
  return db;
}

Database::Database(Database&& other) noexcept
    : db_(std::exchange(other.db_, nullptr)), prepared_(std::move(other.prepared_)) {}

Database::~Database() {
  for (const auto& [sql, prepared] : prepared_) sqlite3_finalize(prepared->statement);
  sqlite3_close_v2(db_);
}

Statement Database::Prepare(const char* sql) {
  std::unique_ptr<Prepared>& kept = prepared_[sql];
  if (kept == nullptr) kept = std::make_unique<Prepared>();
  // A statement that is being read further out must not be disturbed: the inner use gets one of its own.
  const bool own = kept->in_use;
  if (!own && kept->statement != nullptr) {
    kept->in_use = true;
    return {db_, kept->statement, &kept->in_use, SQLITE_OK};
  }
  sqlite3_stmt* statement = nullptr;
  const unsigned lifetime = own ? 0 : SQLITE_PREPARE_PERSISTENT;
  const int result = sqlite3_prepare_v3(db_, sql, -1, lifetime, &statement, nullptr);
  if (own || result != SQLITE_OK) return {db_, statement, nullptr, result};
  kept->statement = statement;
  kept->in_use = true;
  return {db_, statement, &kept->in_use, SQLITE_OK};
}

Status Database::Execute(const std::string& sql) {
  const int result = sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr);
  if (result != SQLITE_OK) return ErrorOf(db_, result);
  return {};
}

Result<std::int64_t> Database::Number(const char* sql) {
  Statement query = Prepare(sql);
  VITRINE_TRY_ASSIGN(const bool found, query.Next());
  if (!found) return Error(Code::kCorrupt, std::string("no answer to ") + sql);
  return query.Int(0);
}

bool Database::InTransaction() const { return sqlite3_get_autocommit(db_) == 0; }

void Database::Checkpoint() {
  sqlite3_busy_timeout(db_, kCheckpointTimeoutMs);
  sqlite3_wal_checkpoint_v2(db_, "main", SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
  sqlite3_busy_timeout(db_, kBusyTimeoutMs);
}

Result<ReadTransaction> ReadTransaction::Begin(Database& db) {
  if (db.InTransaction()) return ReadTransaction(nullptr);
  VITRINE_TRY(db.Ask("BEGIN").Run());
  return ReadTransaction(&db);
}

ReadTransaction::~ReadTransaction() {
  if (db_ == nullptr) return;
  const Status ignored = db_->Ask("COMMIT").Run();  // Of reads: there is nothing that could be lost.
  static_cast<void>(ignored);
}

Result<Transaction> Transaction::Begin(Database& db) {
  VITRINE_TRY(db.Ask("BEGIN IMMEDIATE").Run());
  return Transaction(&db);
}

Transaction::~Transaction() {
  if (db_ == nullptr) return;
  // SQLite has already rolled back after some errors; a second time is refused and harmless.
  const Status ignored = db_->Execute("ROLLBACK");
  static_cast<void>(ignored);
}

Status Transaction::Commit() {
  VITRINE_TRY(db_->Ask("COMMIT").Run());
  db_ = nullptr;
  return {};
}

}  // namespace vitrine
