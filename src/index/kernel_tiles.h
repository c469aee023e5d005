// The walk over rows that all vector kernels share: as many rows at a time as their registers hold sums for,
// the rest one by one, each with the rows to fetch meanwhile.
#pragma once

#include <cstddef>
#include <cstdint>

namespace vitrine {

/// Kernel::dot1 or dot4 by `Tiles::Dot<queries, rows>(queries, rows, next, count, stride, dots)`, which
/// computes the dot products of that many rows and may fetch the rows `next`. Tiles must be of an unnamed
/// namespace: code made with one instruction set's flags then stays within its file.
template <typename Tiles, std::size_t kQueries, std::size_t kRows>
void DotInTiles(const std::int16_t* queries, const std::int8_t* const* rows, std::size_t count,
                std::size_t stride, std::int32_t* dots) {
  std::size_t r = 0;
  for (; r + kRows <= count; r += kRows) {
    const std::size_t next = r + 2 * kRows <= count ? r + kRows : r;
    Tiles::template Dot<kQueries, kRows>(queries, rows + r, rows + next, count, stride, dots + r);
  }
  for (; r < count; ++r) {
    Tiles::template Dot<kQueries, 1>(queries, rows + r, rows + r, count, stride, dots + r);
  }
}

}  // namespace vitrine
