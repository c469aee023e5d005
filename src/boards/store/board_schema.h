// The tables of boards.sqlite and the way from an older version to this one (docs/formats/board.md).
#pragma once

#include <cstdint>

#include "catalog/sqlite.h"
#include "vitrine/result.h"

namespace vitrine {

/// The version this program writes; kept in SQLite's user_version.
inline constexpr std::int64_t kBoardSchemaVersion = 1;
/// "VTRB": marks the file as boards of Vitrine, in SQLite's application_id.
inline constexpr std::int64_t kBoardApplicationId = 0x56545242;

/// Brings the database to kBoardSchemaVersion in one transaction; of several processes that try at once, one
/// does it. Errors: kUnsupported (made by a newer Vitrine), kCorrupt (a database of something else), kLocked,
/// kNoSpace, kIo.
Status MigrateBoards(Database& db);

}  // namespace vitrine
