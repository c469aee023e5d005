// A folder for what is needed only now: gone, with all in it, when this goes.
#pragma once

#include <string>
#include <utility>

#include "vitrine/result.h"

namespace vitrine {

class ScratchFolder {
 public:
  /// Makes "<parent>/vitrine-<random>", mode 0700, and `parent` where it is missing. Errors: kNoSpace, kIo.
  static Result<ScratchFolder> Make(const std::string& parent);

  ScratchFolder(ScratchFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  ScratchFolder& operator=(ScratchFolder&&) = delete;
  ~ScratchFolder();

  /// Removes what killed processes left in `parent`, a folder of scratch folders alone: what nothing was put
  /// into or taken out of for a day. Best effort.
  static void RemoveAbandoned(const std::string& parent);

  const std::string& path() const { return path_; }

 private:
  explicit ScratchFolder(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

}  // namespace vitrine
