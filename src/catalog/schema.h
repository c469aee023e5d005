// The tables of the catalog and the way from an older version to this one (docs/formats/catalog.md).
#pragma once

#include <cstdint>

#include "catalog/sqlite.h"
#include "vitrine/result.h"

namespace vitrine {

/// The version this program writes; kept in SQLite's user_version.
inline constexpr std::int64_t kSchemaVersion = 3;
/// "VTRN": marks the file as a catalog of Vitrine, in SQLite's application_id.
inline constexpr std::int64_t kApplicationId = 0x5654524e;

/// Brings the database to kSchemaVersion, one transaction a step, so that a run killed between steps goes on
/// later. Errors: kUnsupported (made by a newer Vitrine), kCorrupt (a database of something else), kNoSpace,
/// kIo.
Status Migrate(Database& db);

/// Checks that a reader may use the database. Errors: kNotFound (nothing in it yet), kUnsupported (newer, or
/// older and not migrated yet), kCorrupt (a database of something else).
Status CheckVersion(Database& db);

}  // namespace vitrine
