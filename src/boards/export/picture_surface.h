// Pixels as cairo draws them.
#pragma once

#include <cstdint>

#include "boards/export/cairo_ptr.h"
#include "boards/picture_source.h"
#include "image/pixels.h"
#include "vitrine/boards.h"
#include "vitrine/result.h"

namespace vitrine {

/// What is decoded of one picture at most; larger ones are asked for smaller.
inline constexpr double kMostPicturePixels = 64e6;

/// Opaque. A grey one has its pixels' luma (BT.709). Errors: kUnsupported (more than 32,767 px on a side),
/// kInternal (no memory).
Result<CairoSurface> SurfaceOf(const RgbImage& image, bool grey);

/// The short side in pixels to ask a source for, so that `item`, drawn with `scale` device pixels a board
/// unit, has one of the file's pixels for each of the device's, or all of them where there are fewer.
std::int32_t EdgeToAskFor(const SourcePicture& picture, const BoardItem& item, double scale);
/// The short side of the whole picture, within kMostPicturePixels.
std::int32_t WholeEdge(const SourcePicture& picture);

}  // namespace vitrine
