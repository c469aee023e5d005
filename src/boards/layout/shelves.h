// Pictures in rows that follow given points, and columns by the same code on its side.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "boards/layout/arrange.h"
#include "boards/layout/tsne.h"

namespace vitrine::layout {

/// Indices of pictures, row by row, each row from left to right.
using Shelves = std::vector<std::vector<std::size_t>>;

/// Moves points so that they fill a rectangle evenly, neighbours staying neighbours where they can: halves of
/// the points get halves of the rectangle, again and again, across its longer side.
/// @return points in [0, aspect] x [0, 1]
std::vector<Point> SpreadEvenly(std::span<const Point> points, double aspect);

/// Cuts pictures into `count` rows about equally wide: by y into rows, by x within a row.
Shelves CutIntoShelves(std::span<const Size> sizes, std::span<const Point> points, std::size_t count,
                       double gap);

/// Lays rows out flush on both sides, spreading what a row lacks over its gaps (a row that lacks more than a
/// third keeps its gaps), then lifts every picture until it meets one above.
std::vector<Place> LayShelves(std::span<const Size> sizes, const Shelves& shelves, double gap);

/// Lays pictures in a strip of this width, row by row, each as high up as it finds room and not far sideways
/// from where its row would have it: less even than rows, and less empty where pictures are of many sizes. A
/// strip narrower than a picture is widened to it.
std::vector<Place> LayLoosely(std::span<const Size> sizes, const Shelves& shelves, double strip, double gap);

/// A board laid in rows, or (on its side) in columns.
struct ShelfBoard {
  bool on_side = false;     ///< Rows are columns: widths and heights, x and y are exchanged in what follows.
  std::vector<Size> sizes;  ///< As the rows see them.
  Shelves shelves;
  double strip = 0;  ///< Laid loosely in a strip so wide; 0 for even rows.

  /// Where everything lies, on the board and not on its side.
  std::vector<Place> Lay(double gap) const;
};

/// Rows or columns, and as many of them, as leave the least space empty with the aspect near the one wanted.
/// @param for_rows points that CutIntoShelves cuts, were the board in rows
/// @param for_columns the same for columns, on their side: y says which column, x where in it
ShelfBoard ChooseShelves(std::span<const Size> sizes, std::span<const Point> for_rows,
                         std::span<const Point> for_columns, const ArrangeOptions& options);

/// The same where pictures shall lie as their points do.
ShelfBoard ChooseShelves(std::span<const Size> sizes, std::span<const Point> points,
                         const ArrangeOptions& options);

/// Lays the board loosely where that takes clearly less room; whether it does.
bool Loosen(const ArrangeOptions& options, ShelfBoard& board);

/// The same places with x and y exchanged.
std::vector<Place> OnSide(std::vector<Place> places);

/// How good an extent is to hold pictures: its area, and more the farther its aspect is from the one wanted.
double Badness(const Size& extent, double aspect);

}  // namespace vitrine::layout
