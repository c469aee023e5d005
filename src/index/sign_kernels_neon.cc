// NEON: a register holds word w of two rows, whose bytes `cnt` counts. Counts gather in bytes, at most 8 a
// word, and are summed into the rows' lanes by pairwise additions before a byte can overflow.
//
// No standard library template is used here: one compiled with these flags could be the copy that the linker
// keeps.
#include <arm_neon.h>

#include "index/sign_kernel_list.h"

namespace vitrine {
namespace {

constexpr std::size_t kLanes = 2;
/// Words whose counts a byte can hold: 31 * 8 < 256.
constexpr std::size_t kWordsAtOnce = 31;

/// Counts of one plane in two rows, one a 64-bit lane.
int64x2_t CountPlane(const std::uint64_t* plane, const std::uint64_t* bits, std::size_t words) {
  uint64x2_t sums = vdupq_n_u64(0);
  for (std::size_t first = 0; first < words; first += kWordsAtOnce) {
    const std::size_t end = first + kWordsAtOnce < words ? first + kWordsAtOnce : words;
    uint8x16_t bytes = vdupq_n_u8(0);
    for (std::size_t w = first; w < end; ++w) {
      const uint64x2_t common = vandq_u64(vld1q_u64(bits + w * kSignGroup), vdupq_n_u64(plane[w]));
      bytes = vaddq_u8(bytes, vcntq_u8(vreinterpretq_u8_u64(common)));
    }
    sums = vpadalq_u32(sums, vpaddlq_u16(vpaddlq_u8(bytes)));
  }
  return vreinterpretq_s64_u64(sums);
}

void Dot(const std::uint64_t* planes, std::size_t plane_count, const std::uint64_t* bits, std::size_t words,
         std::int32_t* dots) {
  for (std::size_t r = 0; r < kSignRows; r += kLanes) {
    const std::uint64_t* rows = bits + r / kSignGroup * words * kSignGroup + r % kSignGroup;
    int64x2_t sum = vnegq_s64(CountPlane(planes + (plane_count - 1) * words, rows, words));
    for (std::size_t p = plane_count - 1; p-- > 0;) {
      sum = vaddq_s64(vaddq_s64(sum, sum), CountPlane(planes + p * words, rows, words));
    }
    vst1_s32(dots + r, vmovn_s64(sum));
  }
}

std::uint64_t Estimate(const std::int32_t* dots, const float* factors, const float* anchors,
                       const SignScale& scale, float threshold, float* estimates) {
  const float32x4_t base = vdupq_n_f32(scale.base);
  const float32x4_t anchor = vdupq_n_f32(scale.anchor);
  const float32x4_t slope = vdupq_n_f32(scale.slope);
  const float32x4_t shift = vdupq_n_f32(scale.shift);
  const float32x4_t least = vdupq_n_f32(threshold);
  const uint32x4_t places = {1, 2, 4, 8};
  std::uint64_t above = 0;
  for (std::size_t r = 0; r < kSignRows; r += 4) {
    const float32x4_t known = vaddq_f32(base, vmulq_f32(anchor, vld1q_f32(anchors + r)));
    const float32x4_t dot = vcvtq_f32_s32(vld1q_s32(dots + r));
    const float32x4_t guessed = vmulq_f32(vld1q_f32(factors + r), vaddq_f32(vmulq_f32(slope, dot), shift));
    const float32x4_t estimate = vaddq_f32(known, guessed);
    vst1q_f32(estimates + r, estimate);
    above |= std::uint64_t{vaddvq_u32(vandq_u32(vcgtq_f32(estimate, least), places))} << r;
  }
  return above;
}

}  // namespace

const SignKernel kNeonSignKernel{"neon", &Dot, &Estimate};

}  // namespace vitrine
