// Making small pictures smaller still, and turning them upright.
#pragma once

#include <cstdint>

#include "image/decoder.h"
#include "image/pixels.h"

namespace vitrine::worker {

struct Size {
  std::int32_t width_px = 0;
  std::int32_t height_px = 0;
  bool operator==(const Size&) const = default;
};

/// The smallest size at which a picture of size `original` serves `request`: the short side reaches
/// min_edge_px and the long side thumbnail_edge_px (or the original's), and the long side is at most 8 times
/// min_edge_px, or thumbnail_edge_px where that is more.
Size TargetSize(Size original, const DecodeRequest& request);

/// True when a picture of this size can be handed out as it is: a reduction would save less than half of each
/// side.
bool IsCloseTo(Size size, Size target, const DecodeRequest& request);

/// `image` at another size, each side at most the same as before, with an antialiasing cubic filter.
RgbImage Resize(const RgbImage& image, Size size);

/// `image` with an EXIF orientation (1-8) applied.
RgbImage Upright(RgbImage image, int orientation);

/// The size an upright picture has.
Size Upright(Size stored, int orientation);

}  // namespace vitrine::worker
