// Moving a file without ever replacing another: a rename that refuses, or a copy under a passing name that is
// linked to the free one.
#include <fcntl.h>
#include <stdio.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "base/file.h"
#include "base/try.h"
#include "base/utf8.h"

namespace vitrine {
namespace {

Error Taken(const std::string& path) {
  return Error(Code::kInvalidArgument, "there is a file " + Quoted(path) + " already; it was left as it is");
}

Status CopyBytes(int from, int to, std::uint64_t bytes, const std::string& path) {
  while (bytes > 0) {
    const ssize_t sent = sendfile(to, from, nullptr, std::min<std::uint64_t>(bytes, 1u << 30));
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) return ErrnoError("cannot write", path, errno);
    if (sent == 0) return Error(Code::kIo, Quoted(path) + " became shorter while it was copied");
    bytes -= static_cast<std::uint64_t>(sent);
  }
  return {};
}

// The whole of `source` under `part`, with its mode and times, on the disk.
Status CopyTo(int source, const struct stat& status, const std::string& part) {
  const UniqueFd copy(open(part.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!copy) return ErrnoError("cannot create", part, errno);
  VITRINE_TRY(CopyBytes(source, copy.get(), static_cast<std::uint64_t>(status.st_size), part));
  const std::array<timespec, 2> times = {status.st_atim, status.st_mtim};
  if (fchmod(copy.get(), status.st_mode & 07777) != 0 || futimens(copy.get(), times.data()) != 0 ||
      fsync(copy.get()) != 0) {
    return ErrnoError("cannot finish", part, errno);
  }
  return {};
}

Status MoveToAnotherDrive(const std::string& from, const std::string& to) {
  VITRINE_TRY_ASSIGN(const UniqueFd source, OpenRegularFile(from));
  struct stat status{};
  if (fstat(source.get(), &status) != 0) return ErrnoError("cannot look at", from, errno);
  const std::string part = to + ".part" + std::to_string(getpid());
  Status moved = CopyTo(source.get(), status, part);
  if (moved && renameat2(AT_FDCWD, part.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) != 0) {
    moved = errno == EEXIST ? Taken(to) : ErrnoError("cannot move to", to, errno);
  }
  if (!moved) {
    unlink(part.c_str());
    return moved;
  }
  VITRINE_TRY(SyncFolder(std::string(FolderOf(to))));
  if (unlink(from.c_str()) != 0) return ErrnoError("copied, but cannot remove", from, errno);
  return {};
}

}  // namespace

Status MoveFile(const std::string& from, const std::string& to) {
  struct stat status{};
  if (lstat(from.c_str(), &status) != 0) return ErrnoError("cannot move", from, errno);
  if (!S_ISREG(status.st_mode)) return Error(Code::kUnsupported, "not a regular file: " + Quoted(from));
  if (renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) {
    VITRINE_TRY(SyncFolder(std::string(FolderOf(to))));
    return SyncFolder(std::string(FolderOf(from)));
  }
  if (errno == EEXIST) return Taken(to);
  if (errno == EXDEV) return MoveToAnotherDrive(from, to);
  return ErrnoError("cannot move", from, errno);
}

}  // namespace vitrine
