// Finding picture files under a folder.
//
// Names are bytes and folders are opened relative to their parent's descriptor, so that no name, however
// strange or long, and no rename under way can lead the walk elsewhere. Links are not followed. A set of
// (device, inode) pairs, kept for folders and for files with several hard links, makes each thing count once
// and ends every loop. Memory holds the listings from the root to the current folder and no more.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "catalog/catalog.h"
#include "vitrine/types.h"

namespace vitrine {

/// What a walk tells as it goes.
class WalkVisitor {
 public:
  virtual ~WalkVisitor() = default;
  /// The names of a folder's sidecars, sorted, before its pictures are visited.
  virtual void OnSidecars(const std::vector<std::string>& /*names*/) {}
  /// A regular file with a picture's name. False ends the walk.
  virtual bool OnPicture(const PathBytes& path, const FileStamp& stamp) = 0;
  /// So many entries were left out: no picture by name, links, special files, RAW beside its JPEG, further
  /// hard links.
  virtual void OnSkipped(std::uint64_t count) = 0;
  /// A folder (or file) that could not be looked at: what lies there is unknown, which is not the same as
  /// gone.
  virtual void OnUnreadable(const PathBytes& path, const std::string& reason) = 0;
};

enum class WalkEnd : std::uint8_t {
  kComplete,  ///< Everything under the root was seen, save what OnUnreadable named.
  kStopped,   ///< The visitor ended it.
  kMissing,   ///< There is nothing at the root's path.
  kRepeated,  ///< This very folder was walked before, under another name.
};

/// Walks several roots; what one of them held is not visited again under another.
class Walker {
 public:
  /// @param drawings  SVG files are pictures too.
  explicit Walker(bool drawings = false) : drawings_(drawings) {}

  /// Visits the pictures under `root` folder by folder, in byte order of the names within each. `root` may be
  /// a link, a hidden or junk folder, or a file of any name: it was asked for.
  WalkEnd Walk(const PathBytes& root, WalkVisitor& visitor);

  struct Level;

 private:
  using FileId = std::pair<std::uint64_t, std::uint64_t>;

  WalkEnd WalkFile(const PathBytes& path, const FileStamp& stamp, std::uint64_t links, WalkVisitor& visitor);
  bool VisitFiles(Level& level, WalkVisitor& visitor);
  bool VisitFile(const Level& level, const std::string& name, WalkVisitor& visitor);
  bool IsNew(const FileStamp& stamp) { return visited_.emplace(stamp.device, stamp.inode).second; }

  const bool drawings_;
  std::set<FileId> visited_;
};

/// The folders and files to walk: absolute, without "." and doubled slashes, sorted, each once, none inside
/// another. A link to a file is replaced by the file.
std::vector<PathBytes> CleanRoots(const std::vector<PathBytes>& roots);

/// True when `path` is `folder` or lies under it.
bool IsUnder(const PathBytes& path, const PathBytes& folder);

}  // namespace vitrine
