// Integer dot products between an int16 query and int8 rows, in one version for each instruction set. All
// give the same numbers, bit for bit: they sum products of integers, and the query's range rules overflow out
// (quantise.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace vitrine {

/// Rows and queries are padded with zeros to a multiple of this many components, so that no kernel has a
/// remainder.
inline constexpr std::size_t kRowAlignment = 64;

/// Queries that `Kernel::dot4` takes at once.
inline constexpr std::size_t kTileQueries = 4;

/// One instruction set's version. `stride` is the padded length of a row in components, a multiple of
/// kRowAlignment.
struct Kernel {
  std::string_view name;  ///< "scalar", "avx2", "avx512vnni", "neon".

  /// dots[r] = sum over i < stride of query[i] * rows[r][i], for r < count.
  void (*dot1)(const std::int16_t* query, const std::int8_t* const* rows, std::size_t count,
               std::size_t stride, std::int32_t* dots);

  /// The same for kTileQueries queries that lie `stride` apart: dots[q * count + r]. Reads each row once.
  void (*dot4)(const std::int16_t* queries, const std::int8_t* const* rows, std::size_t count,
               std::size_t stride, std::int32_t* dots);
};

/// The kernels that this processor can run, best first; the last is the scalar one.
std::span<const Kernel> KernelsHere();

/// A kernel of KernelsHere() by name; nullptr when this processor cannot run it or nobody has written it.
const Kernel* KernelByName(std::string_view name);

/// The kernel that searches use on this processor.
const Kernel& BestKernel();

/// Its name, for people.
std::string_view KernelName();

}  // namespace vitrine
