// Rows and queries as the 1-bit kernels take them: the signs of a row's difference to a centroid, two factors
// that make an unbiased estimate of its score from them, and the query in planes of bits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "index/sign_kernels.h"
#include "index/vector_index.h"

namespace vitrine {

/// Where the parts of a block of kSignRows entries lie in memory and in the file.
class SignLayout {
 public:
  explicit SignLayout(std::size_t dimension) : words_((dimension + 63) / 64) {}

  /// 64-bit words of a row's signs; numbers past the dimension have no part in them.
  std::size_t words() const { return words_; }
  std::size_t block_bytes() const { return RowsOffset() + kSignRows * sizeof(RowId); }

  const std::uint64_t* Bits(const std::byte* block) const {
    return reinterpret_cast<const std::uint64_t*>(block);
  }
  const float* Factors(const std::byte* block) const {
    return reinterpret_cast<const float*>(block + FactorsOffset());
  }
  const float* Anchors(const std::byte* block) const {
    return reinterpret_cast<const float*>(block + AnchorsOffset());
  }
  const RowId* Rows(const std::byte* block) const {
    return reinterpret_cast<const RowId*>(block + RowsOffset());
  }

  /// Writes entry `lane` of a block that was zeros there.
  ///
  /// @param residual  the row minus its centroid, in the rotated basis.
  /// @param anchor    the direction whose part is kept exactly, in the same basis.
  void Write(std::byte* block, std::size_t lane, RowId row, std::span<const float> residual,
             std::span<const float> anchor) const;

 private:
  std::size_t FactorsOffset() const { return kSignRows * words_ * sizeof(std::uint64_t); }
  std::size_t AnchorsOffset() const { return FactorsOffset() + kSignRows * sizeof(float); }
  std::size_t RowsOffset() const { return AnchorsOffset() + kSignRows * sizeof(float); }

  std::size_t words_;
};

/// A query in planes: what SignKernel::dot takes, and the scale that turns its dots into estimates (the base,
/// the query's score with a list's centroid, is left to the caller).
struct SignQuery {
  std::vector<std::uint64_t> planes;  ///< [plane_count, words]
  std::size_t plane_count = 0;
  SignScale scale;
};

/// Splits a query in the rotated basis into its part along the anchor and the rest, which is rounded to
/// integers of `plane_count` bits.
SignQuery MakeSignQuery(std::span<const float> query, std::span<const float> anchor, std::size_t plane_count);

}  // namespace vitrine
