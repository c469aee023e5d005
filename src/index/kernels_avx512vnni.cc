// AVX-512 VNNI: 32 codes a step are widened to int16; vpdpwssd multiplies them with the query, adds
// neighbours and accumulates, all in int32 without saturation.
//
// Why not vpdpbusd, the int8 instruction of the same family: it wants one unsigned side (an offset to correct
// for) and an int8 query; giving the query 15 bits would take two of them for each 64 codes, which is what
// this takes too. Four rows share each load of the query, and four queries each widening; 16 of the 32
// registers hold sums.
//
// A single query waits for memory, so it asks for the next four rows while it works on these; with four
// queries the rows are in the first cache already. No standard library template is used here: one compiled
// with these flags could be the copy that the linker keeps.
#include <immintrin.h>

#include "index/kernel_list.h"
#include "index/kernel_tiles.h"

namespace vitrine {
namespace {

__m512i Load32(const std::int16_t* p) { return _mm512_loadu_si512(p); }

__m512i Widen32(const std::int8_t* p) {
  return _mm512_cvtepi8_epi16(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)));
}

struct Tiles {
  template <std::size_t kQueries, std::size_t kRows>
  static void Dot(const std::int16_t* queries, const std::int8_t* const* rows, const std::int8_t* const* next,
                  std::size_t count, std::size_t stride, std::int32_t* dots) {
    __m512i sums[kQueries][kRows];
    for (auto& of_query : sums) {
      for (__m512i& sum : of_query) sum = _mm512_setzero_si512();
    }
    for (std::size_t line = 0; line < stride; line += kRowAlignment) {
      if constexpr (kQueries == 1) {
        for (std::size_t r = 0; r < kRows; ++r) __builtin_prefetch(next[r] + line);
      }
      for (std::size_t i = line; i < line + kRowAlignment; i += 32) {
        __m512i codes[kRows];
        for (std::size_t r = 0; r < kRows; ++r) codes[r] = Widen32(rows[r] + i);
        for (std::size_t q = 0; q < kQueries; ++q) {
          const __m512i query = Load32(queries + q * stride + i);
          for (std::size_t r = 0; r < kRows; ++r)
            sums[q][r] = _mm512_dpwssd_epi32(sums[q][r], codes[r], query);
        }
      }
    }
    for (std::size_t q = 0; q < kQueries; ++q) {
      for (std::size_t r = 0; r < kRows; ++r) dots[q * count + r] = _mm512_reduce_add_epi32(sums[q][r]);
    }
  }
};

}  // namespace

const Kernel kAvx512VnniKernel{"avx512vnni", &DotInTiles<Tiles, 1, 4>, &DotInTiles<Tiles, kTileQueries, 4>};

}  // namespace vitrine
