#include "base/lockdown.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <thread>

namespace vitrine {
namespace {

// The lock cannot be undone, so each case runs in a child; its exit status is the verdict.
template <typename Body>
int ExitStatusOf(Body body) {
  const pid_t child = fork();
  if (child == 0) _exit(body());
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

bool RefusedWithPermission(int family, int type) {
  errno = 0;
  return socket(family, type, 0) == -1 && errno == EPERM;
}

TEST(DenyInternetSockets, SocketsOfTheInternetFailAndOthersWork) {
  EXPECT_EQ(ExitStatusOf([] {
              if (!DenyInternetSockets()) return 1;
              if (CanOpenInternetSocket()) return 2;
              if (!RefusedWithPermission(AF_INET, SOCK_STREAM)) return 3;
              if (!RefusedWithPermission(AF_INET, SOCK_DGRAM)) return 4;
              if (!RefusedWithPermission(AF_INET6, SOCK_STREAM)) return 5;
              if (socket(AF_UNIX, SOCK_STREAM, 0) < 0) return 6;
              return 0;
            }),
            0);
}

TEST(DenyInternetSockets, HoldsForChildrenAndForThreadsThatRanBefore) {
  EXPECT_EQ(ExitStatusOf([] {
              std::atomic<bool> locked = false;
              int in_thread = 1;
              std::thread early([&] {
                while (!locked) std::this_thread::yield();
                in_thread = CanOpenInternetSocket() ? 2 : 0;
              });
              if (!DenyInternetSockets()) return 1;
              locked = true;
              early.join();
              if (in_thread != 0) return in_thread;
              return ExitStatusOf([] { return CanOpenInternetSocket() ? 3 : 0; });
            }),
            0);
}

}  // namespace
}  // namespace vitrine
