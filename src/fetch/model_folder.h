// Where a model is put: NAME.part while it comes in, NAME once it is whole, with one rename between the two.
#pragma once

#include <cstdint>
#include <string>

#include "base/file.h"
#include "fetch/manifest.h"
#include "vitrine/result.h"

namespace vitrine::fetch {

/// The part folder of a model, held by this process alone.
class PartFolder {
 public:
  /// Makes "<parent>/<name>.part" and takes its lock. Errors: kLocked (another fetch has it), kNoSpace, kIo.
  static Result<PartFolder> Open(const std::string& parent, const std::string& name);

  const std::string& path() const { return path_; }
  std::string File(const std::string& file) const { return JoinPath(path_, file); }
  /// 0 when there is no such regular file.
  std::uint64_t SizeOf(const std::string& file) const;
  /// Holds that the disk has room for so many bytes more, and a little. Errors: kNoSpace, with what to do.
  Status CheckRoom(std::uint64_t bytes) const;
  /// Removes all that `manifest` does not name, empty folders too. Best effort.
  void RemoveStrays(const Manifest& manifest) const;
  /// Puts the folder in its place. Errors: kInvalidArgument (something is there by now), kIo.
  Status Publish() const;

 private:
  PartFolder(std::string parent, std::string name, std::string path, UniqueFd fd)
      : parent_(std::move(parent)), name_(std::move(name)), path_(std::move(path)), fd_(std::move(fd)) {}

  std::string parent_;
  std::string name_;
  std::string path_;
  UniqueFd fd_;  // Carries the lock.
};

/// What stands at a path.
enum class Occupant : std::uint8_t { kNothing, kFetched, kOther };
Occupant OccupantOf(const std::string& path);

/// Makes a whole folder a part folder again, to be mended. Errors: kInvalidArgument (a part is there
/// already), kIo.
Status Unpublish(const std::string& parent, const std::string& name);

/// One file of a folder against its manifest: empty when it is as it must be, else what is wrong with it,
/// with both hashes. Links are not followed. Errors: kIo.
Result<std::string> FaultOf(const std::string& folder, const ManifestFile& file);

}  // namespace vitrine::fetch
