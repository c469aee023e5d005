// What can be taken back, and searches that were given a name.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "vitrine/types.h"

namespace vitrine {

/// A query under a name.
struct SavedSearch {
  std::string name;   ///< 1..255 bytes of UTF-8 without control characters.
  std::string query;  ///< As typed (docs/query.md).
};

/// A file that was moved on request, as part of a change.
struct FileMove {
  PathBytes from, to;
};

/// One step that can be taken back.
struct JournalEntry {
  std::int64_t id = 0;
  std::string at;    ///< UTC, "2026-11-25T09:30:00Z".
  std::string what;  ///< For people: "tag 12 pictures \"beach\"".
  bool undone = false;
  std::vector<FileMove> moves;  ///< In the order made. Whoever undoes or redoes the entry moves the files.
};

}  // namespace vitrine
