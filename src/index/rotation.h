// A fixed random rotation: spreads what a vector has in a few large components over all of them.
#pragma once

#include <span>

namespace vitrine {

/// Turns a vector into the basis that rows and queries are coded in. Lengths and angles stay; the rotation
/// depends on the dimension alone, so it is the same in every library and for all time
/// (docs/formats/segment.md).
void Rotate(std::span<float> vector);

/// The inverse of Rotate().
void RotateBack(std::span<float> vector);

}  // namespace vitrine
