// A small layer over SQLite: connections, prepared statements and transactions that clean up after
// themselves, and result codes turned into Errors. Nothing outside sqlite.cc and
// changeset.cc sees sqlite3.h.
//
//   Statement query = db.Ask("SELECT asset FROM file WHERE path = ?", Blob{path});
//   VITRINE_TRY_ASSIGN(const bool found, query.Next());
//   if (found) return query.Int(0);
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "vitrine/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace vitrine {

/// Bytes to bind as a BLOB; they must live until the statement is done.
struct Blob {
  std::string_view bytes;
};

/// How a database file is opened.
enum class SqliteMode : std::uint8_t {
  kRead,       ///< Read only; never checkpoints. Makes the -shm file beside the database when it can.
  kImmutable,  ///< Read only, on media that nothing can change; takes no locks.
  kWrite,      ///< Reads, writes, creates, checkpoints.
  /// Reads and writes, several processes at once: a rollback journal in place of the write-ahead log
  /// (docs/decisions/0013-board-store.md). The file has to be there.
  kShared,
  kSharedCreate,  ///< The same; makes the file where there is none.
};

/// One run of a prepared statement. Errors of preparing and binding come out of Next() and Run(). The
/// statement goes back to its database when this goes.
class Statement {
 public:
  Statement(sqlite3* db, sqlite3_stmt* statement, bool* in_use, int result) noexcept;
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&&) = delete;
  ~Statement();

  void Bind(int position, std::int64_t value);
  void Bind(int position, double value);
  void Bind(int position, std::string_view text);
  void Bind(int position, Blob blob);
  template <typename T>
  void Bind(int position, const std::optional<T>& value) {
    if (value) Bind(position, BindingOf(*value));
  }

  /// Moves to the next row; false past the last one.
  Result<bool> Next();
  /// Runs to the end, ignoring rows.
  Status Run();
  /// Makes the statement ready for other values, which keep their old ones until bound again.
  void Reset();

  // The columns of the current row, numbered from 0. Views live until the next step.
  std::int64_t Int(int column) const;
  double Real(int column) const;
  std::string_view Bytes(int column) const;
  std::string Text(int column) const { return std::string(Bytes(column)); }
  bool IsNull(int column) const;

 private:
  static std::int64_t BindingOf(std::int64_t value) { return value; }
  static double BindingOf(double value) { return value; }
  static std::string_view BindingOf(const std::string& text) { return text; }
  static Blob BindingOf(Blob blob) { return blob; }
  void Keep(int result);

  sqlite3* db_;
  sqlite3_stmt* statement_;
  bool* in_use_;
  int result_;
};

/// A connection. Not thread-safe: one thread at a time.
class Database {
 public:
  /// Opens the file at `path` with the settings that docs/decisions/0006-catalog.md gives reasons for.
  /// Errors: kIo, kNoSpace, kCorrupt (not a database).
  static Result<Database> Open(const std::string& path, SqliteMode mode);

  Database(Database&& other) noexcept;
  Database& operator=(Database&&) = delete;
  ~Database();

  /// Prepares `sql` (a literal: statements are kept by its address) and binds `values` in order.
  template <typename... Values>
  Statement Ask(const char* sql, const Values&... values) {
    Statement query = Prepare(sql);
    int position = 0;
    (query.Bind(++position, values), ...);
    return query;
  }

  /// Runs one or more statements that take no values.
  Status Execute(const std::string& sql);

  /// A pragma's or query's single number. Errors: kCorrupt when there is no row.
  Result<std::int64_t> Number(const char* sql);

  /// Copies the write-ahead log into the database and empties it, as far as readers allow. Never fails: what
  /// stays in the log is still read from there.
  void Checkpoint();

  bool InTransaction() const;
  /// For changeset.cc alone.
  sqlite3* handle() const { return db_; }

 private:
  struct Prepared {
    sqlite3_stmt* statement = nullptr;
    bool in_use = false;
  };

  explicit Database(sqlite3* db) : db_(db) {}
  Statement Prepare(const char* sql);

  sqlite3* db_;
  std::unordered_map<const char*, std::unique_ptr<Prepared>> prepared_;
};

/// As long as it lives, all reads see one state of the database, whatever a writer commits meanwhile. Inside
/// another transaction it does nothing: that one does the same.
class ReadTransaction {
 public:
  /// Errors: kIo.
  static Result<ReadTransaction> Begin(Database& db);

  ReadTransaction(ReadTransaction&& other) noexcept : db_(std::exchange(other.db_, nullptr)) {}
  ReadTransaction& operator=(ReadTransaction&&) = delete;
  ~ReadTransaction();

 private:
  explicit ReadTransaction(Database* db) : db_(db) {}
  Database* db_;
};

/// A write transaction: rolled back unless committed.
class Transaction {
 public:
  /// Errors: kLocked, kIo, kNoSpace.
  static Result<Transaction> Begin(Database& db);

  Transaction(Transaction&& other) noexcept : db_(std::exchange(other.db_, nullptr)) {}
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();

  /// Durable when it returns. Errors: kNoSpace, kIo; the transaction is then rolled back.
  Status Commit();

 private:
  explicit Transaction(Database* db) : db_(db) {}
  Database* db_;
};

}  // namespace vitrine
