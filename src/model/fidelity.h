// How near one set of vectors comes to another of the same pictures.
#pragma once

#include <cstddef>

#include "base/matrix.h"

namespace vitrine {

struct Fidelity {
  double cosine_mean = 0;  ///< Of a picture's two vectors.
  double cosine_p1 = 0;    ///< The 1st percentile.
  double overlap = 0;      ///< Share of a picture's ten nearest others that both sets name.
};

/// How many neighbours `overlap` looks at.
inline constexpr std::size_t kOverlapRanks = 10;

/// @param a, b  float32 [n, dimension], rows of L2 norm 1; row i of both is one picture. n > kOverlapRanks.
/// Cost: n^2 x dimension products of each.
Fidelity Compare(const Matrix& a, const Matrix& b);

/// Share of `queries` [m, dimension] whose best row of `b` by `a`'s scores is among the ten best by `b`'s.
/// @param a, b  as above.
double FirstAmongTen(const Matrix& queries, const Matrix& a, const Matrix& b);

}  // namespace vitrine
