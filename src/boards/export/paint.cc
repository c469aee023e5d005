#include "boards/export/paint.h"

#include <algorithm>
#include <numbers>

#include "boards/export/text.h"

namespace vitrine {
namespace {

using namespace board_theme;

void SetColour(cairo_t* context, const Colour& colour) {
  cairo_set_source_rgb(context, colour.red, colour.green, colour.blue);
}

void RoundedPath(cairo_t* context, const Rect& box, double radius) {
  const double r = std::min({radius, box.width() / 2, box.height() / 2});
  constexpr double kQuarter = std::numbers::pi / 2;
  cairo_new_sub_path(context);
  cairo_arc(context, box.right - r, box.top + r, r, -kQuarter, 0);
  cairo_arc(context, box.right - r, box.bottom - r, r, 0, kQuarter);
  cairo_arc(context, box.left + r, box.bottom - r, r, kQuarter, 2 * kQuarter);
  cairo_arc(context, box.left + r, box.top + r, r, 2 * kQuarter, 3 * kQuarter);
  cairo_close_path(context);
}

void DrawPicture(cairo_t* context, const BoardItem& item, const std::string& name,
                 const PictureGetter& getter) {
  const Rect box = BoxOf(item);
  const Result<PicturePattern> picture = getter(item);
  if (!picture) {
    DrawMissing(context, box, name);
    return;
  }
  const CairoState state(context);
  cairo_rectangle(context, box.left, box.top, box.width(), box.height());
  cairo_clip(context);
  cairo_translate(context, box.left + box.width() / 2, box.top + box.height() / 2);
  cairo_scale(context, item.flip_x ? -1 : 1, item.flip_y ? -1 : 1);
  cairo_translate(context, -box.width() / 2, -box.height() / 2);
  const double whole_width = box.width() / std::max(item.crop.right - item.crop.left, 1e-6);
  const double whole_height = box.height() / std::max(item.crop.bottom - item.crop.top, 1e-6);
  cairo_translate(context, -item.crop.left * whole_width, -item.crop.top * whole_height);
  cairo_scale(context, whole_width / picture->width_px, whole_height / picture->height_px);
  cairo_set_source(context, picture->pattern.get());
  if (item.opacity < 1) {
    cairo_paint_with_alpha(context, item.opacity);
  } else {
    cairo_paint(context);
  }
}

void DrawCaption(cairo_t* context, const BoardItem& item) {
  if (item.text.empty()) return;
  const Rect box = BoxOf(item);
  DrawText(context, item.text, {.font_px = CaptionFontPx(item), .ink = {0.42, 0.41, 0.4}, .most_lines = 2},
           box.left, box.bottom + kCaptionGap, box.width());
}

void DrawNote(cairo_t* context, const BoardItem& item) {
  const Rect paper = PaperOf(item);
  const Colour colour = ColourOf(item.colour, kNote);
  cairo_set_source_rgba(context, 0, 0, 0, 0.10);
  RoundedPath(context, {paper.left + 0.5, paper.top + 2.5, paper.right + 0.5, paper.bottom + 2.5},
              kNoteRadius);
  cairo_fill(context);
  SetColour(context, colour);
  RoundedPath(context, paper, kNoteRadius);
  cairo_fill(context);
  DrawText(context, item.text, {.font_px = item.font_px, .ink = InkOn(colour)}, paper.left + kNotePadding,
           paper.top + kNotePadding, paper.width() - 2 * kNotePadding);
}

void DrawFrame(cairo_t* context, const BoardItem& item) {
  const Rect box = BoxOf(item);
  const Colour colour = ColourOf(item.colour, kFrame);
  SetColour(context, colour);
  cairo_set_line_width(context, kFrameLine);
  RoundedPath(context, box, kFrameRadius);
  cairo_stroke(context);
  if (item.text.empty()) return;
  const TextStyle style{.font_px = item.font_px, .ink = {0.36, 0.35, 0.34}, .bold = true, .most_lines = 1};
  DrawText(context, item.text, style, box.left, box.top - kCaptionGap - 1.35 * item.font_px, box.width());
}

void DrawArrow(cairo_t* context, const BoardItem& item) {
  const ArrowShape shape = ArrowOf(item);
  SetColour(context, ColourOf(item.colour, kArrow));
  cairo_set_line_width(context, shape.line);
  cairo_set_line_cap(context, CAIRO_LINE_CAP_ROUND);
  cairo_move_to(context, shape.from.x, shape.from.y);
  cairo_line_to(context, shape.to.x, shape.to.y);
  cairo_stroke(context);
  cairo_move_to(context, shape.head[0].x, shape.head[0].y);
  cairo_line_to(context, shape.head[1].x, shape.head[1].y);
  cairo_line_to(context, shape.head[2].x, shape.head[2].y);
  cairo_close_path(context);
  cairo_fill(context);
}

void DrawShape(cairo_t* context, const BoardItem& item) {
  if (item.kind == ItemKind::kNote) DrawNote(context, item);
  if (item.kind == ItemKind::kFrame) DrawFrame(context, item);
  if (item.kind == ItemKind::kArrow) DrawArrow(context, item);
}

}  // namespace

void DrawMissing(cairo_t* context, const Rect& box, const std::string& name) {
  const CairoState state(context);
  SetColour(context, kMissing);
  cairo_rectangle(context, box.left, box.top, box.width(), box.height());
  cairo_fill_preserve(context);
  cairo_clip(context);
  const double font = std::clamp(std::min(box.width() / 14, box.height() / 5), 4.0, 30.0);
  const TextStyle style{.font_px = font, .ink = {0.4, 0.39, 0.37}, .centred = true, .most_lines = 2};
  const std::string text = name.empty() ? "not there" : name + "\nnot there";
  const double width = box.width() * 0.9;
  DrawText(context, text, style, box.left + box.width() * 0.05,
           box.top + (box.height() - TextHeight(text, style, width)) / 2, width);
}

void DrawItem(cairo_t* context, const BoardItem& item, const std::string& name, const PictureGetter& getter) {
  if (item.opacity <= 0) return;
  const CairoState state(context);
  const Point middle = MiddleOf(item);
  if (item.rotation_deg != 0) {
    cairo_translate(context, middle.x, middle.y);
    cairo_rotate(context, item.rotation_deg * std::numbers::pi / 180);
    cairo_translate(context, -middle.x, -middle.y);
  }
  if (item.kind == ItemKind::kPicture) {
    DrawPicture(context, item, name, getter);
    DrawCaption(context, item);
    return;
  }
  // Overlapping strokes of a translucent shape must not show through each other.
  if (item.opacity < 1) cairo_push_group(context);
  DrawShape(context, item);
  if (item.opacity < 1) {
    cairo_pop_group_to_source(context);
    cairo_paint_with_alpha(context, item.opacity);
  }
}

}  // namespace vitrine
