// Files: owned descriptors, whole-file reads, atomic publishing, read-only maps. Paths are bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "vitrine/result.h"

namespace vitrine {

/// Owns a file descriptor and closes it. Movable.
class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept;
  ~UniqueFd();

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_ = -1;
};

/// An Error for the current errno: kNotFound, kNoSpace (ENOSPC, EDQUOT) or kIo, saying "<doing> "<path>":
/// <cause>".
Error ErrnoError(std::string_view doing, std::string_view path, int error_number);

/// Opens a regular file for reading. Never blocks on a FIFO, never follows a link in the last component.
/// Errors: kNotFound, kIo (refused), kUnsupported (not a regular file).
Result<UniqueFd> OpenRegularFile(const std::string& path);

/// Reads everything behind `fd` from offset 0. Errors: kIo.
Result<std::string> ReadAll(int fd);

/// Reads a whole file, at most `max_bytes`. Errors: as OpenRegularFile (links are followed), kCorrupt when
/// larger.
Result<std::string> ReadFile(const std::string& path, std::uint64_t max_bytes = 1ull << 30);

/// A regular file without a name that holds `bytes`; its memory goes with the last descriptor. Errors:
/// kNoSpace, kIo.
Result<UniqueFd> MemoryFile(std::string_view bytes);

/// Writes all of `bytes` at the current offset, however often the kernel takes only a part. Errors: kNoSpace,
/// kIo.
Status WriteAll(int fd, std::string_view bytes, std::string_view path);

/// How far an atomic write goes before it returns.
enum class Durability : std::uint8_t {
  kSynced,  ///< File and folder are on the disk: survives a power cut.
  kCache,   ///< Whole or absent, but may be lost in a power cut: for what can be made again.
};

/// Publishes `bytes` at `path`: written beside it, then renamed over it. Readers see the old file or the new
/// one, never a part. Errors: kNoSpace, kIo.
Status WriteFileAtomically(const std::string& path, std::string_view bytes, Durability durability);

/// Moves a regular file to a name that is free, also to another drive: copied and synced there, with its
/// times and mode, before the old one goes. Nothing is ever replaced. A crash leaves the file under one of
/// the names, or whole under both. Errors: kNotFound, kInvalidArgument (the new name is taken), kUnsupported
/// (not a regular file), kNoSpace, kIo.
Status MoveFile(const std::string& from, const std::string& to);

/// The same, synced, with the permissions and, where the system lets us, the owner of the file at `like`: for
/// files that other programs share. Errors: also kNotFound (nothing at `like`).
Status WriteFileLike(const std::string& path, std::string_view bytes, const std::string& like);

/// Removes the files of a folder whose names begin with `prefix` and end with one of `suffixes`, but `keep`.
/// Best effort: for files that nobody will read again.
void RemoveOthers(const std::string& folder, std::string_view prefix,
                  std::initializer_list<std::string_view> suffixes, std::string_view keep);

/// Makes a folder and its missing parents, mode 0700. Fine if it exists. Errors: kNoSpace, kIo.
Status MakeFolders(const std::string& path);

/// fsync on a folder, so that a rename in it survives a power cut. Errors: kIo.
Status SyncFolder(const std::string& path);

/// A read-only memory map of a whole file. Movable. Empty files map to an empty span.
class MappedFile {
 public:
  /// Errors: kNotFound, kIo.
  static Result<MappedFile> Open(const std::string& path);

  MappedFile() = default;
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;
  ~MappedFile();

  std::span<const std::byte> bytes() const { return {data_, size_}; }

  /// How the bytes will be read from now on; a hint that changes nothing but speed.
  enum class Access : std::uint8_t {
    kAny,        ///< The system reads ahead as it sees fit: for all but the next.
    kScattered,  ///< A few bytes here and there: what lies around them is not fetched from the disk.
  };
  void Expect(Access access) const;

 private:
  const std::byte* data_ = nullptr;
  std::size_t size_ = 0;
};

/// Hints about bytes of a map, rounded out to whole pages; they change nothing but time and memory.
/// Asks the system to begin reading them from the disk, all at once.
void FetchSoon(std::span<const std::byte> mapped);
/// Takes them out of this process's memory; the system may keep them, and they come back when touched.
void LetGo(std::span<const std::byte> mapped);

/// "a/b" + "c" = "a/b/c"; an empty folder gives the name.
std::string JoinPath(std::string_view folder, std::string_view name);

/// The folder part of a path ("" when there is none) and the last component.
std::string_view FolderOf(std::string_view path);
std::string_view NameOf(std::string_view path);

}  // namespace vitrine
