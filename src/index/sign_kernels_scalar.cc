// The version that every processor runs and that judges the others.
#include <bit>

#include "index/sign_kernel_list.h"

namespace vitrine {
namespace {

std::int32_t DotOfRow(const std::uint64_t* planes, std::size_t plane_count, const std::uint64_t* bits,
                      std::size_t words) {
  std::int32_t sum = 0;
  for (std::size_t p = 0; p < plane_count; ++p) {
    std::int32_t count = 0;
    for (std::size_t w = 0; w < words; ++w)
      count += std::popcount(bits[w * kSignGroup] & planes[p * words + w]);
    const std::int32_t weight = std::int32_t{1} << p;
    sum += p + 1 == plane_count ? -weight * count : weight * count;
  }
  return sum;
}

void Dot(const std::uint64_t* planes, std::size_t plane_count, const std::uint64_t* bits, std::size_t words,
         std::int32_t* dots) {
  for (std::size_t r = 0; r < kSignRows; ++r) {
    const std::uint64_t* group = bits + r / kSignGroup * words * kSignGroup;
    dots[r] = DotOfRow(planes, plane_count, group + r % kSignGroup, words);
  }
}

std::uint64_t Estimate(const std::int32_t* dots, const float* factors, const float* anchors,
                       const SignScale& scale, float threshold, float* estimates) {
  std::uint64_t above = 0;
  for (std::size_t r = 0; r < kSignRows; ++r) {
    const float known = scale.base + scale.anchor * anchors[r];
    const float guessed = factors[r] * (scale.slope * static_cast<float>(dots[r]) + scale.shift);
    estimates[r] = known + guessed;
    if (estimates[r] > threshold) above |= std::uint64_t{1} << r;
  }
  return above;
}

}  // namespace

const SignKernel kScalarSignKernel{"scalar", &Dot, &Estimate};

}  // namespace vitrine
