// Knowing a file again: cheaply by what the system says of it, surely by the SHA-256 of its bytes.
//
// A file whose size, times and inode are as remembered is taken for unchanged without reading it. Two traps:
// device numbers change when drives are plugged in another order, so they do not count; and a file that was
// written within the grain of the file system's clock around the moment it was read may change again without
// its stamp changing (Git calls this racy). Such a fresh stamp is remembered as doubtful, which never
// matches, so the next run hashes the file again.
#pragma once

#include <sys/stat.h>

#include <cstdint>

#include "base/file.h"
#include "base/hash.h"
#include "catalog/catalog.h"
#include "vitrine/result.h"

namespace vitrine {

/// The stamp in a stat result.
FileStamp StampOf(const struct stat& status);

/// True when a file with the stamp `now` needs no reading to be known as the one remembered.
bool IsUnchanged(const FileStamp& remembered, const FileStamp& now);

/// A stamp that matches no file: the next run looks again. The device is kept, it says which drive the file
/// lies on.
FileStamp Doubtful(const FileStamp& stamp);

/// The stamp to remember for a file that was read at `now_ns` (nanoseconds since 1970): doubtful when the
/// file changed less than 2 s (the grain of FAT) before or after.
FileStamp StampToRemember(const FileStamp& stamp, std::int64_t now_ns);

/// A file that was read once, still open.
struct Fingerprint {
  FileStamp stamp;  ///< Before and after reading.
  Sha256Digest content{};
  UniqueFd file;
};

/// Opens a file and hashes it. When it changes meanwhile, tries once more.
/// Errors: kNotFound (gone), kIo, kUnsupported (not a regular file), kTimeout ("changed while it was read").
Result<Fingerprint> TakeFingerprint(const PathBytes& path);

/// True when the file behind `fd` still has this stamp.
bool StillHasStamp(int fd, const FileStamp& stamp);

}  // namespace vitrine
