// Pictures as one number a pixel, for what looks at shapes and not at colours.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "image/pixels.h"

namespace vitrine {

/// One number a pixel, row-major without padding. values.size() == width_px * height_px.
struct GreyImage {
  std::int32_t width_px = 0;
  std::int32_t height_px = 0;
  std::vector<float> values;

  float At(std::int32_t x, std::int32_t y) const {
    return values[static_cast<std::size_t>(y) * static_cast<std::size_t>(width_px) +
                  static_cast<std::size_t>(x)];
  }
};

/// Luma of a picture, 0..255, at most `edge_px` on its long side (area means; never upscaled).
/// REQUIRES: at least one pixel, edge_px >= 1.
GreyImage GreyOf(const RgbImage& picture, std::int32_t edge_px);
/// The same of exactly this size, >= 1 each; a side that is larger than the picture's repeats pixels.
GreyImage GreyOf(const RgbImage& picture, std::int32_t width_px, std::int32_t height_px);

/// Blurs with a Gaussian of `sigma_px` > 0; edges repeat.
GreyImage Blurred(const GreyImage& image, float sigma_px);

}  // namespace vitrine
