// Distances between vectors, and who is near whom.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/matrix.h"

namespace vitrine::layout {

/// Squared Euclidean. Equal rows are at distance 0 exactly, and equally far from any third.
float SquaredDistance(std::span<const float> a, std::span<const float> b);

/// Squared distances of all pairs [n, n]. Cost: n^2 / 2 * dimension.
Matrix AllDistances(const Matrix& vectors);

/// r(i, j) of all pairs [n, n]: how many rows are nearer to i than j is, i itself counted; equally near rows
/// share the lower rank. 0 on the diagonal, capped at 65535.
class Ranks {
 public:
  /// Cost: n^2 log n.
  explicit Ranks(const Matrix& distances);

  std::size_t count() const { return count_; }
  std::uint16_t operator()(std::size_t i, std::size_t j) const { return ranks_[i * count_ + j]; }
  /// The rows nearest to i, nearest first; without i.
  std::span<const std::uint32_t> nearest(std::size_t i) const { return {nearest_.data() + i * kept_, kept_}; }

 private:
  std::size_t count_;
  std::size_t kept_;  ///< Neighbours listed for each row.
  std::vector<std::uint16_t> ranks_;
  std::vector<std::uint32_t> nearest_;
};

/// The member nearest to the mean of all, which is the one whose summed squared distance to the others is
/// least. REQUIRES: members not empty.
std::size_t MostCentral(const Matrix& vectors, std::span<const std::size_t> members);

/// Uniform in [0, 1), the same from every C++ library for one state of the generator.
template <typename Generator>
double Uniform(Generator& random) {
  return static_cast<double>(random() >> 11) * 0x1p-53;
}

}  // namespace vitrine::layout
