// Quantised vectors on their way between encoder, catalog and index.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace vitrine {

/// Steps of a fine code in one step of a code.
inline constexpr int kFineSteps = 256;

/// Quantised vectors, row-major, in the rotated basis (rotation.h): component j of vector i is
/// (codes[i * dimension + j] + fine[i * dimension + j] / kFineSteps) * scales[i]. Codes lie in [-127, 127].
/// Made by Encode(); decoded by VectorIndex::Vector().
struct EncodedRows {
  std::size_t dimension = 0;
  std::vector<std::int8_t> codes = {};  ///< [rows, dimension]: what a scan reads.
  std::vector<std::int8_t> fine = {};  ///< [rows, dimension]; empty for zeros. The best few are ranked by it.
  std::vector<float> scales = {};      ///< [rows], each >= 0

  std::size_t rows() const { return scales.size(); }

  /// Puts rows [first, end) of `from` behind these; without rows yet, takes its dimension. Where one side has
  /// fine codes and the other has none, zeros stand in. REQUIRES: both of one dimension, end <= from.rows().
  void Append(const EncodedRows& from, std::size_t first, std::size_t end);

  /// True when each row has `wanted` codes, and as many fine codes where there are any.
  bool HasShape(std::size_t wanted) const;
};

}  // namespace vitrine
