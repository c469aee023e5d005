// What lies under the roots, cut into pieces of work that every machine cuts in the same places.
//
// The files of a folder, in byte order, are one bunch or several: a bunch ends behind a name whose hash says
// so, so that a file that comes or goes changes one bunch and not all behind it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/catalog.h"
#include "ingest/walk.h"
#include "vitrine/index_report.h"
#include "vitrine/stop.h"
#include "vitrine/types.h"

namespace vitrine {

struct PlannedSidecar {
  PathBytes path;
  FileStamp stamp;
};

struct PlannedFile {
  PathBytes path;
  FileStamp stamp;
  std::vector<PlannedSidecar> sidecars;
};

struct Bunch {
  PathBytes root;
  PathBytes folder;                ///< Of the files; the file itself for a root that is one.
  std::vector<PlannedFile> files;  ///< 1 .. 128.

  /// The same for the same files and sidecars with the same sizes and times, whichever machine and root saw
  /// them.
  /// @param library  what tells one index on the cluster from another that was made under its name.
  std::string Id(std::string_view library) const;
};

/// A root that was walked.
struct PlannedRoot {
  PathBytes path;
  WalkEnd end = WalkEnd::kComplete;
  std::uint64_t files = 0;
};

struct Plan {
  std::vector<PlannedRoot> roots;
  std::vector<Bunch> bunches;
  std::vector<PathBytes> unreadable;  ///< Nothing under these is forgotten.
  std::vector<FileRecord> failures;   ///< Why they could not be looked at.
  std::uint64_t files = 0;
  std::uint64_t skipped = 0;
};

/// Walks the roots (CleanRoots()). Memory grows with the files: some 150 bytes each.
/// @param drawings  SVG files are pictures too.
Plan PlanWork(const std::vector<PathBytes>& roots, bool drawings, const StopSignal& stop);

}  // namespace vitrine
