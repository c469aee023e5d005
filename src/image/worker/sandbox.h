// Locking a decode worker in.
#pragma once

#include <cstdint>

#include "vitrine/result.h"

namespace vitrine::worker {

/// From here on this process can compute, read what is handed to it and answer on its channel, and nothing
/// else: it cannot open, create, connect, start or trace anything, and its memory and processor time are
/// bounded. Irreversible. Call once the libraries are warm. Source: docs/decisions/0004-decode-sandbox.md.
/// @param memory_bytes  what it may allocate beyond what it holds now.
/// Errors: kUnsupported (the kernel lacks seccomp), kIo (a limit was refused).
Status EnterSandbox(std::uint64_t memory_bytes);

/// Processor seconds after which the kernel ends a worker; it should retire long before.
inline constexpr std::uint64_t kCpuSeconds = 240;

}  // namespace vitrine::worker
