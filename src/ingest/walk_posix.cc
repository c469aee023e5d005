#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <optional>
#include <unordered_set>
#include <vector>

#include "base/file.h"
#include "ingest/fingerprint.h"
#include "ingest/picture_names.h"
#include "ingest/sidecars.h"
#include "ingest/walk.h"

namespace vitrine {

using OpenFolder = std::unique_ptr<DIR, decltype([](DIR* folder) { closedir(folder); })>;

/// One folder on the way from the root to where the walk is.
struct Walker::Level {
  OpenFolder folder;
  PathBytes path;
  std::vector<std::string> files;
  std::vector<std::string> sidecars;
  std::vector<std::string> folders;
  std::size_t next_folder = 0;
};

namespace {

// Each level keeps one descriptor open, so depth is bounded well below the usual limit of 1,024.
constexpr std::size_t kMaxDepth = 200;

constexpr int kFolderFlags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK;

// An open folder with its stamp, or errno.
struct Opened {
  OpenFolder folder = {};
  FileStamp stamp = {};
  int error = 0;
};

Opened Open(int parent, const std::string& name, int extra_flags) {
  UniqueFd fd(openat(parent, name.c_str(), kFolderFlags | extra_flags));
  struct stat status{};
  if (!fd || fstat(fd.get(), &status) != 0) return {.error = errno};
  OpenFolder folder(fdopendir(fd.get()));
  if (folder == nullptr) return {.error = errno};
  fd.release();
  return {.folder = std::move(folder), .stamp = StampOf(status)};
}

enum class EntryKind : std::uint8_t { kFile, kFolder, kNeither };

EntryKind KindOf(const dirent& entry, int folder) {
  unsigned char type = entry.d_type;
  if (type == DT_UNKNOWN) {
    struct stat status{};
    if (fstatat(folder, entry.d_name, &status, AT_SYMLINK_NOFOLLOW) != 0) return EntryKind::kNeither;
    type = static_cast<unsigned char>(IFTODT(status.st_mode));
  }
  if (type == DT_DIR) return EntryKind::kFolder;
  return type == DT_REG ? EntryKind::kFile : EntryKind::kNeither;
}

// Takes the RAW files away that have a JPEG of the same name beside them.
std::uint64_t DropTwins(std::vector<std::string>& files) {
  std::unordered_set<std::string> jpegs;
  const bool any_raw =
      std::ranges::any_of(files, [](const auto& n) { return KindOfName(n) == NameKind::kRaw; });
  if (!any_raw) return 0;
  for (const std::string& name : files) {
    if (KindOfName(name) == NameKind::kJpeg) jpegs.insert(TwinKey(name));
  }
  return std::erase_if(files, [&](const std::string& name) {
    if (KindOfName(name) != NameKind::kRaw) return false;
    return jpegs.contains(TwinKey(name)) || jpegs.contains(TwinKey(name + ".jpg"));
  });
}

bool IsCandidate(std::string_view name, bool drawings) {
  const NameKind kind = KindOfName(name);
  return kind != NameKind::kOther && (drawings || kind != NameKind::kDrawing);
}

// Reads the names in a folder. Returns errno, 0 when all were read.
int List(Walker::Level& level, bool drawings, std::uint64_t& skipped) {
  const int fd = dirfd(level.folder.get());
  while (true) {
    errno = 0;
    const dirent* entry = readdir(level.folder.get());
    if (entry == nullptr) break;
    const std::string_view name = entry->d_name;
    if (name == kNoMedia) {
      level.files.clear();
      level.sidecars.clear();
      level.folders.clear();
      return 0;
    }
    if (IsJunkName(name)) continue;
    const EntryKind kind = KindOf(*entry, fd);
    if (kind == EntryKind::kFolder) {
      level.folders.emplace_back(name);
    } else if (kind == EntryKind::kFile && IsCandidate(name, drawings)) {
      level.files.emplace_back(name);
    } else {
      if (kind == EntryKind::kFile && IsSidecarName(name)) level.sidecars.emplace_back(name);
      ++skipped;
    }
  }
  const int error = errno;
  skipped += DropTwins(level.files);
  std::ranges::sort(level.files);
  std::ranges::sort(level.sidecars);
  std::ranges::sort(level.folders);
  return error;
}

Walker::Level Enter(Opened opened, PathBytes path, bool drawings, WalkVisitor& visitor) {
  Walker::Level level{.folder = std::move(opened.folder),
                      .path = std::move(path),
                      .files = {},
                      .sidecars = {},
                      .folders = {}};
  std::uint64_t skipped = 0;
  const int error = List(level, drawings, skipped);
  if (error != 0)
    visitor.OnUnreadable(level.path, std::string("cannot list the folder: ") + std::strerror(error));
  if (skipped > 0) visitor.OnSkipped(skipped);
  return level;
}

}  // namespace

bool Walker::VisitFile(const Level& level, const std::string& name, WalkVisitor& visitor) {
  const PathBytes path = JoinPath(level.path, name);
  struct stat status{};
  if (fstatat(dirfd(level.folder.get()), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
    if (errno != ENOENT)
      visitor.OnUnreadable(path, std::string("cannot look at it: ") + std::strerror(errno));
    return true;
  }
  if (!S_ISREG(status.st_mode) || (status.st_nlink > 1 && !IsNew(StampOf(status)))) {
    visitor.OnSkipped(1);
    return true;
  }
  return visitor.OnPicture(path, StampOf(status));
}

bool Walker::VisitFiles(Level& level, WalkVisitor& visitor) {
  visitor.OnSidecars(level.sidecars);
  for (const std::string& name : level.files) {
    if (!VisitFile(level, name, visitor)) return false;
  }
  level.files = {};
  level.sidecars = {};
  return true;
}

WalkEnd Walker::WalkFile(const PathBytes& path, const FileStamp& stamp, std::uint64_t links,
                         WalkVisitor& visitor) {
  if (links > 1 && !IsNew(stamp)) return WalkEnd::kRepeated;
  std::vector<std::string> sidecars;
  for (const PathBytes& sidecar : SidecarsBeside(path)) sidecars.emplace_back(NameOf(sidecar));
  std::ranges::sort(sidecars);
  visitor.OnSidecars(sidecars);
  return visitor.OnPicture(path, stamp) ? WalkEnd::kComplete : WalkEnd::kStopped;
}

WalkEnd Walker::Walk(const PathBytes& root, WalkVisitor& visitor) {
  struct stat status{};
  const bool found = stat(root.c_str(), &status) == 0;
  if (!found && (errno == ENOENT || errno == ENOTDIR)) return WalkEnd::kMissing;
  if (found && S_ISREG(status.st_mode)) return WalkFile(root, StampOf(status), status.st_nlink, visitor);

  Opened top = Open(AT_FDCWD, root, 0);
  if (top.folder == nullptr) {
    visitor.OnUnreadable(
        root, top.error == ENOTDIR ? "is neither a folder nor a regular file" : std::strerror(top.error));
    return WalkEnd::kComplete;
  }
  if (!IsNew(top.stamp)) return WalkEnd::kRepeated;

  std::vector<Level> levels;
  levels.push_back(Enter(std::move(top), root, drawings_, visitor));
  if (!VisitFiles(levels.back(), visitor)) return WalkEnd::kStopped;
  while (!levels.empty()) {
    Level& level = levels.back();
    if (level.next_folder == level.folders.size()) {
      levels.pop_back();
      continue;
    }
    const std::string& name = level.folders[level.next_folder++];
    const PathBytes path = JoinPath(level.path, name);
    if (levels.size() >= kMaxDepth) {
      visitor.OnUnreadable(path, "lies deeper than " + std::to_string(kMaxDepth) + " folders");
      continue;
    }
    Opened inner = Open(dirfd(level.folder.get()), name, O_NOFOLLOW);
    if (inner.folder == nullptr) {
      if (inner.error != ENOENT)
        visitor.OnUnreadable(path, std::string("cannot open the folder: ") + std::strerror(inner.error));
      continue;
    }
    if (!IsNew(inner.stamp)) continue;
    levels.push_back(Enter(std::move(inner), path, drawings_, visitor));
    if (!VisitFiles(levels.back(), visitor)) return WalkEnd::kStopped;
  }
  return WalkEnd::kComplete;
}

bool IsUnder(const PathBytes& path, const PathBytes& folder) {
  if (!path.starts_with(folder)) return false;
  return path.size() == folder.size() || folder.ends_with('/') || path[folder.size()] == '/';
}

namespace {

std::optional<PathBytes> RealPath(const PathBytes& path) {
  const std::unique_ptr<char, decltype(&std::free)> real(realpath(path.c_str(), nullptr), &std::free);
  if (real == nullptr) return std::nullopt;
  return PathBytes(real.get());
}

PathBytes Absolute(const PathBytes& path) {
  if (path.starts_with('/')) return path;
  return JoinPath(RealPath(".").value_or("/"), path);
}

// Drops "." and empty components. ".." is left to the caller: behind a link it is not what the text says.
PathBytes WithoutEmptySteps(const PathBytes& path) {
  PathBytes clean;
  for (std::size_t at = 0; at < path.size();) {
    const std::size_t slash = std::min(path.find('/', at), path.size());
    const std::string_view step(path.data() + at, slash - at);
    if (!step.empty() && step != ".") clean.append("/").append(step);
    at = slash + 1;
  }
  return clean.empty() ? "/" : clean;
}

PathBytes CleanRoot(const PathBytes& root) {
  const PathBytes path = WithoutEmptySteps(Absolute(root));
  struct stat status{};
  const bool is_link = lstat(path.c_str(), &status) == 0 && S_ISLNK(status.st_mode);
  const bool leads_to_file = is_link && stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode);
  const bool steps_up = (path + "/").find("/../") != PathBytes::npos;
  return leads_to_file || steps_up ? RealPath(path).value_or(path) : path;
}

}  // namespace

std::vector<PathBytes> CleanRoots(const std::vector<PathBytes>& roots) {
  std::vector<PathBytes> sorted;
  for (const PathBytes& root : roots) sorted.push_back(CleanRoot(root));
  // Shorter first, so that what lies inside another root comes after it.
  std::ranges::sort(
      sorted, [](const auto& a, const auto& b) { return std::pair(a.size(), a) < std::pair(b.size(), b); });
  std::vector<PathBytes> clean;
  for (PathBytes& root : sorted) {
    const bool inside =
        std::ranges::any_of(clean, [&](const PathBytes& outer) { return IsUnder(root, outer); });
    if (!inside) clean.push_back(std::move(root));
  }
  std::ranges::sort(clean);
  return clean;
}

}  // namespace vitrine
