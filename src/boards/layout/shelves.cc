#include "boards/layout/shelves.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "boards/layout/skyline.h"
#include "boards/layout/steps.h"

namespace vitrine::layout {
namespace {

constexpr double kRaggedShare = 1.0 / 3;
constexpr double kSideways = 1;  // What a unit sideways is worth, in units upwards, in a loose board.
constexpr double kClearlyLess = 0.98;

/// With a gap after each picture.
double WidthOf(std::span<const Size> sizes, const std::vector<std::size_t>& shelf, double gap) {
  double width = 0;
  for (const std::size_t i : shelf) width += StepUp(sizes[i].width + gap);
  return width;
}

struct Area {
  double left = 0, top = 0, width = 0, height = 0;
};

void Halve(std::span<const Point> points, std::span<std::size_t> order, const Area& area,
           std::span<Point> spread) {
  if (order.size() == 1) {
    spread[order[0]] = {area.left + area.width / 2, area.top + area.height / 2};
    return;
  }
  const bool across = area.width >= area.height;
  const std::size_t half = order.size() / 2;
  std::nth_element(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(half), order.end(),
                   [&](std::size_t a, std::size_t b) {
                     const double at_a = across ? points[a].x : points[a].y;
                     const double at_b = across ? points[b].x : points[b].y;
                     return at_a != at_b ? at_a < at_b : a < b;
                   });
  const double share = static_cast<double>(half) / static_cast<double>(order.size());
  Area first = area;
  Area second = area;
  if (across) {
    first.width = area.width * share;
    second = {area.left + first.width, area.top, area.width - first.width, area.height};
  } else {
    first.height = area.height * share;
    second = {area.left, area.top + first.height, area.width, area.height - first.height};
  }
  Halve(points, order.first(half), first, spread);
  Halve(points, order.subspan(half), second, spread);
}

}  // namespace

std::vector<Point> SpreadEvenly(std::span<const Point> points, double aspect) {
  std::vector<std::size_t> order(points.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::vector<Point> spread(points.size());
  if (!order.empty()) Halve(points, order, {0, 0, aspect, 1}, spread);
  return spread;
}

Shelves CutIntoShelves(std::span<const Size> sizes, std::span<const Point> points, std::size_t count,
                       double gap) {
  std::vector<std::size_t> order(sizes.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return points[a].y != points[b].y ? points[a].y < points[b].y : points[a].x < points[b].x;
  });
  double total = 0;
  for (const Size& size : sizes) total += size.width + gap;
  Shelves shelves(1);
  double filled = 0;
  for (const std::size_t i : order) {
    // A picture goes to the row in which its middle falls.
    const double middle = filled + (sizes[i].width + gap) / 2;
    const double end = total * static_cast<double>(shelves.size()) / static_cast<double>(count);
    if (!shelves.back().empty() && shelves.size() < count && middle > end) shelves.emplace_back();
    shelves.back().push_back(i);
    filled += sizes[i].width + gap;
  }
  for (std::vector<std::size_t>& shelf : shelves) {
    std::stable_sort(shelf.begin(), shelf.end(),
                     [&](std::size_t a, std::size_t b) { return points[a].x < points[b].x; });
  }
  return shelves;
}

std::vector<Place> LayShelves(std::span<const Size> sizes, const Shelves& shelves, double gap) {
  std::vector<Place> places(sizes.size());
  double whole = 0;
  for (const auto& shelf : shelves) whole = std::max(whole, WidthOf(sizes, shelf, gap));
  Skyline free(whole);
  for (const auto& shelf : shelves) {
    const double lack = whole - WidthOf(sizes, shelf, gap);
    const bool ragged = shelf.size() < 2 || lack > kRaggedShare * whole;
    const double more = ragged ? 0 : StepDown(lack / static_cast<double>(shelf.size() - 1));
    double x = 0;
    for (const std::size_t i : shelf) {
      const double span = StepUp(sizes[i].width + gap);
      places[i] = {x, free.LowestAt(x, span), sizes[i].width, sizes[i].height};
      free.Cover(x, span, places[i].y + StepUp(sizes[i].height + gap));
      x += span + more;
    }
  }
  return places;
}

std::vector<Place> LayLoosely(std::span<const Size> sizes, const Shelves& shelves, double strip, double gap) {
  std::vector<Place> places = LayShelves(sizes, shelves, gap);
  const double scale = strip / (Extent(places).width + gap);
  for (const Size& size : sizes) strip = std::max(strip, StepUp(size.width + gap));
  Skyline free(strip);
  for (const auto& shelf : shelves) {
    for (const std::size_t i : shelf) {
      const double span = StepUp(sizes[i].width + gap);
      const double middle = (places[i].x + span / 2) * scale;
      const double wanted = std::clamp(StepDown(middle - span / 2), 0.0, strip - span);
      const Skyline::Spot spot = free.Near(span, wanted, kSideways);
      places[i].x = spot.x;
      places[i].y = spot.y;
      free.Cover(spot.x, span, spot.y + StepUp(sizes[i].height + gap));
    }
  }
  const auto leftmost = std::min_element(
      places.begin(), places.end(), [](const Place& one, const Place& other) { return one.x < other.x; });
  const double margin = leftmost == places.end() ? 0 : leftmost->x;
  for (Place& place : places) place.x -= margin;
  return places;
}

bool Loosen(const ArrangeOptions& options, ShelfBoard& board) {
  if (board.sizes.empty()) return false;
  double area = 0;
  for (const Size& size : board.sizes) area += (size.width + options.gap) * (size.height + options.gap);
  const double ideal = std::sqrt(area * (board.on_side ? 1 / options.aspect : options.aspect));
  double least = kClearlyLess * Badness(Extent(board.Lay(options.gap)), options.aspect);
  double best = 0;
  for (const double factor : {1.0, 1.04, 1.08, 1.12, 1.16, 1.2, 1.25, 1.3, 1.36}) {
    board.strip = StepUp(ideal * factor);
    const double badness = Badness(Extent(board.Lay(options.gap)), options.aspect);
    if (badness >= least) continue;
    least = badness;
    best = board.strip;
  }
  board.strip = best;
  return best > 0;
}

std::vector<Place> OnSide(std::vector<Place> places) {
  for (Place& place : places) place = {place.y, place.x, place.height, place.width};
  return places;
}

std::vector<Place> ShelfBoard::Lay(double gap) const {
  std::vector<Place> places =
      strip > 0 ? LayLoosely(sizes, shelves, strip, gap) : LayShelves(sizes, shelves, gap);
  return on_side ? OnSide(std::move(places)) : places;
}

double Badness(const Size& extent, double aspect) {
  const double off = std::abs(std::log(extent.width / extent.height / aspect));
  return extent.width * extent.height * (1 + off * (1 + 2 * off));
}

ShelfBoard ChooseShelves(std::span<const Size> sizes, std::span<const Point> for_rows,
                         std::span<const Point> for_columns, const ArrangeOptions& options) {
  ShelfBoard best;
  double least = -1;
  for (const bool on_side : {false, true}) {
    ShelfBoard board{.on_side = on_side, .sizes = {sizes.begin(), sizes.end()}};
    double area = 0;
    double width = 0;
    for (Size& size : board.sizes) {
      if (on_side) std::swap(size.width, size.height);
      area += (size.width + options.gap) * (size.height + options.gap);
      width += size.width + options.gap;
    }
    const double guess = width / std::sqrt(area * (on_side ? 1 / options.aspect : options.aspect));
    const auto fewest = static_cast<std::size_t>(std::max(1.0, std::floor(guess * 0.6)));
    const std::size_t most = std::min(sizes.size(), static_cast<std::size_t>(std::ceil(guess * 1.15)) + 1);
    for (std::size_t count = fewest; count <= most; ++count) {
      board.shelves = CutIntoShelves(board.sizes, on_side ? for_columns : for_rows, count, options.gap);
      const double badness = Badness(Extent(board.Lay(options.gap)), options.aspect);
      if (least >= 0 && badness >= least) continue;
      least = badness;
      best = board;
    }
  }
  return best;
}

ShelfBoard ChooseShelves(std::span<const Size> sizes, std::span<const Point> points,
                         const ArrangeOptions& options) {
  std::vector<Point> turned;
  for (const Point& point : points) turned.push_back({point.y, point.x});
  return ChooseShelves(sizes, points, turned, options);
}

}  // namespace vitrine::layout
