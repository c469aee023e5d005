#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "base/try.h"
#include "base/utf8.h"
#include "catalog/library_lock.h"

namespace vitrine {
namespace {

Error CannotWrite(const std::string& folder, int cause) {
  if (cause == EROFS || cause == EACCES || cause == EPERM) {
    return Error(Code::kIo,
                 "the library " + Quoted(folder) +
                     " is read-only here: it can be searched but not changed; give write permission or "
                     "choose another library");
  }
  return ErrnoError("cannot open the lock of the library", folder, cause);
}

std::string OwnName() {
  std::array<char, 256> host{};
  if (gethostname(host.data(), host.size() - 1) != 0) host[0] = '\0';
  return "process " + std::to_string(getpid()) + " on " + host.data() + "\n";
}

Error HeldByOther(const std::string& folder, int fd) {
  std::array<char, 512> text{};
  const ssize_t got = pread(fd, text.data(), text.size(), 0);
  std::string owner(text.data(), got > 0 ? static_cast<std::size_t>(got) : 0);
  owner = owner.substr(0, owner.find('\n'));
  if (owner.empty()) owner = "another process";
  return Error(Code::kLocked, "the library " + Quoted(folder) + " is being written by " + Printable(owner) +
                                  "; wait for it to end, searching works meanwhile");
}

}  // namespace

Result<LibraryLock> LibraryLock::Take(const std::string& folder) {
  const std::string path = JoinPath(folder, "lock");
  UniqueFd fd(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd) return CannotWrite(folder, errno);
  while (flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return HeldByOther(folder, fd.get());
    if (errno != EINTR) return ErrnoError("cannot lock the library", folder, errno);
  }
  const std::string name = OwnName();
  if (ftruncate(fd.get(), 0) != 0) return ErrnoError("cannot write", path, errno);
  VITRINE_TRY(WriteAll(fd.get(), name, path));
  return LibraryLock(std::move(fd));
}

}  // namespace vitrine
