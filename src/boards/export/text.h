// Text in boxes: broken at words, measured and drawn alike at every scale (no hinting), and kept as text in a
// PDF. Thread safe.
#pragma once

#include <string>

#include "boards/export/cairo_ptr.h"
#include "boards/export/scene.h"

namespace vitrine {

struct TextStyle {
  double font_px = 16;
  Colour ink;
  bool bold = false;
  bool centred = false;
  int most_lines = 0;  ///< What has more ends in an ellipsis; 0: all is shown.
};

/// Of UTF-8 (anything else is mended) broken to `width`. Never negative.
double TextHeight(const std::string& text, const TextStyle& style, double width);
/// Of one line.
double TextWidth(const std::string& text, const TextStyle& style);
void DrawText(cairo_t* context, const std::string& text, const TextStyle& style, double x, double y,
              double width);

}  // namespace vitrine
