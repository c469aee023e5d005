// One writer a library: an advisory lock on "<library>/lock" that the system drops when the process ends,
// however it ends. The file itself stays and holds the last owner's name for the message to the second
// writer.
#pragma once

#include <string>

#include "base/file.h"
#include "vitrine/result.h"

namespace vitrine {

/// Held from Take() until destroyed.
class LibraryLock {
 public:
  /// Errors: kLocked (naming the process that holds it), kIo (the folder cannot be written), kNoSpace.
  static Result<LibraryLock> Take(const std::string& folder);

 private:
  explicit LibraryLock(UniqueFd fd) : fd_(std::move(fd)) {}
  UniqueFd fd_;
};

}  // namespace vitrine
