#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>

#include "base/file.h"
#include "fetch/sandbox.h"

namespace vitrine::fetch {
namespace {

// The thirteen rights of Landlock's first version, which every kernel that has it knows.
constexpr std::uint64_t kAllRights = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1;
constexpr std::uint64_t kReadFile = LANDLOCK_ACCESS_FS_READ_FILE;
constexpr std::uint64_t kRead = kReadFile | LANDLOCK_ACCESS_FS_READ_DIR;
constexpr std::uint64_t kWork = kRead | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG |
                                LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE |
                                LANDLOCK_ACCESS_FS_REMOVE_DIR;
constexpr std::uint64_t kRenameFolders =
    LANDLOCK_ACCESS_FS_READ_DIR | LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_REMOVE_DIR;

// Libraries that name resolution loads, its settings, certificates.
constexpr const char* kSystem[] = {"/etc",
                                   "/usr",
                                   "/lib",
                                   "/lib64",
                                   "/dev/urandom",
                                   "/dev/random",
                                   "/dev/null",
                                   "/run/systemd/resolve",
                                   "/run/NetworkManager",
                                   "/run/resolvconf",
                                   "/run/nscd",
                                   "/proc/self"};

// What is not there cannot be opened, and needs no right.
bool Allow(int ruleset, const std::string& path, std::uint64_t rights) {
  const UniqueFd fd(open(path.empty() ? "." : path.c_str(), O_PATH | O_CLOEXEC));
  struct stat status{};
  if (!fd || fstat(fd.get(), &status) != 0) return true;
  landlock_path_beneath_attr rule = {};
  rule.allowed_access =
      S_ISDIR(status.st_mode) ? rights : rights & (kReadFile | LANDLOCK_ACCESS_FS_WRITE_FILE);
  rule.parent_fd = fd.get();
  return syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0;
}

}  // namespace

bool RestrictFiles(const OpenPlaces& places) {
  landlock_ruleset_attr rules = {};
  rules.handled_access_fs = kAllRights;
  const UniqueFd ruleset(
      static_cast<int>(syscall(SYS_landlock_create_ruleset, &rules, sizeof rules.handled_access_fs, 0)));
  if (!ruleset) return false;
  bool allowed =
      Allow(ruleset.get(), places.work, kWork) && Allow(ruleset.get(), places.parent, kRenameFolders);
  for (const char* path : kSystem) allowed = allowed && Allow(ruleset.get(), path, kRead);
  for (const std::string& path : places.readable) allowed = allowed && Allow(ruleset.get(), path, kRead);
  if (const char* authorities = std::getenv("SSL_CERT_FILE")) {
    allowed = allowed && Allow(ruleset.get(), authorities, kRead);
  }
  return allowed && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         syscall(SYS_landlock_restrict_self, ruleset.get(), 0) == 0;
}

}  // namespace vitrine::fetch
