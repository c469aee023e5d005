// A random rotation without a matrix.
//
// Problem: one scale serves a whole vector, so its largest component decides how coarsely all others are
// rounded. Real embeddings have such components: in canonical-correlation spaces the leading ones, in CLIP a
// few outliers; the largest is 7 to 10 times the root mean square, where it would be 3 times in a vector of
// independent components. Idea: rotate first. In a random basis every component is a mixture of all, near to
// Gaussian. A dense matrix would cost d * d products and as many numbers to keep; flipping random signs and
// taking a Walsh-Hadamard transform mixes as well for d log d additions (the fast Johnson-Lindenstrauss
// transform: Ailon and Chazelle, STOC 2006). The transform wants a power of two: rounds alternate between a
// window at the front and one at the back, and four rounds mix the two. Why right: flips and transforms are
// orthogonal, so every dot product stays what it was. Cost: 4 d log2 d additions for a vector, some
// microseconds at 512. Measured on 7,000 photographs with sentences in a canonical-correlation space of 256:
// recall@10 against float rises from 0.986 to 0.994.
#include "index/rotation.h"

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace vitrine {
namespace {

constexpr std::uint64_t kRounds = 4;

/// 64 random bits for a number (SplitMix64: Steele, Lea and Flood, OOPSLA 2014).
std::uint64_t RandomBits(std::uint64_t number) {
  std::uint64_t z = (number + 1) * 0x9e3779b97f4a7c15U;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
  return z ^ (z >> 31);
}

/// Component i of round r changes its sign when bit i % 64 of RandomBits(2^32 r + i / 64) is set.
void FlipSigns(std::span<float> vector, std::uint64_t round) {
  for (std::size_t i = 0; i < vector.size(); ++i) {
    if (((RandomBits((round << 32) + i / 64) >> (i % 64)) & 1) != 0) vector[i] = -vector[i];
  }
}

/// The Walsh-Hadamard transform of a power of two of components, scaled to be its own inverse.
void Transform(std::span<float> window) {
  for (std::size_t half = 1; half < window.size(); half *= 2) {
    for (std::size_t start = 0; start < window.size(); start += 2 * half) {
      for (std::size_t i = start; i < start + half; ++i) {
        const float a = window[i];
        const float b = window[i + half];
        window[i] = a + b;
        window[i + half] = a - b;
      }
    }
  }
  const float factor = 1 / std::sqrt(static_cast<float>(window.size()));
  for (float& x : window) x *= factor;
}

std::span<float> Window(std::span<float> vector, std::uint64_t round) {
  const std::size_t size = std::bit_floor(vector.size());
  return round % 2 == 0 ? vector.first(size) : vector.last(size);
}

}  // namespace

void Rotate(std::span<float> vector) {
  for (std::uint64_t round = 0; round < kRounds; ++round) {
    FlipSigns(vector, round);
    Transform(Window(vector, round));
  }
}

void RotateBack(std::span<float> vector) {
  for (std::uint64_t round = kRounds; round-- > 0;) {
    Transform(Window(vector, round));
    FlipSigns(vector, round);
  }
}

}  // namespace vitrine
