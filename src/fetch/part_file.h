// A file that grows as bytes come in.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/file.h"
#include "vitrine/result.h"

namespace vitrine::fetch {

class PartFile {
 public:
  /// Opens or makes it, with its folders, and cuts it to `bytes`. Links are not followed. Errors: kNoSpace,
  /// kIo.
  static Result<PartFile> Open(const std::string& path, std::uint64_t bytes);

  std::uint64_t size() const { return size_; }
  Status Append(std::string_view bytes);
  /// Cuts it to its first `bytes`; what is appended follows them. Errors: kNoSpace, kIo.
  Status CutTo(std::uint64_t bytes);
  /// What is in it is on the disk when this returns. Errors: kNoSpace, kIo.
  Status Sync();
  /// SHA-256 of what is on the disk, in hex. Errors: kIo.
  Result<std::string> Sha256() const;

 private:
  PartFile(std::string path, UniqueFd fd, std::uint64_t size)
      : path_(std::move(path)), fd_(std::move(fd)), size_(size) {}

  std::string path_;
  UniqueFd fd_;
  std::uint64_t size_;
};

}  // namespace vitrine::fetch
