// Giving up rights that a process does not need, so that a bug cannot use them.
#pragma once

#include <cstdint>

#include "vitrine/result.h"

namespace vitrine {

/// From here on this process, its threads and its children cannot create an internet socket:
/// socket(AF_INET...) and socket(AF_INET6...) fail with EPERM. Cannot be undone. Errors: kUnsupported (no
/// seccomp on this kernel).
Status DenyInternetSockets();

/// True when a new internet socket can be created now. Creates one and closes it; sends nothing.
bool CanOpenInternetSocket();

}  // namespace vitrine
