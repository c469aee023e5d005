// Vectors of many dimensions as points of the plane, neighbours beside neighbours.
#pragma once

#include <cstdint>
#include <vector>

#include "base/matrix.h"
#include "boards/layout/space.h"

namespace vitrine::layout {

struct Point {
  double x = 0, y = 0;
};

/// The plane that t-SNE finds, in units of its own, centred on (0, 0). Equal vectors become neighbours, or
/// one point. Rows of no use to t-SNE (fewer than four) come as their two principal components.
/// @param distances AllDistances(vectors)
/// @param ranks Ranks(distances)
/// Cost: 300 rounds of n^2.
std::vector<Point> EmbedInPlane(const Matrix& vectors, const Matrix& distances, const Ranks& ranks,
                                std::uint64_t seed);

/// The two directions in which the vectors vary most, scaled so that the first has standard deviation 1; with
/// a trace of noise, so that no two points and no whole axis coincide.
std::vector<Point> PrincipalPlane(const Matrix& vectors, std::uint64_t seed);

}  // namespace vitrine::layout
