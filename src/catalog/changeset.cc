#include "catalog/changeset.h"

#define SQLITE_ENABLE_PREUPDATE_HOOK
#define SQLITE_ENABLE_SESSION
#include <sqlite3.h>

#include <algorithm>
#include <memory>

#include "base/try.h"
#include "catalog/changeset_check.h"

namespace vitrine {
namespace {

constexpr const char* kDamaged =
    "the journal of the library is damaged: what was changed cannot be taken back";

Error Failed(std::string_view doing, int result) {
  const Code code = result == SQLITE_NOMEM || (result & 0xff) == SQLITE_FULL ? Code::kNoSpace
                    : (result & 0xff) == SQLITE_CORRUPT                      ? Code::kCorrupt
                                                                             : Code::kInternal;
  return {code, "cannot " + std::string(doing) + ": " + sqlite3_errstr(result)};
}

// The key of the row that an iterator stands on. Deletions have old values alone, insertions new ones.
RowKey KeyAt(sqlite3_changeset_iter* at) {
  RowKey key;
  const char* table = nullptr;
  int columns = 0;
  int operation = 0;
  if (sqlite3changeset_op(at, &table, &columns, &operation, nullptr) != SQLITE_OK) return key;
  key.table = table;
  unsigned char* in_key = nullptr;
  if (sqlite3changeset_pk(at, &in_key, nullptr) != SQLITE_OK) return key;
  int parts = 0;
  for (int i = 0; i < columns && parts < 2; ++i) {
    if (in_key[i] == 0) continue;
    sqlite3_value* value = nullptr;
    const int result = operation == SQLITE_INSERT ? sqlite3changeset_new(at, i, &value)
                                                  : sqlite3changeset_old(at, i, &value);
    if (result != SQLITE_OK || value == nullptr) return key;
    if (parts == 0 && sqlite3_value_type(value) == SQLITE_TEXT) {
      key.text = reinterpret_cast<const char*>(sqlite3_value_text(value));
    } else {
      (parts == 0 ? key.first : key.second) = sqlite3_value_int64(value);
    }
    ++parts;
  }
  return key;
}

struct Judge {
  std::span<const char* const> tables;
  const std::function<bool(const RowKey&)>& may_skip;
  std::optional<ChangeConflict> conflict;
};

// A catalog from a stranger may hold changes of any table.
int IsWanted(void* context, const char* table) {
  const auto& judge = *static_cast<const Judge*>(context);
  const auto names_it = [&](const char* name) { return std::string_view(name) == table; };
  return std::ranges::any_of(judge.tables, names_it) ? 1 : 0;
}

int OnConflict(void* context, int kind, sqlite3_changeset_iter* at) {
  auto& judge = *static_cast<Judge*>(context);
  if (kind == SQLITE_CHANGESET_FOREIGN_KEY) {
    judge.conflict = ChangeConflict{.kind = ChangeConflict::Kind::kReference, .row = {}};
    return SQLITE_CHANGESET_ABORT;
  }
  RowKey key = KeyAt(at);
  if (judge.may_skip(key)) return SQLITE_CHANGESET_OMIT;
  const bool gone = kind == SQLITE_CHANGESET_NOTFOUND;
  judge.conflict = ChangeConflict{
      .kind = gone ? ChangeConflict::Kind::kNoRow : ChangeConflict::Kind::kOtherRow, .row = std::move(key)};
  return SQLITE_CHANGESET_ABORT;
}

}  // namespace

Result<ChangeRecorder> ChangeRecorder::Begin(Database& db, std::span<const char* const> tables) {
  sqlite3_session* session = nullptr;
  if (const int result = sqlite3session_create(db.handle(), "main", &session); result != SQLITE_OK) {
    return Failed("record changes", result);
  }
  ChangeRecorder recorder(session);
  for (const char* table : tables) {
    if (const int result = sqlite3session_attach(session, table); result != SQLITE_OK) {
      return Failed("record changes", result);
    }
  }
  return recorder;
}

ChangeRecorder::~ChangeRecorder() {
  if (session_ != nullptr) sqlite3session_delete(session_);
}

void ChangeRecorder::Pause() { sqlite3session_enable(session_, 0); }

void ChangeRecorder::Resume() { sqlite3session_enable(session_, 1); }

Result<std::string> ChangeRecorder::Changes() {
  int size = 0;
  void* bytes = nullptr;
  const int result = sqlite3session_changeset(session_, &size, &bytes);
  const std::unique_ptr<void, decltype(&sqlite3_free)> owned(bytes, sqlite3_free);
  if (result != SQLITE_OK) return Failed("record changes", result);
  return std::string(static_cast<const char*>(bytes), static_cast<std::size_t>(size));
}

Result<std::optional<ChangeConflict>> ApplyChanges(Database& db, std::string_view changes,
                                                   std::span<const char* const> tables,
                                                   ChangeDirection direction,
                                                   const std::function<bool(const RowKey&)>& may_skip) {
  if (!IsWholeChangeset(changes)) return Error(Code::kCorrupt, kDamaged);
  Judge judge{.tables = tables, .may_skip = may_skip, .conflict = {}};
  // The bytes are only read; the signature of SQLite is older than const.
  void* bytes = const_cast<char*>(changes.data());
  const int flags = direction == ChangeDirection::kBack ? SQLITE_CHANGESETAPPLY_INVERT : 0;
  const int result = sqlite3changeset_apply_v2(db.handle(), static_cast<int>(changes.size()), bytes, IsWanted,
                                               OnConflict, &judge, nullptr, nullptr, flags);
  if (judge.conflict) return judge.conflict;
  if (result != SQLITE_OK) return Failed("apply recorded changes", result);
  return std::optional<ChangeConflict>();
}

Status ForEachChange(std::string_view changes, const std::function<void(const RowKey&)>& visit) {
  if (!IsWholeChangeset(changes)) return Error(Code::kCorrupt, kDamaged);
  sqlite3_changeset_iter* at = nullptr;
  void* bytes = const_cast<char*>(changes.data());
  if (const int result = sqlite3changeset_start(&at, static_cast<int>(changes.size()), bytes);
      result != SQLITE_OK) {
    return Failed("read recorded changes", result);
  }
  while (sqlite3changeset_next(at) == SQLITE_ROW) visit(KeyAt(at));
  if (const int result = sqlite3changeset_finalize(at); result != SQLITE_OK) {
    return Failed("read recorded changes", result);
  }
  return {};
}

}  // namespace vitrine
