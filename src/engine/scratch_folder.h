// A folder for what is needed only now: gone, with all in it, when this goes.
#pragma once

#include <string>
#include <utility>

#include "vitrine/result.h"

namespace vitrine {

class ScratchFolder {
 public:
  /// Makes "<library_folder>/scratch/<random>". What a killed process left beside it is removed first, when
  /// it is older than a day. Errors: kNoSpace, kIo.
  static Result<ScratchFolder> Make(const std::string& library_folder);

  ScratchFolder(ScratchFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  ScratchFolder& operator=(ScratchFolder&&) = delete;
  ~ScratchFolder();

  const std::string& path() const { return path_; }

 private:
  explicit ScratchFolder(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

}  // namespace vitrine
