#include <dirent.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <memory>

#include "base/file.h"
#include "base/try.h"
#include "base/utf8.h"

namespace vitrine {
namespace {

Code CodeOf(int error_number) {
  switch (error_number) {
    case ENOENT:
    case ENOTDIR:
      return Code::kNotFound;
    case ENOSPC:
    case EDQUOT:
      return Code::kNoSpace;
    default:
      return Code::kIo;
  }
}

Result<UniqueFd> OpenForReading(const std::string& path, int extra_flags) {
  // O_NONBLOCK: opening a FIFO would otherwise wait for a writer. It changes nothing for a regular file.
  UniqueFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | extra_flags));
  if (!fd && errno == ELOOP) return Error(Code::kUnsupported, "is a symbolic link");
  if (!fd) return ErrnoError("cannot open", path, errno);
  struct stat status{};
  if (fstat(fd.get(), &status) != 0) return ErrnoError("cannot look at", path, errno);
  if (!S_ISREG(status.st_mode)) return Error(Code::kUnsupported, "not a regular file: " + Quoted(path));
  return fd;
}

}  // namespace

UniqueFd& UniqueFd::operator=(UniqueFd&& other) noexcept {
  if (this != &other) {
    if (fd_ >= 0) close(fd_);
    fd_ = other.release();
  }
  return *this;
}

UniqueFd::~UniqueFd() {
  if (fd_ >= 0) close(fd_);
}

Error ErrnoError(std::string_view doing, std::string_view path, int error_number) {
  return Error(CodeOf(error_number),
               std::string(doing) + " " + Quoted(path) + ": " + std::strerror(error_number));
}

Result<UniqueFd> OpenRegularFile(const std::string& path) { return OpenForReading(path, O_NOFOLLOW); }

Result<std::string> ReadAll(int fd) {
  std::string bytes;
  std::array<char, 1 << 16> buffer;
  off_t offset = 0;
  while (true) {
    const ssize_t got = pread(fd, buffer.data(), buffer.size(), offset);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Error(Code::kIo, std::string("cannot read: ") + std::strerror(errno));
    if (got == 0) return bytes;
    bytes.append(buffer.data(), static_cast<std::size_t>(got));
    offset += got;
  }
}

Result<std::string> ReadFile(const std::string& path, std::uint64_t max_bytes) {
  VITRINE_TRY_ASSIGN(const UniqueFd fd, OpenForReading(path, 0));
  struct stat status{};
  if (fstat(fd.get(), &status) != 0) return ErrnoError("cannot look at", path, errno);
  if (static_cast<std::uint64_t>(status.st_size) > max_bytes) {
    return Error(Code::kCorrupt, Quoted(path) + " is larger than " + std::to_string(max_bytes) + " bytes");
  }
  auto bytes = ReadAll(fd.get());
  if (!bytes) return std::move(bytes).error().Annotate(Quoted(path));
  return bytes;
}

Status WriteAll(int fd, std::string_view bytes, std::string_view path) {
  while (!bytes.empty()) {
    const ssize_t wrote = write(fd, bytes.data(), bytes.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return ErrnoError("cannot write", path, errno);
    bytes.remove_prefix(static_cast<std::size_t>(wrote));
  }
  return {};
}

namespace {

// `like`: whose permissions and owner the file gets; null for those of private files.
Status Publish(const std::string& path, std::string_view bytes, Durability durability,
               const struct stat* like) {
  static std::atomic<unsigned> counter = 0;
  const std::string part = path + ".part" + std::to_string(getpid()) + "-" + std::to_string(counter++);
  const UniqueFd fd(open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd) return ErrnoError("cannot create", part, errno);
  const auto write_and_rename = [&]() -> Status {
    if (like != nullptr) {
      // Only the superuser may give a file away; for all others it stays theirs.
      static_cast<void>(fchown(fd.get(), like->st_uid, like->st_gid) == 0);
      if (fchmod(fd.get(), like->st_mode & 0777) != 0)
        return ErrnoError("cannot set permissions of", path, errno);
    }
    VITRINE_TRY(WriteAll(fd.get(), bytes, path));
    if (durability == Durability::kSynced && fsync(fd.get()) != 0)
      return ErrnoError("cannot sync", path, errno);
    if (rename(part.c_str(), path.c_str()) != 0) return ErrnoError("cannot publish", path, errno);
    return {};
  };
  if (Status done = write_and_rename(); !done) {
    unlink(part.c_str());
    return done;
  }
  if (durability == Durability::kSynced) return SyncFolder(std::string(FolderOf(path)));
  return {};
}

}  // namespace

Status WriteFileAtomically(const std::string& path, std::string_view bytes, Durability durability) {
  return Publish(path, bytes, durability, nullptr);
}

Status WriteFileLike(const std::string& path, std::string_view bytes, const std::string& like) {
  struct stat status{};
  if (stat(like.c_str(), &status) != 0) return ErrnoError("cannot look at", like, errno);
  return Publish(path, bytes, Durability::kSynced, &status);
}

void RemoveOthers(const std::string& folder, std::string_view prefix,
                  std::initializer_list<std::string_view> suffixes, std::string_view keep) {
  const std::unique_ptr<DIR, int (*)(DIR*)> listing(opendir(folder.c_str()), &closedir);
  if (!listing) return;
  while (const dirent* entry = readdir(listing.get())) {
    const std::string_view name = entry->d_name;
    const bool ends = std::any_of(suffixes.begin(), suffixes.end(),
                                  [&](std::string_view suffix) { return name.ends_with(suffix); });
    if (name.starts_with(prefix) && ends && name != keep) unlink(JoinPath(folder, name).c_str());
  }
}

Status MakeFolders(const std::string& path) {
  if (path.empty() || mkdir(path.c_str(), 0700) == 0) return {};
  if (errno == ENOENT) {
    VITRINE_TRY(MakeFolders(std::string(FolderOf(path))));
    if (mkdir(path.c_str(), 0700) == 0) return {};
  }
  const int cause = errno;
  struct stat status{};
  if (cause == EEXIST && stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode)) return {};
  return ErrnoError("cannot make the folder", path, cause);
}

Status SyncFolder(const std::string& path) {
  const std::string folder = path.empty() ? "." : path;
  const UniqueFd fd(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd) return ErrnoError("cannot open the folder", folder, errno);
  if (fsync(fd.get()) != 0) return ErrnoError("cannot sync the folder", folder, errno);
  return {};
}

Result<MappedFile> MappedFile::Open(const std::string& path) {
  VITRINE_TRY_ASSIGN(const UniqueFd fd, OpenForReading(path, 0));
  struct stat status{};
  if (fstat(fd.get(), &status) != 0) return ErrnoError("cannot look at", path, errno);
  MappedFile map;
  if (status.st_size == 0) return map;
  const auto size = static_cast<std::size_t>(status.st_size);
  void* data = mmap(nullptr, size, PROT_READ, MAP_SHARED, fd.get(), 0);
  if (data == MAP_FAILED) return ErrnoError("cannot map", path, errno);
  map.data_ = static_cast<const std::byte*>(data);
  map.size_ = size;
  return map;
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) munmap(const_cast<std::byte*>(data_), size_);
}

void MappedFile::Expect(Access access) const {
  if (data_ == nullptr) return;
  const int advice = access == Access::kScattered ? MADV_RANDOM : MADV_NORMAL;
  madvise(const_cast<std::byte*>(data_), size_, advice);
}

namespace {

void Advise(std::span<const std::byte> mapped, int advice) {
  static const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  if (mapped.empty()) return;
  const std::size_t before = reinterpret_cast<std::uintptr_t>(mapped.data()) % page;
  madvise(const_cast<std::byte*>(mapped.data()) - before, mapped.size() + before, advice);
}

}  // namespace

void FetchSoon(std::span<const std::byte> mapped) { Advise(mapped, MADV_WILLNEED); }

void LetGo(std::span<const std::byte> mapped) { Advise(mapped, MADV_DONTNEED); }

std::string JoinPath(std::string_view folder, std::string_view name) {
  if (folder.empty()) return std::string(name);
  std::string path(folder);
  if (path.back() != '/') path += '/';
  return path.append(name);
}

std::string_view FolderOf(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return {};
  return path.substr(0, slash == 0 ? 1 : slash);
}

std::string_view NameOf(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

}  // namespace vitrine
