#include "fetch/sandbox.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "support/temp_folder.h"

namespace vitrine::fetch {
namespace {

constexpr int kNoLandlock = 77;

bool CanOpen(const std::string& path, int flags) {
  const int fd = open(path.c_str(), flags | O_CLOEXEC, 0600);
  if (fd >= 0) close(fd);
  return fd >= 0;
}

// The number of the first thing that is not as it must be; 0 when all is.
int FirstFault(const TempFolder& parent, const TempFolder& elsewhere, const std::string& source) {
  const std::string part = parent.File("m.part");
  if (!RestrictFiles({part, parent.path(), {source}})) return kNoLandlock;
  if (!CanOpen(part + "/new", O_CREAT | O_RDWR)) return 1;
  if (CanOpen(elsewhere.File("secret"), O_RDONLY)) return 2;
  if (CanOpen(elsewhere.File("new"), O_CREAT | O_WRONLY)) return 3;
  if (CanOpen(parent.File("neighbour"), O_RDONLY)) return 4;
  if (CanOpen(parent.File("new"), O_CREAT | O_WRONLY)) return 5;
  if (!CanOpen("/etc/passwd", O_RDONLY)) return 6;  // Name resolution reads such files.
  if (!CanOpen(source + "/tower", O_RDONLY)) return 7;
  if (CanOpen(source + "/tower", O_WRONLY)) return 8;
  if (rename(part.c_str(), parent.File("m").c_str()) != 0) return 9;
  execl("/bin/true", "true", nullptr);
  return 0;
}

TEST(Sandbox, LeavesTheModelsFolderAlone) {
  const TempFolder parent;
  const TempFolder elsewhere;
  const TempFolder source;
  ASSERT_EQ(mkdir(parent.File("m.part").c_str(), 0700), 0);
  for (const std::string& file : {parent.File("neighbour"), elsewhere.File("secret"), source.File("tower")}) {
    ASSERT_TRUE(WriteFileAtomically(file, "bytes", Durability::kCache));
  }
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  // 40 marks that the child came to its end itself, without having become another program.
  if (child == 0) _exit(FirstFault(parent, elsewhere, source.path()) + 40);
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status));
  if (WEXITSTATUS(status) == kNoLandlock + 40) GTEST_SKIP() << "this kernel has no Landlock";
  EXPECT_EQ(WEXITSTATUS(status), 40) << "the first fault is " << WEXITSTATUS(status) - 40;
}

}  // namespace
}  // namespace vitrine::fetch
