// Arranging pictures on a board: pure functions from sizes (and what the pictures mean, look like, or when
// they were taken) to places.
//
//   std::vector<layout::Size> sizes = layout::Normalised(shown, layout::Normalise::kHeight);
//   std::vector<layout::Place> places = layout::ArrangeByMeaning(sizes, vectors, {.gap = 20});
//   // places[i] is where picture i lies: as large as sizes[i], and overlapping nothing.
//
// Units are the board's: x grows to the right, y downwards. Every arrangement starts at (0, 0), has no
// negative coordinate, holds one place for each size in the order given, and leaves at least `gap` between
// any two pictures, sideways or upwards. The caller moves it to where it belongs.
//
// REQUIRES of every function: sizes positive and finite; as many rows of a matrix, or entries of a span, as
// sizes; matrices without NaN. Nothing else is asked: no pictures, one picture, equal vectors and vectors of
// one dimension are all arranged. Vectors are unit rows in practice, but only their distances are looked at.
//
// Every function may be called from any thread at once; none keeps state. The same input, options and seed
// give the same answer on one machine. No function fails; memory is the only thing that can run out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/matrix.h"

namespace vitrine::layout {

/// Of a picture as it lies on the board.
struct Size {
  double width = 0, height = 0;
};

/// Top left corner and size.
struct Place {
  double x = 0, y = 0, width = 0, height = 0;
  bool operator==(const Place&) const = default;
};

struct ArrangeOptions {
  double gap = 16;          ///< Kept free between pictures, >= 0.
  double aspect = 1.5;      ///< Width / height wanted of the whole; kept as nearly as the sizes allow.
  std::uint64_t seed = 1;   ///< Of ArrangeByMeaning and ArrangeByClusters.
  double title_height = 0;  ///< Of a cluster; 0 is a quarter of the median height of the pictures.
};

/// Like beside like: neighbours on the board are neighbours in the space
/// (docs/decisions/0012-board-layout.md). Sizes are kept. Pictures of one height come in even rows, of one
/// width in even columns, with little empty space; the more both vary, the more is left empty, so callers may
/// normalise first.
/// @param vectors [n, dimension]
/// Cost: of the order of n^2 in time and memory up to 2,500 pictures (bench/results/layout.json; 6 bytes a
/// pair); beyond, 2,500 drawn pictures are embedded and the others lie beside those that they resemble, in
/// time n * 2,500 * dimension.
std::vector<Place> ArrangeByMeaning(std::span<const Size> sizes, const Matrix& vectors,
                                    const ArrangeOptions& options);

/// A sweep through the hues from left to right, red first, or in bands from top to bottom, whichever leaves
/// less space empty; within a band from light to dark. Greys follow the colours. Sizes are kept.
/// @param oklab [n, 3]: lightness, a and b of each picture's dominant colour (base/oklab.h)
std::vector<Place> ArrangeByColour(std::span<const Size> sizes, const Matrix& oklab,
                                   const ArrangeOptions& options);

/// Reading order by time, in rows flush on both sides, with four times the gap between events. Sizes are
/// kept. An event ends where nothing was taken for much longer than between the pictures around (Platt,
/// Czerwinski and Field, "PhotoTOC", 2003) and for at least half an hour. Pictures of one time keep the order
/// given.
/// @param taken_at_s seconds since any origin; NaN for unknown, which come last, as an event of their own
std::vector<Place> ArrangeByTime(std::span<const Size> sizes, std::span<const double> taken_at_s,
                                 const ArrangeOptions& options);

/// Pictures of one kind.
struct Cluster {
  std::vector<std::size_t> members;  ///< Indices into the input, the most typical picture first; never empty.
};

struct ClusterLayout {
  std::vector<Place> places;
  std::vector<Cluster> clusters;  ///< Every picture is in exactly one. Empty where there are no pictures.
  std::vector<Place> titles;      ///< Free space for the title of each cluster: above it, and as wide.
};

/// Each cluster packed, clusters beside each other in rows, those that resemble each other close together,
/// with room for a title above each. Sizes are kept.
/// @param vectors [n, dimension]
/// @param k how many clusters, at most n; 0 chooses 2 to 12 by mean silhouettes (Rousseeuw 1987; kinds.h).
/// With k given, fewer come back only where there are fewer distinct vectors.
ClusterLayout ArrangeByClusters(std::span<const Size> sizes, const Matrix& vectors, std::size_t k,
                                const ArrangeOptions& options);

/// As tight as a fast packer gets it, sizes kept, in no order.
std::vector<Place> Pack(std::span<const Size> sizes, const ArrangeOptions& options);

/// Rows of equal width in the order given, the pictures of a row equally high: sizes change, aspects stay.
/// Heights are as near to the median height as even rows allow; the last row may be shorter than the others.
std::vector<Place> JustifiedRows(std::span<const Size> sizes, const ArrangeOptions& options);

enum class Normalise { kHeight, kWidth, kArea };

/// The same aspects, with the median height, width or area.
std::vector<Size> Normalised(std::span<const Size> sizes, Normalise what);

/// How far neighbours on the board are neighbours in the space: 1 when the k pictures around each picture are
/// its k nearest in the space, about 0.5 for a random order (Venna and Kaski, ICANN 2001).
///   1 - 2 / (n k (2n - 3k - 1)) * sum over i, over j among the k nearest to i on the board, of max(0, r(i,
///   j) - k)
/// where r(i, j) is 1 + the number of pictures nearer to i in the space than j is. Board distances are those
/// of centres. Among equally near pictures on the board the first in the input counts.
/// @param vectors [n, dimension]
/// @param k lowered to (n - 1) / 2, where the formula ends; 1 is returned where that is 0
/// Cost: n^2 * dimension.
double Trustworthiness(const Matrix& vectors, std::span<const Place> places, std::size_t k);

/// One of each kind: n pictures that between them cover the whole. Greedily the picture farthest from those
/// chosen (Gonzalez 1985), beginning with the most central; then each choice is replaced by the most central
/// of the pictures nearest to it, so that kinds are shown by typical pictures and not by their oddest.
/// @param vectors [rows, dimension]
/// @return min(n, rows) distinct rows, in the order of choice: a prefix covers the coarsest kinds.
/// Cost: n * rows * dimension.
std::vector<std::size_t> FarthestFirst(const Matrix& vectors, std::size_t n);

}  // namespace vitrine::layout
