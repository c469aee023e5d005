// Which pictures a person means by paths: files and folders, in the library or not.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/matrix.h"
#include "engine/snapshot.h"
#include "vitrine/result.h"
#include "vitrine/types.h"

namespace vitrine {

/// A picture to judge: a row of the library, or a file from elsewhere.
struct TagSubject {
  RowId row = 0;
  PathBytes file;  ///< Empty for a row of the library.
  bool operator==(const TagSubject&) const = default;
};

/// Every living row that the space has a vector of.
std::vector<TagSubject> AllSubjects(const Snapshot& snapshot);

/// The pictures at the paths, in order, each once. What the library knows at a path, or below it where it is
/// a folder, is a row; other picture files are named. Errors: kNotFound (a path with nothing at it, on disk
/// or in the library).
Result<std::vector<TagSubject>> SubjectsAt(const Snapshot& snapshot, const std::string& space,
                                           std::span<const PathBytes> paths);

/// The pictures of the library at these paths or below them, each once, in order of id. `known` gives those
/// at or below one path, which has its links followed. Errors: kNotFound (a path that the library knows
/// nothing of; it says so), those of `known`.
using KnownAt = std::function<Result<std::vector<AssetId>>(const PathBytes&)>;
Result<std::vector<AssetId>> AssetsAt(std::span<const PathBytes> paths, const KnownAt& known);
Result<std::vector<AssetId>> AssetsAt(const Snapshot& snapshot, const std::string& space,
                                      std::span<const PathBytes> paths);

/// Vectors of at most `most` of the rows, evenly taken, [rows, dimension].
Matrix SampleVectors(const RowTable& rows, const RowSet& from, std::size_t most);

}  // namespace vitrine
