// A file that appears whole or not at all, for what is too large to be built in memory: written beside its
// place under another name, then renamed over it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/file.h"
#include "vitrine/result.h"

namespace vitrine {

class PendingFile {
 public:
  /// Errors: kNotFound (no such folder), kNoSpace, kIo.
  static Result<PendingFile> Create(const std::string& path);

  PendingFile(PendingFile&&) = default;
  PendingFile& operator=(PendingFile&&) = delete;
  /// Removes what was written, unless it was published.
  ~PendingFile();

  int fd() const { return fd_.get(); }
  const std::string& path() const { return path_; }  ///< Where it will be.
  /// At the current offset. Errors: kNoSpace, kIo.
  Status Write(std::string_view bytes);
  /// Syncs and renames. Errors: kNoSpace, kIo.
  Status Publish();
  /// Errors: kIo.
  Result<std::uint64_t> Size() const;

 private:
  PendingFile(std::string path, std::string beside, UniqueFd fd)
      : path_(std::move(path)), beside_(std::move(beside)), fd_(std::move(fd)) {}

  std::string path_, beside_;
  UniqueFd fd_;
};

/// A file without a name in the folder of `path`, gone when it is closed. Errors: kNotFound, kNoSpace, kIo.
Result<UniqueFd> NamelessFileBeside(const std::string& path);

}  // namespace vitrine
