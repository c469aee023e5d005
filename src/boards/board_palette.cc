#include "boards/board_palette.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "base/oklab.h"

namespace vitrine {
namespace {

constexpr std::size_t kFewest = 5;
constexpr std::size_t kMost = 8;
constexpr int kRounds = 20;
// A group is worth dividing when the distances of its colours from its centre, squared and weighted by share,
// add up to more than the square of this: a fifth of a board that is off by 0.07 is.
constexpr double kWorthAColour = 0.03;

struct Point {
  OkLab colour;
  double weight = 0;
  std::size_t group = 0;
};

struct Group {
  OkLab centre;
  double weight = 0;
};

void Assign(std::vector<Point>& points, const std::vector<Group>& groups) {
  for (Point& point : points) {
    std::size_t best = 0;
    for (std::size_t g = 1; g < groups.size(); ++g) {
      if (Distance(point.colour, groups[g].centre) < Distance(point.colour, groups[best].centre)) best = g;
    }
    point.group = best;
  }
}

void Recentre(const std::vector<Point>& points, std::vector<Group>& groups) {
  for (std::size_t g = 0; g < groups.size(); ++g) {
    double weight = 0;
    double l = 0;
    double a = 0;
    double b = 0;
    for (const Point& point : points) {
      if (point.group != g) continue;
      weight += point.weight;
      l += point.weight * static_cast<double>(point.colour.l);
      a += point.weight * static_cast<double>(point.colour.a);
      b += point.weight * static_cast<double>(point.colour.b);
    }
    groups[g].weight = weight;
    if (weight > 0) {
      groups[g].centre = {.l = static_cast<float>(l / weight),
                          .a = static_cast<float>(a / weight),
                          .b = static_cast<float>(b / weight)};
    }
  }
}

double SquaredError(const Point& point, const Group& group) {
  const auto distance = static_cast<double>(Distance(point.colour, group.centre));
  return point.weight * distance * distance;
}

// The point that the loosest group fits worst, where that group is worth dividing.
const Point* WorstFit(const std::vector<Point>& points, const std::vector<Group>& groups) {
  std::vector<double> errors(groups.size());
  for (const Point& point : points) errors[point.group] += SquaredError(point, groups[point.group]);
  const auto loosest = static_cast<std::size_t>(std::ranges::max_element(errors) - errors.begin());
  const double least = groups.size() < kFewest ? 1e-12 : kWorthAColour * kWorthAColour;
  if (errors[loosest] <= least) return nullptr;
  const Point* worst = nullptr;
  for (const Point& point : points) {
    if (point.group != loosest) continue;
    const bool worse =
        worst == nullptr || SquaredError(point, groups[loosest]) > SquaredError(*worst, groups[loosest]);
    if (worse) worst = &point;
  }
  return worst;
}

}  // namespace

std::vector<Swatch> PaletteOf(std::span<const Swatch> colours) {
  std::vector<Point> points;
  double all = 0;
  for (const Swatch& swatch : colours) {
    const auto weight = static_cast<double>(swatch.share);
    if (!(weight > 0)) continue;
    points.push_back({.colour = ToOkLab(swatch.red, swatch.green, swatch.blue), .weight = weight});
    all += weight;
  }
  if (points.empty()) return {};
  for (Point& point : points) point.weight /= all;
  std::vector<Group> groups{{.centre = std::ranges::max_element(points, {}, &Point::weight)->colour}};
  Assign(points, groups);
  while (groups.size() < kMost) {
    const Point* worst = WorstFit(points, groups);
    if (worst == nullptr) break;
    groups.push_back({.centre = worst->colour});
    for (int round = 0; round < kRounds; ++round) {
      Assign(points, groups);
      Recentre(points, groups);
    }
  }
  Recentre(points, groups);
  std::vector<Swatch> palette;
  for (const Group& group : groups) {
    if (group.weight <= 0) continue;
    const Rgb8 rgb = FromOkLab(group.centre);
    palette.push_back(
        {.red = rgb.red, .green = rgb.green, .blue = rgb.blue, .share = static_cast<float>(group.weight)});
  }
  std::ranges::stable_sort(palette, [](const Swatch& a, const Swatch& b) { return a.share > b.share; });
  return palette;
}

}  // namespace vitrine
