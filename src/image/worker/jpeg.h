// JPEG through libjpeg-turbo's own interface, which decodes straight to a fraction of the size.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "image/worker/decode.h"

namespace vitrine::worker {

/// Decodes at the largest reduction (1/2, 1/4, 1/8) that still serves the request.
/// A damaged file is refused unless the damage lies in the last tenth of its rows (docs/decisions/0004).
/// Errors: kCorrupt, kUnsupported.
Result<Raster> DecodeJpeg(std::span<const std::byte> file, const Limits& limits);

/// A baseline JPEG file: quality 80, 4:2:0, no metadata. Errors: kCorrupt (no memory).
Result<std::string> EncodeJpeg(const RgbImage& image, int quality);

}  // namespace vitrine::worker
