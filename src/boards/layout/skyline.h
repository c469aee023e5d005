// What is free below the pictures placed so far: the packers' one data structure.
#pragma once

#include <cstddef>
#include <vector>

#include "boards/layout/arrange.h"

namespace vitrine::layout {

/// The lower edge of what was placed, as steps from left to right over [0, width). Starts at 0 everywhere.
class Skyline {
 public:
  explicit Skyline(double width) : width_(width), steps_{{0, 0}} {}

  /// The least y at which something `width` wide may lie with its left side at x. REQUIRES: x >= 0, width >
  /// 0.
  double LowestAt(double x, double width) const;

  struct Spot {
    double x = 0, y = 0;
  };
  /// Where something `width` wide lies highest, and of such spots leftmost; left edges are those of the
  /// steps. What is wider than the whole lies at x = 0, below all.
  Spot Highest(double width) const;

  /// Where y + pull * |x - wanted| is least, among spots that touch a step's end on either side and the
  /// wanted one. REQUIRES: width <= that of the whole.
  Spot Near(double width, double wanted, double pull) const;

  /// Everything above `bottom` is taken now, from x over `width`.
  void Cover(double x, double width, double bottom);

 private:
  struct Step {
    double x = 0;  ///< Where it begins; it ends where the next begins.
    double y = 0;
  };
  std::size_t StepAt(double x) const;

  double width_;
  std::vector<Step> steps_;  ///< Rising in x, the first at 0.
};

/// The corner farthest from (0, 0) that any place reaches.
Size Extent(const std::vector<Place>& places);

}  // namespace vitrine::layout
