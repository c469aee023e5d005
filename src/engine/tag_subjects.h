// Which pictures a person means by paths: files and folders, in the library or not.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "engine/snapshot.h"
#include "vitrine/result.h"
#include "vitrine/types.h"

namespace vitrine {

/// A picture of the library, and where it lies: at least one path.
struct PlacedPicture {
  AssetId id{};
  std::vector<PathBytes> paths;
};

/// The pictures of the library at or below one path, which has its links followed; none where it knows
/// nothing there. Those that have no vector in its space are not among them.
using KnownAt = std::function<Result<std::vector<PlacedPicture>>(const PathBytes&)>;

/// What a library on this machine knows. The snapshot outlives it. Errors: those of the catalog.
KnownAt KnownIn(const Snapshot& snapshot);

/// Pictures to judge.
struct TagSubjects {
  bool all = false;               ///< Every picture of the library; the lists are empty.
  std::vector<AssetId> pictures;  ///< Of the library, each once.
  std::vector<PathBytes> files;   ///< From elsewhere, each once.
  bool operator==(const TagSubjects&) const = default;
};

/// The pictures at the paths, in order; all for none. What the library knows at a path, or below it where it
/// is a folder, is a picture of it; other picture files are named. Errors: kNotFound (a path with nothing at
/// it, on disk or in the library), those of `known`.
Result<TagSubjects> SubjectsAt(std::span<const PathBytes> paths, const KnownAt& known);

/// Rows of the set below `end`.
std::vector<RowId> RowsOf(const RowSet& set, RowId end);

/// The pictures of the library at these paths or below them, each once, in order of id. Errors: kNotFound (a
/// path that the library knows nothing of; it says so), those of `known`.
Result<std::vector<AssetId>> AssetsAt(std::span<const PathBytes> paths, const KnownAt& known);

}  // namespace vitrine
