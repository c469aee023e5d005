// Sums over vectors, in double.
#pragma once

#include <cmath>
#include <numeric>
#include <span>

namespace vitrine {

/// REQUIRES: a and b of one length.
inline double Dot(std::span<const float> a, std::span<const float> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
  return sum;
}
inline double Dot(std::span<const double> a, std::span<const double> b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

/// Brings a vector to this length; zeros stay zeros.
inline void Scale(std::span<float> vector, double length) {
  const double squares = Dot(std::span<const float>(vector), std::span<const float>(vector));
  if (squares <= 0) return;
  const auto factor = static_cast<float>(length / std::sqrt(squares));
  for (float& x : vector) x *= factor;
}

}  // namespace vitrine
