#include "fetch/model_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <vector>

#include "base/hash.h"
#include "base/human.h"
#include "base/try.h"
#include "base/utf8.h"

namespace vitrine::fetch {
namespace {

constexpr std::uint64_t kSpareBytes = 16 << 20;

std::string PartPath(const std::string& parent, const std::string& name) {
  return JoinPath(parent, name + ".part");
}

Status RenameToFree(const std::string& from, const std::string& to, const std::string& parent) {
  if (renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) != 0) {
    if (errno == EEXIST) return Error(Code::kInvalidArgument, Quoted(to) + " is there already");
    return ErrnoError("cannot rename to", to, errno);
  }
  return SyncFolder(parent);
}

}  // namespace

Result<PartFolder> PartFolder::Open(const std::string& parent, const std::string& name) {
  std::string path = PartPath(parent, name);
  VITRINE_TRY(MakeFolders(path));
  UniqueFd fd(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW));
  if (!fd) return ErrnoError("cannot open the folder", path, errno);
  if (flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return ErrnoError("cannot lock", path, errno);
    return Error(Code::kLocked, "another vitrine-fetch is at work in " + Quoted(path) + "; wait for it");
  }
  return PartFolder(parent, name, std::move(path), std::move(fd));
}

std::uint64_t PartFolder::SizeOf(const std::string& file) const {
  struct stat status{};
  if (lstat(File(file).c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return 0;
  return static_cast<std::uint64_t>(status.st_size);
}

Status PartFolder::CheckRoom(std::uint64_t bytes) const {
  struct statvfs disk{};
  if (bytes == 0 || fstatvfs(fd_.get(), &disk) != 0) return {};
  const std::uint64_t free = static_cast<std::uint64_t>(disk.f_bavail) * disk.f_frsize;
  if (free >= bytes + kSpareBytes) return {};
  return Error(Code::kNoSpace, "the disk of " + Quoted(path_) + " has " + BytesText(free) + " free and " +
                                   name_ + " takes " + BytesText(bytes) +
                                   " more: free some space there, or name another folder with --to");
}

void PartFolder::RemoveStrays(const Manifest& manifest) const {
  namespace fs = std::filesystem;
  std::error_code ignored;
  std::vector<fs::path> folders;
  std::vector<fs::path> strays;
  const fs::path root(path_);
  for (fs::recursive_directory_iterator entry(root, ignored), end; entry != end; entry.increment(ignored)) {
    const std::string below = entry->path().lexically_relative(root).string();
    if (entry->symlink_status(ignored).type() == fs::file_type::directory) {
      folders.push_back(entry->path());
    } else if (below != kManifestName && manifest.Find(below) == nullptr) {
      strays.push_back(entry->path());
    }
  }
  for (const fs::path& stray : strays) fs::remove(stray, ignored);
  // Deepest first; those that hold something stay.
  for (auto folder = folders.rbegin(); folder != folders.rend(); ++folder) rmdir(folder->c_str());
}

Status PartFolder::Publish() const {
  Status renamed = RenameToFree(path_, JoinPath(parent_, name_), parent_);
  if (renamed || renamed.error().code() != Code::kInvalidArgument) return renamed;
  return Error(Code::kInvalidArgument,
               renamed.error().message() + "; move it away and run the same command again: nothing is lost");
}

Occupant OccupantOf(const std::string& path) {
  struct stat status{};
  if (lstat(path.c_str(), &status) != 0) return Occupant::kNothing;
  const std::string manifest = JoinPath(path, kManifestName);
  return stat(manifest.c_str(), &status) == 0 ? Occupant::kFetched : Occupant::kOther;
}

Status Unpublish(const std::string& parent, const std::string& name) {
  // A part that is in the way holds less than the whole folder, unless it is being worked on.
  Status renamed = RenameToFree(JoinPath(parent, name), PartPath(parent, name), parent);
  if (renamed || renamed.error().code() != Code::kInvalidArgument) return renamed;
  return Error(Code::kInvalidArgument,
               renamed.error().message() + ", a part of an older fetch; remove it first");
}

Result<std::string> FaultOf(const std::string& folder, const ManifestFile& file) {
  const Result<UniqueFd> fd = OpenRegularFile(JoinPath(folder, file.path));
  if (!fd) return fd.error().code() == Code::kNotFound ? std::string("is missing") : fd.error().message();
  VITRINE_TRY_ASSIGN(const Sha256Digest digest, Sha256OfFile(fd->get()));
  const std::string found = Hex(digest);
  if (found == file.sha256) return std::string();
  return "is damaged: its SHA-256 is " + found + " and must be " + file.sha256;
}

}  // namespace vitrine::fetch
