// Whether bytes are a changeset of SQLite's session extension at all.
#pragma once

#include <string_view>

namespace vitrine {

/// True when `bytes` are whole: tables with their changes, and every value inside. SQLite 3.40 loops for ever
/// over some that are cut short, so nothing is given to it unchecked. Format: "Changeset format" in SQLite's
/// sqlite3session.c. Cost: one pass.
bool IsWholeChangeset(std::string_view bytes);

}  // namespace vitrine
