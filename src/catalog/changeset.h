// What a transaction does to some tables, as bytes that can be applied again later, or backwards: SQLite's
// session extension. Tables are known by their primary keys; each of those here has an integer or a text as
// the first part of its key.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "catalog/sqlite.h"
#include "vitrine/result.h"

struct sqlite3_session;

namespace vitrine {

/// A row by its primary key, of at most two parts.
struct RowKey {
  std::string table;
  std::int64_t first = 0, second = 0;
  std::string text;  ///< The first part where that is a text.
};

/// Records the changes of one connection from its making on. Must not outlive the database.
class ChangeRecorder {
 public:
  /// Errors: kInternal (no such table, a SQLite without sessions).
  static Result<ChangeRecorder> Begin(Database& db, std::span<const char* const> tables);

  ChangeRecorder(ChangeRecorder&& other) noexcept : session_(std::exchange(other.session_, nullptr)) {}
  ChangeRecorder& operator=(ChangeRecorder&&) = delete;
  ~ChangeRecorder();

  /// While paused, changes go by unseen; a row that is first changed later counts as having been there.
  void Pause();
  void Resume();

  /// The net effect of all changes so far; empty when there is none.
  Result<std::string> Changes();

 private:
  explicit ChangeRecorder(sqlite3_session* session) : session_(session) {}
  sqlite3_session* session_;
};

enum class ChangeDirection : std::uint8_t { kAgain, kBack };

/// Why changes do not fit the database any more.
struct ChangeConflict {
  enum class Kind : std::uint8_t {
    kOtherRow,   ///< A row is there, or has other values, where the changes expect none, or theirs.
    kNoRow,      ///< A row that the changes expect is gone.
    kReference,  ///< A row would be left that refers to one that is not there.
  };
  Kind kind = Kind::kOtherRow;
  RowKey row;  ///< Empty for kReference.
};

/// Applies all changes of these tables, or none and says what does not fit. A change that does not fit is
/// left out where `may_skip` allows it. Inside a Transaction. Errors: kCorrupt, kNoSpace.
Result<std::optional<ChangeConflict>> ApplyChanges(Database& db, std::string_view changes,
                                                   std::span<const char* const> tables,
                                                   ChangeDirection direction,
                                                   const std::function<bool(const RowKey&)>& may_skip);

/// Calls `visit` with each row that the changes change. Errors: kCorrupt.
Status ForEachChange(std::string_view changes, const std::function<void(const RowKey&)>& visit);

}  // namespace vitrine
