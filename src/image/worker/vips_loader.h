// Everything that libvips does here: the formats beside JPEG, and colour conversion.
#pragma once

#include <cstddef>
#include <span>

#include "image/worker/color.h"
#include "image/worker/decode.h"

namespace vitrine::worker {

/// Decodes PNG, WebP, GIF, TIFF, HEIF, AVIF, JPEG XL or SVG, the first frame or page of it, reduced to the
/// size that serves the request. Errors: kCorrupt, kUnsupported.
Result<Raster> DecodeWithVips(protocol::Format format, std::span<const std::byte> file, const Limits& limits);

/// RGB or CMYK samples to sRGB by a profile; CMYK without one by libvips' own. Errors: kCorrupt.
Result<RgbImage> ConvertWithVips(const Samples& samples, std::span<const std::byte> profile);

/// Starts libvips: one thread, no cache, untrusted loaders blocked. Errors: kInternal.
Status StartVips();

}  // namespace vitrine::worker
