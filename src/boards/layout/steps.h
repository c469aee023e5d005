// Coordinates in steps of 1/1024 of a unit, so that sums of them are exact.
//
// A picture's right edge x + width is rounded, and so is every later sum of it; where pictures touch, one
// such rounding is an overlap. Corners therefore lie on steps, and what a picture takes is rounded up to
// whole steps. Sums of steps are exact in a double up to 2^43 units, so nothing overlaps however often the
// whole is moved by whole steps.
#pragma once

#include <cmath>

namespace vitrine::layout {

inline double StepUp(double length) { return std::ceil(length * 1024) / 1024; }
inline double StepDown(double length) { return std::floor(length * 1024) / 1024; }

}  // namespace vitrine::layout
