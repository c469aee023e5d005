// NEON: sixteen codes a step are widened to int16 and multiplied with the query by smlal, which accumulates
// in int32. Four rows share each load of the query; with four queries two rows do.
//
// A single query waits for memory, so it asks for the next four rows while it works on these; with four
// queries the rows are in the first cache already. No standard library template is used here: one compiled
// with these flags could be the copy that the linker keeps.
#include <arm_neon.h>

#include "index/kernel_list.h"
#include "index/kernel_tiles.h"

namespace vitrine {
namespace {

int32x4_t AddProducts(int32x4_t sum, int16x8_t codes, int16x8_t query) {
  sum = vmlal_s16(sum, vget_low_s16(codes), vget_low_s16(query));
  return vmlal_high_s16(sum, codes, query);
}

struct Tiles {
  template <std::size_t kQueries, std::size_t kRows>
  static void Dot(const std::int16_t* queries, const std::int8_t* const* rows, const std::int8_t* const* next,
                  std::size_t count, std::size_t stride, std::int32_t* dots) {
    int32x4_t sums[kQueries][kRows];
    for (auto& of_query : sums) {
      for (int32x4_t& sum : of_query) sum = vdupq_n_s32(0);
    }
    for (std::size_t line = 0; line < stride; line += kRowAlignment) {
      if constexpr (kQueries == 1) {
        for (std::size_t r = 0; r < kRows; ++r) __builtin_prefetch(next[r] + line);
      }
      for (std::size_t i = line; i < line + kRowAlignment; i += 16) {
        int16x8_t low[kRows];
        int16x8_t high[kRows];
        for (std::size_t r = 0; r < kRows; ++r) {
          const int8x16_t codes = vld1q_s8(rows[r] + i);
          low[r] = vmovl_s8(vget_low_s8(codes));
          high[r] = vmovl_high_s8(codes);
        }
        for (std::size_t q = 0; q < kQueries; ++q) {
          const int16x8_t query_low = vld1q_s16(queries + q * stride + i);
          const int16x8_t query_high = vld1q_s16(queries + q * stride + i + 8);
          for (std::size_t r = 0; r < kRows; ++r) {
            sums[q][r] = AddProducts(AddProducts(sums[q][r], low[r], query_low), high[r], query_high);
          }
        }
      }
    }
    for (std::size_t q = 0; q < kQueries; ++q) {
      for (std::size_t r = 0; r < kRows; ++r) dots[q * count + r] = vaddvq_s32(sums[q][r]);
    }
  }
};

}  // namespace

const Kernel kNeonKernel{"neon", &DotInTiles<Tiles, 1, 4>, &DotInTiles<Tiles, kTileQueries, 2>};

}  // namespace vitrine
