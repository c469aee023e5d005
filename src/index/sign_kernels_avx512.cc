// AVX-512 with vpopcntq: a register holds word w of eight rows. One load serves all planes of the query, and
// a plane's word, spread over a register, serves four groups of rows; what is left is an and, a count and an
// add for each plane, word and eight rows. Sixteen registers hold counts. Nothing is summed across lanes.
//
// A block of 64 rows fits the first cache many times over, so several queries simply take turns on it. No
// standard library template is used here: one compiled with these flags could be the copy that the linker
// keeps.
#include <immintrin.h>

#include "index/sign_kernel_list.h"

namespace vitrine {
namespace {

constexpr std::size_t kGroups = kSignRows / kSignGroup;

/// Adds up the planes' counts by their weights, the highest first: ((-c3 * 2 + c2) * 2 + c1) * 2 + c0.
template <std::size_t kPlanes>
__m256i Weigh(const __m512i* counts) {
  __m512i sum = _mm512_sub_epi64(_mm512_setzero_si512(), counts[kPlanes - 1]);
  for (std::size_t p = kPlanes - 1; p-- > 0;) sum = _mm512_add_epi64(_mm512_add_epi64(sum, sum), counts[p]);
  return _mm512_cvtepi64_epi32(sum);
}

template <std::size_t kPlanes, std::size_t kAtOnce>
void DotGroups(const std::uint64_t* planes, const std::uint64_t* bits, std::size_t words,
               std::int32_t* dots) {
  __m512i counts[kAtOnce][kPlanes];
  for (auto& of_group : counts) {
    for (__m512i& count : of_group) count = _mm512_setzero_si512();
  }
  for (std::size_t w = 0; w < words; ++w) {
    __m512i rows[kAtOnce];
    for (std::size_t g = 0; g < kAtOnce; ++g)
      rows[g] = _mm512_load_si512(bits + (g * words + w) * kSignGroup);
    for (std::size_t p = 0; p < kPlanes; ++p) {
      const __m512i plane = _mm512_set1_epi64(static_cast<long long>(planes[p * words + w]));
      for (std::size_t g = 0; g < kAtOnce; ++g) {
        const __m512i common = _mm512_and_si512(rows[g], plane);
        counts[g][p] = _mm512_add_epi64(counts[g][p], _mm512_popcnt_epi64(common));
      }
    }
  }
  for (std::size_t g = 0; g < kAtOnce; ++g) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(dots + g * kSignGroup), Weigh<kPlanes>(counts[g]));
  }
}

template <std::size_t kPlanes>
void DotPlanes(const std::uint64_t* planes, const std::uint64_t* bits, std::size_t words,
               std::int32_t* dots) {
  constexpr std::size_t kAtOnce = kPlanes <= 4 ? 4 : 2;
  for (std::size_t g = 0; g < kGroups; g += kAtOnce) {
    DotGroups<kPlanes, kAtOnce>(planes, bits + g * words * kSignGroup, words, dots + g * kSignGroup);
  }
}

void Dot(const std::uint64_t* planes, std::size_t plane_count, const std::uint64_t* bits, std::size_t words,
         std::int32_t* dots) {
  switch (plane_count) {
    case 4:
      return DotPlanes<4>(planes, bits, words, dots);
    case 5:
      return DotPlanes<5>(planes, bits, words, dots);
    case 6:
      return DotPlanes<6>(planes, bits, words, dots);
    case 7:
      return DotPlanes<7>(planes, bits, words, dots);
    default:
      return DotPlanes<8>(planes, bits, words, dots);
  }
}

std::uint64_t Estimate(const std::int32_t* dots, const float* factors, const float* anchors,
                       const SignScale& scale, float threshold, float* estimates) {
  const __m512 base = _mm512_set1_ps(scale.base);
  const __m512 anchor = _mm512_set1_ps(scale.anchor);
  const __m512 slope = _mm512_set1_ps(scale.slope);
  const __m512 shift = _mm512_set1_ps(scale.shift);
  const __m512 least = _mm512_set1_ps(threshold);
  std::uint64_t above = 0;
  for (std::size_t r = 0; r < kSignRows; r += 16) {
    const __m512 known = _mm512_add_ps(base, _mm512_mul_ps(anchor, _mm512_loadu_ps(anchors + r)));
    const __m512 dot = _mm512_cvtepi32_ps(_mm512_loadu_si512(dots + r));
    const __m512 guessed =
        _mm512_mul_ps(_mm512_loadu_ps(factors + r), _mm512_add_ps(_mm512_mul_ps(slope, dot), shift));
    const __m512 estimate = _mm512_add_ps(known, guessed);
    _mm512_storeu_ps(estimates + r, estimate);
    above |= std::uint64_t{_mm512_cmp_ps_mask(estimate, least, _CMP_GT_OQ)} << r;
  }
  return above;
}

}  // namespace

const SignKernel kAvx512SignKernel{"avx512popcnt", &Dot, &Estimate};

}  // namespace vitrine
