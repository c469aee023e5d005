#include "boards/export/scene.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <numbers>
#include <set>

#include "boards/export/text.h"

namespace vitrine {
namespace {

double Linear(double channel) {
  return channel <= 0.04045 ? channel / 12.92 : std::pow((channel + 0.055) / 1.055, 2.4);
}

// The box around `rect` turned about `middle`.
Rect Turned(const Rect& rect, const Point& middle, double degrees) {
  if (degrees == 0) return rect;
  const double angle = degrees * std::numbers::pi / 180;
  const double cosine = std::cos(angle), sine = std::sin(angle);
  Rect box{1e300, 1e300, -1e300, -1e300};
  for (const double x : {rect.left, rect.right}) {
    for (const double y : {rect.top, rect.bottom}) {
      const double dx = x - middle.x, dy = y - middle.y;
      const double tx = middle.x + dx * cosine - dy * sine, ty = middle.y + dx * sine + dy * cosine;
      box.Include({tx, ty, tx, ty});
    }
  }
  return box;
}

double MedianHeight(std::vector<double> heights) {
  if (heights.empty()) return 1;
  const auto middle = heights.begin() + static_cast<std::ptrdiff_t>(heights.size() / 2);
  std::nth_element(heights.begin(), middle, heights.end());
  return std::max(*middle, 1e-6);
}

}  // namespace

void Rect::Include(const Rect& other) {
  left = std::min(left, other.left);
  top = std::min(top, other.top);
  right = std::max(right, other.right);
  bottom = std::max(bottom, other.bottom);
}

Colour ColourOf(std::string_view hex, const Colour& fallback) {
  if (hex.size() != 7 || hex[0] != '#') return fallback;
  std::uint32_t value = 0;
  const auto read = std::from_chars(hex.data() + 1, hex.data() + 7, value, 16);
  if (read.ec != std::errc() || read.ptr != hex.data() + 7) return fallback;
  return {((value >> 16) & 255) / 255.0, ((value >> 8) & 255) / 255.0, (value & 255) / 255.0};
}

std::string HexOf(const Colour& colour) {
  std::array<char, 8> text{};
  const auto byte = [](double channel) {
    return static_cast<unsigned>(std::lround(std::clamp(channel, 0.0, 1.0) * 255));
  };
  std::snprintf(text.data(), text.size(), "#%02x%02x%02x", byte(colour.red), byte(colour.green),
                byte(colour.blue));
  return text.data();
}

Colour InkOn(const Colour& paper) {
  const double luminance =
      0.2126 * Linear(paper.red) + 0.7152 * Linear(paper.green) + 0.0722 * Linear(paper.blue);
  if (luminance < 0.18) return {0.96, 0.955, 0.945};
  return {0.12, 0.115, 0.11};
}

Colour SheetColourOf(const Board& board) { return ColourOf(board.background, board_theme::kSheet); }

std::vector<const BoardItem*> DrawingOrder(const Board& board) {
  std::vector<const BoardItem*> items;
  for (const BoardItem& item : board.items) items.push_back(&item);
  std::ranges::stable_sort(items, [](const BoardItem* a, const BoardItem* b) {
    return a->z != b->z ? a->z < b->z : a->id < b->id;
  });
  return items;
}

std::vector<const BoardItem*> PicturesInReadingOrder(const Board& board) {
  std::vector<const BoardItem*> pictures;
  std::vector<double> heights;
  for (const BoardItem& item : board.items) {
    if (item.kind != ItemKind::kPicture) continue;
    pictures.push_back(&item);
    heights.push_back(item.height);
  }
  const double row = 0.75 * MedianHeight(heights);
  const auto place = [row](const BoardItem* item) {
    return std::make_tuple(std::floor(item->y / row), item->x, item->y, item->id);
  };
  std::ranges::sort(pictures, {}, place);
  std::set<std::string> seen;
  std::erase_if(pictures, [&seen](const BoardItem* item) { return !seen.insert(item->content).second; });
  return pictures;
}

Rect BoxOf(const BoardItem& item) {
  return {std::min(item.x, item.x + item.width), std::min(item.y, item.y + item.height),
          std::max(item.x, item.x + item.width), std::max(item.y, item.y + item.height)};
}

Point MiddleOf(const BoardItem& item) { return {item.x + item.width / 2, item.y + item.height / 2}; }

double CaptionFontPx(const BoardItem& picture) { return std::clamp(picture.width / 22, 11.0, 44.0); }

Rect PaperOf(const BoardItem& note) {
  using namespace board_theme;
  Rect paper = BoxOf(note);
  const double needed =
      TextHeight(note.text, {.font_px = note.font_px}, paper.width() - 2 * kNotePadding) + 2 * kNotePadding;
  paper.bottom = std::max(paper.bottom, paper.top + needed);
  return paper;
}

ArrowShape ArrowOf(const BoardItem& arrow) {
  const double length = std::hypot(arrow.width, arrow.height);
  ArrowShape shape;
  shape.line = std::clamp(length / 40, 2.0, 6.0);
  shape.from = {arrow.x, arrow.y};
  const Point tip{arrow.x + arrow.width, arrow.y + arrow.height};
  const double size = std::min(shape.line * 4.5, length);
  const double ux = length > 0 ? arrow.width / length : 1, uy = length > 0 ? arrow.height / length : 0;
  const Point base{tip.x - ux * size, tip.y - uy * size};
  shape.to = {tip.x - ux * size * 0.8, tip.y - uy * size * 0.8};
  shape.head = {tip, Point{base.x - uy * size * 0.45, base.y + ux * size * 0.45},
                Point{base.x + uy * size * 0.45, base.y - ux * size * 0.45}};
  return shape;
}

Rect ExtentOf(const BoardItem& item) {
  using namespace board_theme;
  Rect extent = BoxOf(item);
  switch (item.kind) {
    case ItemKind::kPicture:
      if (!item.text.empty()) extent.bottom += kCaptionGap + 2 * 1.4 * CaptionFontPx(item);
      break;
    case ItemKind::kNote:
      extent = PaperOf(item);
      break;
    case ItemKind::kFrame:
      if (!item.text.empty()) extent.top -= kCaptionGap + 1.5 * item.font_px;
      break;
    case ItemKind::kArrow: {
      const ArrowShape shape = ArrowOf(item);
      for (const Point& point : shape.head) extent.Include({point.x, point.y, point.x, point.y});
      extent = {extent.left - shape.line, extent.top - shape.line, extent.right + shape.line,
                extent.bottom + shape.line};
      break;
    }
  }
  return Turned(extent, MiddleOf(item), item.rotation_deg);
}

Rect SheetOf(const Board& board) {
  if (board.items.empty()) return {};
  Rect sheet = ExtentOf(board.items.front());
  for (const BoardItem& item : board.items) sheet.Include(ExtentOf(item));
  const double margin = std::max(1.0, 0.03 * std::max(sheet.width(), sheet.height()));
  return {sheet.left - margin, sheet.top - margin, sheet.right + margin, sheet.bottom + margin};
}

}  // namespace vitrine
