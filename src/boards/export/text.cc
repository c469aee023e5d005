#include "boards/export/text.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/utf8.h"

namespace vitrine {
namespace {

// Pango counts in 1/1024 of a unit, in an int.
constexpr double kMostUnits = std::numeric_limits<int>::max() / (2.0 * PANGO_SCALE);

PangoPtr<PangoContext> NewContext() {
  PangoPtr<PangoContext> context(pango_font_map_create_context(pango_cairo_font_map_get_default()));
  cairo_font_options_t* options = cairo_font_options_create();
  cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
  cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
  pango_cairo_context_set_font_options(context.get(), options);
  cairo_font_options_destroy(options);
  pango_context_set_round_glyph_positions(context.get(), FALSE);
  return context;
}

PangoPtr<PangoLayout> LayOut(PangoContext* context, const std::string& text, const TextStyle& style,
                             double width) {
  PangoPtr<PangoLayout> layout(pango_layout_new(context));
  PangoPtr<PangoFontDescription> font(pango_font_description_new());
  pango_font_description_set_family_static(font.get(), "sans-serif");
  pango_font_description_set_absolute_size(font.get(), std::clamp(style.font_px, 0.5, 4000.0) * PANGO_SCALE);
  if (style.bold) pango_font_description_set_weight(font.get(), PANGO_WEIGHT_BOLD);
  pango_layout_set_font_description(layout.get(), font.get());
  pango_layout_set_wrap(layout.get(), PANGO_WRAP_WORD_CHAR);
  pango_layout_set_line_spacing(layout.get(), static_cast<float>(board_theme::kLineSpacing));
  if (width > 0) {
    pango_layout_set_width(layout.get(), static_cast<int>(std::min(width, kMostUnits) * PANGO_SCALE));
  }
  if (style.centred) pango_layout_set_alignment(layout.get(), PANGO_ALIGN_CENTER);
  if (style.most_lines > 0) {
    pango_layout_set_height(layout.get(), -style.most_lines);
    pango_layout_set_ellipsize(layout.get(), PANGO_ELLIPSIZE_END);
  }
  const std::string mended = ToValidUtf8(text);
  pango_layout_set_text(layout.get(), mended.data(), static_cast<int>(mended.size()));
  return layout;
}

}  // namespace

double TextHeight(const std::string& text, const TextStyle& style, double width) {
  if (text.empty()) return 0;
  const PangoPtr<PangoContext> context = NewContext();
  const PangoPtr<PangoLayout> layout = LayOut(context.get(), text, style, std::max(width, style.font_px));
  PangoRectangle logical{};
  pango_layout_get_extents(layout.get(), nullptr, &logical);
  return static_cast<double>(logical.height) / PANGO_SCALE;
}

double TextWidth(const std::string& text, const TextStyle& style) {
  const PangoPtr<PangoContext> context = NewContext();
  const PangoPtr<PangoLayout> layout = LayOut(context.get(), text, style, 0);
  PangoRectangle logical{};
  pango_layout_get_extents(layout.get(), nullptr, &logical);
  return static_cast<double>(logical.width) / PANGO_SCALE;
}

void DrawText(cairo_t* context, const std::string& text, const TextStyle& style, double x, double y,
              double width) {
  if (text.empty()) return;
  const PangoPtr<PangoContext> pango = NewContext();
  pango_cairo_update_context(context, pango.get());
  const PangoPtr<PangoLayout> layout = LayOut(pango.get(), text, style, std::max(width, style.font_px));
  cairo_set_source_rgb(context, style.ink.red, style.ink.green, style.ink.blue);
  cairo_move_to(context, x, y);
  pango_cairo_show_layout(context, layout.get());
}

}  // namespace vitrine
