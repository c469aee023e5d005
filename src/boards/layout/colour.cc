// By colour: bands of hue, each from light to dark, greys after the colours.
//
// Hue is the angle of (a, b) in OKLab, where equal angles look about equally different (Ottosson 2020). Near
// grey the angle is noise, so pictures of little chroma are no part of the circle. It is cut just before red,
// where colour wheels begin.
#include <cmath>
#include <numbers>

#include "boards/layout/arrange.h"
#include "boards/layout/shelves.h"

namespace vitrine::layout {
namespace {

constexpr double kGreyChroma = 0.03;  // About where people stop naming a hue.
constexpr double kFirstHue = -0.25;   // Radians; sRGB's red is at 0.51.
constexpr double kHueStep = 0.03;

/// In steps that nobody sees, so that lightness orders equal hues: 0 .. 2 pi for hues from red on, then 10 ..
/// 11 for greys from light to dark.
double BandOf(double lightness, double a, double b) {
  if (std::hypot(a, b) < kGreyChroma) return 11 - lightness;
  double angle = std::atan2(b, a) - kFirstHue;
  if (angle < 0) angle += 2 * std::numbers::pi;
  return std::round(angle / kHueStep) * kHueStep;
}

}  // namespace

std::vector<Place> ArrangeByColour(std::span<const Size> sizes, const Matrix& oklab,
                                   const ArrangeOptions& options) {
  std::vector<Point> points;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    const auto lightness = static_cast<double>(oklab.row(i)[0]);
    points.push_back({-lightness, BandOf(lightness, static_cast<double>(oklab.row(i)[1]),
                                         static_cast<double>(oklab.row(i)[2]))});
  }
  return ChooseShelves(sizes, points, points, options).Lay(options.gap);
}

}  // namespace vitrine::layout
