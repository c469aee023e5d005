// Where things lie on a board and in which colours, alike in every format that shows it. Lengths are board
// units.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "vitrine/boards.h"

namespace vitrine {

/// sRGB, 0..1.
struct Colour {
  double red = 0, green = 0, blue = 0;
};

struct Point {
  double x = 0, y = 0;
};

struct Rect {
  double left = 0, top = 0, right = 0, bottom = 0;
  double width() const { return right - left; }
  double height() const { return bottom - top; }
  void Include(const Rect& other);
};

/// Colours of what has none of its own: a warm, nearly white sheet, that prints and lets pictures with white
/// grounds be seen.
namespace board_theme {
inline constexpr Colour kSheet{0.965, 0.961, 0.953};
inline constexpr Colour kNote{1.0, 0.949, 0.745};
inline constexpr Colour kArrow{0.835, 0.286, 0.188};
inline constexpr Colour kFrame{0.69, 0.675, 0.65};
inline constexpr Colour kMissing{0.86, 0.855, 0.84};
inline constexpr double kNotePadding = 12;
inline constexpr double kNoteRadius = 6;
inline constexpr double kFrameRadius = 8;
inline constexpr double kFrameLine = 2;
inline constexpr double kCaptionGap = 6;
/// Of a line to what its font asks for; with DejaVu Sans that is the 1.25 of the web page.
inline constexpr double kLineSpacing = 1.08;
}  // namespace board_theme

/// "#rrggbb", or `fallback` for anything else.
Colour ColourOf(std::string_view hex, const Colour& fallback);
std::string HexOf(const Colour& colour);
/// Dark or light, whichever reads better on `paper` (relative luminance, WCAG 2).
Colour InkOn(const Colour& paper);
Colour SheetColourOf(const Board& board);

/// Lowest first: by z, then id.
std::vector<const BoardItem*> DrawingOrder(const Board& board);
/// Each picture once, as one would read the board: in rows, from the left.
std::vector<const BoardItem*> PicturesInReadingOrder(const Board& board);

/// The box, with positive width and height, before it is turned.
Rect BoxOf(const BoardItem& item);
/// The middle that an item is turned about.
Point MiddleOf(const BoardItem& item);
double CaptionFontPx(const BoardItem& picture);
/// The paper of a note: its box, grown downwards where its text needs more.
Rect PaperOf(const BoardItem& note);
/// All that an item covers: turned, with title, caption, arrow head.
Rect ExtentOf(const BoardItem& item);
/// All items and a margin about them. A board without items gives an empty Rect.
Rect SheetOf(const Board& board);

/// A shaft and a filled head, before they are turned.
struct ArrowShape {
  Point from, to;  ///< Of the shaft, which ends inside the head.
  std::array<Point, 3> head;
  double line = 0;
};
ArrowShape ArrowOf(const BoardItem& arrow);

}  // namespace vitrine
