// AVX2: sixteen codes a step are widened to int16 and multiplied with the query by vpmaddwd, which adds
// neighbours into int32 without loss (two products of at most 128 * 32767 each).
//
// Why int16 and not the better-known int8 route (vpmaddubsw on |code| and a sign-adjusted query): that takes
// four instructions for 32 products, this takes four for 32 as well, and the query keeps 15 bits instead
// of 7. Four rows share each load of the query; with four queries two rows do, which keeps all sums in the
// sixteen registers.
//
// A single query waits for memory, so it asks for the next four rows while it works on these; with four
// queries the rows are in the first cache already. No standard library template is used here: one compiled
// with these flags could be the copy that the linker keeps.
#include <immintrin.h>

#include "index/kernel_list.h"
#include "index/kernel_tiles.h"

namespace vitrine {
namespace {

__m256i Load16(const std::int16_t* p) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)); }

__m256i Widen16(const std::int8_t* p) {
  return _mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
}

std::int32_t Sum(__m256i lanes) {
  __m128i sum = _mm_add_epi32(_mm256_castsi256_si128(lanes), _mm256_extracti128_si256(lanes, 1));
  sum = _mm_add_epi32(sum, _mm_shuffle_epi32(sum, 0x4e));
  sum = _mm_add_epi32(sum, _mm_shuffle_epi32(sum, 0xb1));
  return _mm_cvtsi128_si32(sum);
}

struct Tiles {
  template <std::size_t kQueries, std::size_t kRows>
  static void Dot(const std::int16_t* queries, const std::int8_t* const* rows, const std::int8_t* const* next,
                  std::size_t count, std::size_t stride, std::int32_t* dots) {
    __m256i sums[kQueries][kRows];
    for (auto& of_query : sums) {
      for (__m256i& sum : of_query) sum = _mm256_setzero_si256();
    }
    for (std::size_t line = 0; line < stride; line += kRowAlignment) {
      if constexpr (kQueries == 1) {
        for (std::size_t r = 0; r < kRows; ++r) __builtin_prefetch(next[r] + line);
      }
      for (std::size_t i = line; i < line + kRowAlignment; i += 16) {
        __m256i codes[kRows];
        for (std::size_t r = 0; r < kRows; ++r) codes[r] = Widen16(rows[r] + i);
        for (std::size_t q = 0; q < kQueries; ++q) {
          const __m256i query = Load16(queries + q * stride + i);
          for (std::size_t r = 0; r < kRows; ++r) {
            sums[q][r] = _mm256_add_epi32(sums[q][r], _mm256_madd_epi16(codes[r], query));
          }
        }
      }
    }
    for (std::size_t q = 0; q < kQueries; ++q) {
      for (std::size_t r = 0; r < kRows; ++r) dots[q * count + r] = Sum(sums[q][r]);
    }
  }
};

}  // namespace

const Kernel kAvx2Kernel{"avx2", &DotInTiles<Tiles, 1, 4>, &DotInTiles<Tiles, kTileQueries, 2>};

}  // namespace vitrine
