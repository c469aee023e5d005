#include "fetch/part_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "base/hash.h"
#include "base/try.h"

namespace vitrine::fetch {

Result<PartFile> PartFile::Open(const std::string& path, std::uint64_t bytes) {
  VITRINE_TRY(MakeFolders(std::string(FolderOf(path))));
  UniqueFd fd(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0644));
  if (!fd) return ErrnoError("cannot open", path, errno);
  PartFile file(path, std::move(fd), bytes);
  VITRINE_TRY(file.CutTo(bytes));
  return file;
}

Status PartFile::Append(std::string_view bytes) {
  VITRINE_TRY(WriteAll(fd_.get(), bytes, path_));
  size_ += bytes.size();
  return {};
}

Status PartFile::Sync() {
  if (fsync(fd_.get()) != 0) return ErrnoError("cannot sync", path_, errno);
  return {};
}

Result<std::string> PartFile::Sha256() const {
  Result<Sha256Digest> digest = Sha256OfFile(fd_.get());
  if (!digest) return std::move(digest).error().Annotate(path_);
  return Hex(*digest);
}

Status PartFile::CutTo(std::uint64_t bytes) {
  const auto end = static_cast<off_t>(bytes);
  if (ftruncate(fd_.get(), end) != 0 || lseek(fd_.get(), end, SEEK_SET) != end) {
    return ErrnoError("cannot cut", path_, errno);
  }
  size_ = bytes;
  return {};
}

}  // namespace vitrine::fetch
