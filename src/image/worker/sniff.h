// What kind of file some bytes are, by the bytes alone: names and extensions lie.
#pragma once

#include <cstddef>
#include <span>

#include "image/protocol.h"

namespace vitrine::worker {

/// The picture format that `file` begins as; kUnknown for everything else. A TIFF container that holds a
/// camera's raw data counts as kRaw. Reads only what lies inside `file`.
protocol::Format SniffFormat(std::span<const std::byte> file);

}  // namespace vitrine::worker
