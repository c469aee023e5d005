#include "boards/export/pending_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <utility>

#include "base/try.h"
#include "base/utf8.h"

namespace vitrine {
namespace {

struct Beside {
  std::string path;
  UniqueFd fd;
};

// A new file whose name nobody else uses. Long names are cut, so that what is added has room.
Result<Beside> CreateBeside(const std::string& path) {
  const std::string_view folder = FolderOf(path);
  const std::string front =
      "." + std::string(CutUtf8(NameOf(path), 180)) + "." + std::to_string(getpid()) + ".";
  for (int attempt = 0; attempt < 1000; ++attempt) {
    const std::string name = front + std::to_string(attempt) + ".part";
    std::string beside = folder.empty() ? name : JoinPath(folder, name);
    const int fd = open(beside.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (fd >= 0) return Beside{std::move(beside), UniqueFd(fd)};
    if (errno != EEXIST) return ErrnoError("cannot write", path, errno);
  }
  return Error(Code::kIo, "cannot write " + Quoted(path) + ": too many unfinished files lie beside it");
}

}  // namespace

Result<PendingFile> PendingFile::Create(const std::string& path) {
  VITRINE_TRY_ASSIGN(Beside made, CreateBeside(path));
  return PendingFile(path, std::move(made.path), std::move(made.fd));
}

PendingFile::~PendingFile() {
  if (fd_) unlink(beside_.c_str());
}

Status PendingFile::Write(std::string_view bytes) { return WriteAll(fd_.get(), bytes, path_); }

Status PendingFile::Publish() {
  if (fsync(fd_.get()) != 0) return ErrnoError("cannot write", path_, errno);
  if (std::rename(beside_.c_str(), path_.c_str()) != 0) return ErrnoError("cannot write", path_, errno);
  fd_ = UniqueFd();
  const std::string_view folder = FolderOf(path_);
  return SyncFolder(folder.empty() ? "." : std::string(folder));
}

Result<std::uint64_t> PendingFile::Size() const {
  struct stat facts{};
  if (fstat(fd_.get(), &facts) != 0) return ErrnoError("cannot look at", path_, errno);
  return static_cast<std::uint64_t>(facts.st_size);
}

Result<UniqueFd> NamelessFileBeside(const std::string& path) {
  VITRINE_TRY_ASSIGN(Beside made, CreateBeside(path));
  unlink(made.path.c_str());
  return std::move(made.fd);
}

}  // namespace vitrine
