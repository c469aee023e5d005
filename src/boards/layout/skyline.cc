#include "boards/layout/skyline.h"

#include <algorithm>
#include <cmath>

namespace vitrine::layout {

std::size_t Skyline::StepAt(double x) const {
  const auto after = std::upper_bound(steps_.begin(), steps_.end(), x,
                                      [](double at, const Step& step) { return at < step.x; });
  return static_cast<std::size_t>(after - steps_.begin()) - 1;
}

double Skyline::LowestAt(double x, double width) const {
  double y = 0;
  for (std::size_t s = StepAt(x); s < steps_.size() && steps_[s].x < x + width; ++s)
    y = std::max(y, steps_[s].y);
  return y;
}

Skyline::Spot Skyline::Highest(double width) const {
  Spot best{0, LowestAt(0, width)};
  for (std::size_t s = 1; s < steps_.size() && steps_[s].x + width <= width_; ++s) {
    if (steps_[s].y >= best.y) continue;
    const double y = LowestAt(steps_[s].x, width);
    if (y < best.y) best = {steps_[s].x, y};
  }
  return best;
}

Skyline::Spot Skyline::Near(double width, double wanted, double pull) const {
  Spot best{0, LowestAt(0, width)};
  double least = best.y + pull * wanted;
  const auto weigh = [&](double x) {
    if (x < 0 || x + width > width_) return;
    const double along = pull * std::abs(x - wanted);
    if (along >= least) return;
    const double y = LowestAt(x, width);
    if (y + along >= least) return;
    least = y + along;
    best = {x, y};
  };
  weigh(wanted);
  for (std::size_t s = 0; s < steps_.size(); ++s) {
    weigh(steps_[s].x);
    weigh((s + 1 < steps_.size() ? steps_[s + 1].x : width_) - width);
  }
  return best;
}

void Skyline::Cover(double x, double width, double bottom) {
  const double end = x + width;
  const std::size_t first = StepAt(x);
  const std::size_t last = StepAt(end);
  const double after = steps_[last].y;  // What lies at `end` stays.
  std::vector<Step> instead;
  if (steps_[first].x < x) instead.push_back(steps_[first]);
  instead.push_back({x, bottom});
  const bool next_begins_there = last + 1 < steps_.size() && steps_[last + 1].x <= end;
  if (end < width_ && !next_begins_there) instead.push_back({end, after});
  const auto begin = steps_.begin() + static_cast<std::ptrdiff_t>(first);
  const auto stop = steps_.begin() + static_cast<std::ptrdiff_t>(last) + 1;
  const auto at = steps_.erase(begin, stop);
  steps_.insert(at, instead.begin(), instead.end());
}

Size Extent(const std::vector<Place>& places) {
  Size extent;
  for (const Place& place : places) {
    extent.width = std::max(extent.width, place.x + place.width);
    extent.height = std::max(extent.height, place.y + place.height);
  }
  return extent;
}

}  // namespace vitrine::layout
