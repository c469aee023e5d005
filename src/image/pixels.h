// Pixels in memory. There is one pixel type in Vitrine.
#pragma once

#include <cstdint>
#include <vector>

namespace vitrine {

/// A picture: RGB8, interleaved, row-major without padding, sRGB, upright (orientation applied), no alpha.
/// pixels.size() == width_px * height_px * 3.
struct RgbImage {
  std::int32_t width_px = 0;
  std::int32_t height_px = 0;
  std::vector<std::uint8_t> pixels;
};

}  // namespace vitrine
