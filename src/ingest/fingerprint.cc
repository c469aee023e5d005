#include "ingest/fingerprint.h"

#include <cstdlib>

#include "base/try.h"

namespace vitrine {
namespace {

constexpr std::int64_t kNsPerSecond = 1'000'000'000;
constexpr std::int64_t kGrainNs = 2 * kNsPerSecond;

std::int64_t Nanoseconds(const timespec& time) { return time.tv_sec * kNsPerSecond + time.tv_nsec; }

bool IsNear(std::int64_t a_ns, std::int64_t b_ns) { return a_ns > b_ns - kGrainNs && a_ns < b_ns + kGrainNs; }

}  // namespace

FileStamp StampOf(const struct stat& status) {
  return {.size_bytes = static_cast<std::uint64_t>(status.st_size),
          .mtime_ns = Nanoseconds(status.st_mtim),
          .ctime_ns = Nanoseconds(status.st_ctim),
          .device = status.st_dev,
          .inode = status.st_ino};
}

bool IsUnchanged(const FileStamp& remembered, const FileStamp& now) {
  FileStamp same_drive = remembered;
  same_drive.device = now.device;
  return same_drive == now;
}

FileStamp Doubtful(const FileStamp& stamp) { return {.device = stamp.device}; }

FileStamp StampToRemember(const FileStamp& stamp, std::int64_t now_ns) {
  const bool fresh = IsNear(stamp.mtime_ns, now_ns) || IsNear(stamp.ctime_ns, now_ns);
  return fresh ? Doubtful(stamp) : stamp;
}

bool StillHasStamp(int fd, const FileStamp& stamp) {
  struct stat status{};
  return fstat(fd, &status) == 0 && StampOf(status) == stamp;
}

Result<Fingerprint> TakeFingerprint(const PathBytes& path) {
  constexpr int kAttempts = 2;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    VITRINE_TRY_ASSIGN(UniqueFd file, OpenRegularFile(path));
    struct stat before{};
    if (fstat(file.get(), &before) != 0) return ErrnoError("cannot look at", path, errno);
    VITRINE_TRY_ASSIGN(const Sha256Digest content, Sha256OfFile(file.get()));
    const FileStamp stamp = StampOf(before);
    if (StillHasStamp(file.get(), stamp)) {
      return Fingerprint{.stamp = stamp, .content = content, .file = std::move(file)};
    }
  }
  return Error(Code::kTimeout, "changed while it was read");
}

}  // namespace vitrine
