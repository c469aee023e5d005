// Windows bitmaps.
#pragma once

#include <cstddef>
#include <span>

#include "image/worker/decode.h"

namespace vitrine::worker {

/// Errors: kCorrupt, kUnsupported.
Result<Raster> DecodeBmp(std::span<const std::byte> file, const Limits& limits);

}  // namespace vitrine::worker
