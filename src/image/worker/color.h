// From the colours of a file to sRGB.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "image/pixels.h"
#include "image/worker/resize.h"
#include "vitrine/result.h"

namespace vitrine::worker {

/// 8-bit samples, interleaved, row-major: grey (1 band), RGB (3) or CMYK (4; 255 is full ink).
struct Samples {
  Size size;
  int bands = 3;
  std::vector<std::uint8_t> values;
};

/// Converts by the ICC profile `profile`; without one, or with one that does not fit, grey and RGB count as
/// sRGB and CMYK as the common press profile that libvips carries. Errors: kCorrupt.
Result<RgbImage> ToSrgb(Samples samples, std::span<const std::byte> profile);

/// True for profiles that describe sRGB, whatever they call themselves: a conversion would change nothing
/// visible.
bool IsSrgbProfile(std::span<const std::byte> profile);

}  // namespace vitrine::worker
