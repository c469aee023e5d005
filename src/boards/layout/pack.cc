// Packing: the skyline bottom-left rule (Burke, Kendall and Whitwell, Operations Research 2004, turned upside
// down), in a strip of given width: pictures from the largest on, each where it lies highest. The strip's
// width decides the aspect of the whole, and how well the pictures fit can jump with it, so a dozen widths
// around the wanted one, both directions and three orders are tried and the best extent is kept. A picture
// takes its gap along, to its right and below, so that the packer itself knows nothing of gaps.
#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "boards/layout/arrange.h"
#include "boards/layout/shelves.h"
#include "boards/layout/skyline.h"
#include "boards/layout/steps.h"

namespace vitrine::layout {
namespace {

enum class Order { kHeight, kArea, kLongerSide };

double KeyOf(const Size& size, Order order) {
  switch (order) {
    case Order::kHeight:
      return size.height;
    case Order::kArea:
      return size.width * size.height;
    case Order::kLongerSide:
      break;
  }
  return std::max(size.width, size.height);
}

std::vector<std::size_t> Ordered(std::span<const Size> sizes, Order order) {
  std::vector<std::size_t> ordered(sizes.size());
  std::iota(ordered.begin(), ordered.end(), std::size_t{0});
  std::stable_sort(ordered.begin(), ordered.end(), [&](std::size_t a, std::size_t b) {
    const double key_a = KeyOf(sizes[a], order);
    const double key_b = KeyOf(sizes[b], order);
    return key_a != key_b ? key_a > key_b : sizes[a].width > sizes[b].width;
  });
  return ordered;
}

std::vector<Place> PackStrip(std::span<const Size> sizes, std::span<const std::size_t> order, double width,
                             double gap) {
  std::vector<Place> places(sizes.size());
  Skyline free(width);
  for (const std::size_t i : order) {
    const double span = StepUp(sizes[i].width + gap);
    const Skyline::Spot spot = free.Highest(span);
    places[i] = {spot.x, spot.y, sizes[i].width, sizes[i].height};
    free.Cover(spot.x, span, spot.y + StepUp(sizes[i].height + gap));
  }
  return places;
}

}  // namespace

std::vector<Place> Pack(std::span<const Size> sizes, const ArrangeOptions& options) {
  constexpr std::array kWidths = {0.85, 0.9, 0.94, 0.97, 1.0, 1.02, 1.04, 1.06, 1.09, 1.12, 1.17, 1.24};
  std::vector<Place> best;
  double least = -1;
  for (const bool on_side : {false, true}) {
    std::vector<Size> turned(sizes.begin(), sizes.end());
    double area = 0;
    double widest = 0;
    for (Size& size : turned) {
      if (on_side) std::swap(size.width, size.height);
      area += (size.width + options.gap) * (size.height + options.gap);
      widest = std::max(widest, StepUp(size.width + options.gap));
    }
    const double ideal = std::sqrt(area * (on_side ? 1 / options.aspect : options.aspect));
    for (const Order kind : {Order::kHeight, Order::kArea, Order::kLongerSide}) {
      const std::vector<std::size_t> order = Ordered(turned, kind);
      for (const double factor : kWidths) {
        std::vector<Place> places = PackStrip(turned, order, std::max(widest, ideal * factor), options.gap);
        if (on_side) places = OnSide(std::move(places));
        const double badness = Badness(Extent(places), options.aspect);
        if (least >= 0 && badness >= least) continue;
        least = badness;
        best = std::move(places);
      }
    }
  }
  return best;
}

}  // namespace vitrine::layout
