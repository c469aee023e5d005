// Laying one picture over another: whether both show the same shot, and how the one was made from the other.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "image/local_features.h"
#include "image/pixels.h"

namespace vitrine {

/// x' = a x + b y + c, y' = d x + e y + f, in pixels from the centre of the first.
struct Affine {
  double a = 1, b = 0, c = 0, d = 0, e = 1, f = 0;
  double Determinant() const { return a * e - b * d; }
  Affine Inverse() const;  ///< REQUIRES: Determinant() != 0.
};

/// One of the eight ways to lay a rectangle on itself: mirrored left to right first, if at all, then turned
/// clockwise by quarters.
struct Turn {
  bool mirrored = false;
  int quarters = 0;  ///< 0..3.
  bool operator==(const Turn&) const = default;
};

/// What is kept of a picture to lay it over others: some 100 KB.
struct PictureShape {
  static constexpr std::int32_t kEdgePx = 256;  ///< Long side of what is looked at.
  static constexpr std::size_t kMaxFeatures = 160;

  std::int32_t width_px = 0;  ///< Of the grey picture.
  std::int32_t height_px = 0;
  std::vector<std::uint8_t> grey;  ///< A little blurred; row-major.
  RgbImage tiny;                   ///< The colours, at most 32 px on the long side.
  std::vector<LocalFeature> features;
};

/// Cost: some 5 ms. REQUIRES: at least one pixel.
PictureShape ShapeOf(const RgbImage& picture);

/// How two pictures lie over each other, and how far they agree there.
struct Alignment {
  Affine b_to_a;           ///< From pixels of b's grey picture to those of a's.
  int matches = 0;         ///< Local features that agree with it; 0 when it was not found by features.
  int blocks = 0;          ///< Blocks with something to see in them, in the part that both show.
  double agreement = 0;    ///< Share of those blocks that show the same.
  double correlation = 0;  ///< Of the blocks' pixels, in the mean.
  double shared_a = 0;     ///< Share of a's area that b shows too,
  double shared_b = 0;     ///< and of b's area that a shows.
  double extra_a = 0;  ///< Share of a's area that b does not show and that has something to see: no frame.
  double extra_b = 0;  ///< The same of b's.
  double colour_change = 0;  ///< Mean difference of the colours in the shared part, 0..1.
  bool mirrored() const { return b_to_a.Determinant() < 0; }
  double scale() const;    ///< Pixels of a for one of b.
  double degrees() const;  ///< By which b has to be turned clockwise to lie as a does, -180..180.
};

/// Lays b over a as a whole, turned as told: a copy that was only re-encoded, resized, turned or recoloured.
Alignment AlignWhole(const PictureShape& a, const PictureShape& b, Turn turn);

/// Looks for any shift, turn and size under which b's features fall on a's. Empty when there is none.
/// @param mirrored  looks for the mirror image of b.
std::optional<Alignment> AlignByFeatures(const PictureShape& a, const PictureShape& b, bool mirrored);

/// Whether an alignment says that both are the same shot. The thresholds are measured (docs/duplicates.md).
bool IsSameShot(const Alignment& alignment);

}  // namespace vitrine
