// Cameras' raw files, through the preview that the camera put inside.
#pragma once

#include <cstddef>
#include <span>

#include "image/worker/decode.h"

namespace vitrine::worker {

/// Decodes the embedded preview; size and facts are those of the raw picture. Errors: kCorrupt, kUnsupported
/// (no preview).
Result<Raster> DecodeRaw(std::span<const std::byte> file, const Limits& limits);

}  // namespace vitrine::worker
