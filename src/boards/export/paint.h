// Draws the items of a board, onto pixels and into a PDF alike. One board unit is one unit of the context.
#pragma once

#include <functional>

#include "boards/export/cairo_ptr.h"
#include "boards/export/scene.h"
#include "vitrine/boards.h"
#include "vitrine/result.h"

namespace vitrine {

/// A whole, upright picture, uncropped, as a pattern over (0, 0)..(width_px, height_px).
struct PicturePattern {
  CairoPattern pattern;
  double width_px = 0, height_px = 0;
};
/// Errors make a place that says that the picture is not there.
using PictureGetter = std::function<Result<PicturePattern>(const BoardItem& item)>;

/// @param name  what stands on the place of a picture that `getter` does not give.
void DrawItem(cairo_t* context, const BoardItem& item, const std::string& name, const PictureGetter& getter);

/// A place for a picture that is not there: a quiet ground with its name on it.
void DrawMissing(cairo_t* context, const Rect& box, const std::string& name);

}  // namespace vitrine
