// AVX2: a register holds word w of four rows. Set bits are counted by looking both halves of each byte up in
// a table of sixteen (Mula, Kurz and Lemire, "Faster Population Counts Using AVX2 Instructions", 2018);
// counts gather in bytes, at most 8 a word, and are summed into the rows' lanes by vpsadbw before a byte can
// overflow.
//
// No standard library template is used here: one compiled with these flags could be the copy that the linker
// keeps.
#include <immintrin.h>

#include "index/sign_kernel_list.h"

namespace vitrine {
namespace {

constexpr std::size_t kLanes = 4;
/// Words whose counts a byte can hold: 31 * 8 < 256.
constexpr std::size_t kWordsAtOnce = 31;

__m256i CountBytes(__m256i bits) {
  const __m256i table = _mm256_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4,  //
                                         0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4);
  const __m256i low = _mm256_set1_epi8(0x0f);
  const __m256i of_low = _mm256_shuffle_epi8(table, _mm256_and_si256(bits, low));
  const __m256i of_high = _mm256_shuffle_epi8(table, _mm256_and_si256(_mm256_srli_epi16(bits, 4), low));
  return _mm256_add_epi8(of_low, of_high);
}

/// Counts of one plane in four rows, one a 64-bit lane.
__m256i CountPlane(const std::uint64_t* plane, const std::uint64_t* bits, std::size_t words) {
  __m256i sums = _mm256_setzero_si256();
  for (std::size_t first = 0; first < words; first += kWordsAtOnce) {
    const std::size_t end = first + kWordsAtOnce < words ? first + kWordsAtOnce : words;
    __m256i bytes = _mm256_setzero_si256();
    for (std::size_t w = first; w < end; ++w) {
      const __m256i rows = _mm256_load_si256(reinterpret_cast<const __m256i*>(bits + w * kSignGroup));
      const __m256i common = _mm256_and_si256(rows, _mm256_set1_epi64x(static_cast<long long>(plane[w])));
      bytes = _mm256_add_epi8(bytes, CountBytes(common));
    }
    sums = _mm256_add_epi64(sums, _mm256_sad_epu8(bytes, _mm256_setzero_si256()));
  }
  return sums;
}

void Dot(const std::uint64_t* planes, std::size_t plane_count, const std::uint64_t* bits, std::size_t words,
         std::int32_t* dots) {
  for (std::size_t r = 0; r < kSignRows; r += kLanes) {
    const std::uint64_t* rows = bits + r / kSignGroup * words * kSignGroup + r % kSignGroup;
    const std::uint64_t* sign_plane = planes + (plane_count - 1) * words;
    __m256i sum = _mm256_sub_epi64(_mm256_setzero_si256(), CountPlane(sign_plane, rows, words));
    for (std::size_t p = plane_count - 1; p-- > 0;) {
      sum = _mm256_add_epi64(_mm256_add_epi64(sum, sum), CountPlane(planes + p * words, rows, words));
    }
    const __m256i packed = _mm256_permutevar8x32_epi32(sum, _mm256_setr_epi32(0, 2, 4, 6, 0, 2, 4, 6));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(dots + r), _mm256_castsi256_si128(packed));
  }
}

std::uint64_t Estimate(const std::int32_t* dots, const float* factors, const float* anchors,
                       const SignScale& scale, float threshold, float* estimates) {
  const __m256 base = _mm256_set1_ps(scale.base);
  const __m256 anchor = _mm256_set1_ps(scale.anchor);
  const __m256 slope = _mm256_set1_ps(scale.slope);
  const __m256 shift = _mm256_set1_ps(scale.shift);
  const __m256 least = _mm256_set1_ps(threshold);
  std::uint64_t above = 0;
  for (std::size_t r = 0; r < kSignRows; r += 8) {
    const __m256 known = _mm256_add_ps(base, _mm256_mul_ps(anchor, _mm256_loadu_ps(anchors + r)));
    const __m256 dot = _mm256_cvtepi32_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(dots + r)));
    const __m256 guessed =
        _mm256_mul_ps(_mm256_loadu_ps(factors + r), _mm256_add_ps(_mm256_mul_ps(slope, dot), shift));
    const __m256 estimate = _mm256_add_ps(known, guessed);
    _mm256_storeu_ps(estimates + r, estimate);
    const int mask = _mm256_movemask_ps(_mm256_cmp_ps(estimate, least, _CMP_GT_OQ));
    above |= static_cast<std::uint64_t>(mask) << r;
  }
  return above;
}

}  // namespace

const SignKernel kAvx2SignKernel{"avx2", &Dot, &Estimate};

}  // namespace vitrine
