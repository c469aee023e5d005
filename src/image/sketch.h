// What is measured on a picture's pixels while they are at hand: its colours, a hash that copies share, and
// how sharp it is.
#pragma once

#include "image/pixels.h"
#include "vitrine/types.h"

namespace vitrine {

/// The palette holds at most kMaxSwatches colours, largest share first; shares add up to at most 1, what
/// stands alone on less than half a percent is left out.
///
/// Bit 8 v + u of the hash says whether the picture, squeezed to 32 x 32 grey pixels, has a positive cosine
/// component of u half waves across and v half waves down; bit 0 is always set, so no picture's hash is 0.
/// Bits are chosen so that the hash of the picture mirrored or turned by quarters follows from its own
/// (query/duplicates.h). Re-encoding and resizing change few bits; two unlike pictures differ in some 31.
///
/// Sharpness is about 1 / the width of the picture's edges, in 1/256 of its long side: 0 for an even colour,
/// some 0.3 for a blurred picture, 1 and more for a sharp one. Sizes below 256 px are taken as they are.
///
/// The same picture gives nearly the same sketch at any size from 256 px on. Pure, thread-safe. Cost: some
/// 0.4 ms for 390 x 260 pixels.
Sketch SketchOf(const RgbImage& picture);

inline constexpr std::size_t kMaxSwatches = 6;

}  // namespace vitrine
