// Lines of text cut out of a picture and laid upright.
#pragma once

#include <cstdint>

#include "image/pixels.h"

namespace vitrine {

/// A rectangle at any angle, in pixels; the middle of a picture's first pixel is (0.5, 0.5).
struct TurnedBox {
  float centre_x = 0;
  float centre_y = 0;
  float width = 0;   ///< Along the direction of reading.
  float height = 0;  ///< Across it.
  float angle = 0;   ///< Of the direction of reading: radians, clockwise, in (-pi/4, pi/4].
};

/// What lies in a box, upright, scaled to width_px x height_px. What of it is outside of the picture repeats
/// the picture's border. REQUIRES: the picture has all its pixels, and one at least.
RgbImage CutOut(const RgbImage& picture, const TurnedBox& box, std::int32_t width_px, std::int32_t height_px);

}  // namespace vitrine
