// Dot products between a query of a few bits a number and rows of one bit a number, in one version for each
// instruction set. All give the same numbers, bit for bit.
//
// 64 rows form a block. Their bits lie in groups of eight rows: word w of the eight rows side by side, 64
// bytes, so that a lane of a wide register is a row and nothing is ever summed across lanes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace vitrine {

/// Rows of a block.
inline constexpr std::size_t kSignRows = 64;
/// Rows of a group within a block.
inline constexpr std::size_t kSignGroup = 8;
inline constexpr std::size_t kLeastPlanes = 4;
inline constexpr std::size_t kMostPlanes = 8;

/// How an integer dot product becomes an estimate of the row's score:
/// (base + anchor * anchors[r]) + factors[r] * (slope * dot + shift), in float32 in this order.
struct SignScale {
  float base = 0;
  float anchor = 0;
  float slope = 0;
  float shift = 0;
};

/// One instruction set's version.
struct SignKernel {
  std::string_view name;  ///< "scalar", "avx2", "avx512popcnt", "neon".

  /// For the 64 rows of a block: dots[r] = sum over planes p and words w of weight(p) *
  /// popcount(bits of row r in word w & planes[p * words + w]), weight(p) = 2^p, of the last plane -2^p:
  /// two's complement.
  ///
  /// @param planes  [plane_count, words], plane_count from kLeastPlanes to kMostPlanes.
  /// @param bits    [8 groups, words, 8 rows], aligned to 64 bytes.
  void (*dot)(const std::uint64_t* planes, std::size_t plane_count, const std::uint64_t* bits,
              std::size_t words, std::int32_t* dots);

  /// Writes the 64 estimates; bit r of the result is set when that of row r is above the threshold.
  std::uint64_t (*estimate)(const std::int32_t* dots, const float* factors, const float* anchors,
                            const SignScale& scale, float threshold, float* estimates);
};

/// The kernels that this processor can run, best first; the last is the scalar one.
std::span<const SignKernel> SignKernelsHere();

/// A kernel of SignKernelsHere() by name; nullptr when there is none.
const SignKernel* SignKernelByName(std::string_view name);

/// The kernel that searches use on this processor.
const SignKernel& BestSignKernel();

}  // namespace vitrine
