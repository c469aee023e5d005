#include <errno.h>
#include <seccomp.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include <cstring>
#include <memory>
#include <string>

#include "base/file.h"
#include "base/lockdown.h"

namespace vitrine {

Status DenyInternetSockets() {
  const std::unique_ptr<void, decltype(&seccomp_release)> filter(seccomp_init(SCMP_ACT_ALLOW),
                                                                 &seccomp_release);
  if (!filter) return Error(Code::kUnsupported, "cannot make a system call filter");
  for (const int family : {AF_INET, AF_INET6, AF_PACKET}) {
    const int added = seccomp_rule_add(filter.get(), SCMP_ACT_ERRNO(EPERM), SCMP_SYS(socket), 1,
                                       SCMP_A0(SCMP_CMP_EQ, static_cast<scmp_datum_t>(family)));
    if (added != 0) return Error(Code::kUnsupported, "cannot filter internet sockets");
  }
  // Threads that libraries may already have started are locked as well.
  seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_TSYNC, 1);
  if (const int loaded = seccomp_load(filter.get()); loaded != 0) {
    return Error(Code::kUnsupported, std::string("cannot lock internet sockets: ") + std::strerror(-loaded));
  }
  return {};
}

bool CanOpenInternetSocket() {
  for (const int family : {AF_INET, AF_INET6}) {
    if (const UniqueFd fd(socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0)); fd) return true;
  }
  return false;
}

}  // namespace vitrine
