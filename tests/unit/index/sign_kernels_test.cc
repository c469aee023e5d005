#include "index/sign_kernels.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <random>
#include <vector>

namespace vitrine {
namespace {

/// A block of random bits at an aligned place, and the planes of a query.
struct Case {
  std::size_t words;
  std::size_t plane_count;
  std::vector<std::uint64_t> planes;
  std::vector<std::uint64_t> memory;
  const std::uint64_t* bits;

  Case(std::size_t word_count, std::size_t query_bits, std::mt19937_64& random)
      : words(word_count),
        plane_count(query_bits),
        planes(word_count * query_bits),
        memory(kSignRows * word_count + 8) {
    for (std::uint64_t& word : planes) word = random();
    for (std::uint64_t& word : memory) word = random();
    const auto address = reinterpret_cast<std::uintptr_t>(memory.data());
    bits = memory.data() + (64 - address % 64) % 64 / sizeof(std::uint64_t);
  }
};

std::vector<std::int32_t> RunDot(const SignKernel& kernel, const Case& c) {
  std::vector<std::int32_t> dots(kSignRows + 1, 77);
  kernel.dot(c.planes.data(), c.plane_count, c.bits, c.words, dots.data());
  return dots;
}

const SignKernel& Scalar() { return *SignKernelByName("scalar"); }

/// Number i of the query as its planes spell it.
std::int32_t QueryNumber(const Case& c, std::size_t i) {
  std::int32_t value = 0;
  for (std::size_t p = 0; p < c.plane_count; ++p) {
    const bool set = ((c.planes[p * c.words + i / 64] >> (i % 64)) & 1) != 0;
    if (set) value += p + 1 == c.plane_count ? -(1 << p) : 1 << p;
  }
  return value;
}

TEST(SignKernels, ScalarSumsTheQueryWhereARowsBitsAreSet) {
  std::mt19937_64 random(3);
  for (std::size_t planes = kLeastPlanes; planes <= kMostPlanes; ++planes) {
    const Case c(3, planes, random);
    const std::vector<std::int32_t> dots = RunDot(Scalar(), c);
    for (std::size_t r = 0; r < kSignRows; ++r) {
      std::int32_t sum = 0;
      for (std::size_t i = 0; i < 64 * c.words; ++i) {
        const std::size_t place = (r / kSignGroup * c.words + i / 64) * kSignGroup + r % kSignGroup;
        if (((c.bits[place] >> (i % 64)) & 1) != 0) sum += QueryNumber(c, i);
      }
      ASSERT_EQ(dots[r], sum) << planes << " planes, row " << r;
    }
  }
}

TEST(SignKernels, EveryKernelEqualsScalarToTheBit) {
  constexpr std::uint64_t kSeed = 20261124;
  std::mt19937_64 random(kSeed);
  for (const SignKernel& kernel : SignKernelsHere()) {
    std::printf("kernel %s, seed %llu\n", std::string(kernel.name).c_str(),
                static_cast<unsigned long long>(kSeed));
    for (std::size_t words = 1; words <= 70; ++words) {
      for (std::size_t planes = kLeastPlanes; planes <= kMostPlanes; ++planes) {
        const Case c(words, planes, random);
        ASSERT_EQ(RunDot(kernel, c), RunDot(Scalar(), c)) << kernel.name << ", " << words << " words";
      }
    }
  }
}

TEST(SignKernels, FullRowsDoNotOverflow) {
  std::mt19937_64 random(4);
  for (const SignKernel& kernel : SignKernelsHere()) {
    Case c(1024, kMostPlanes, random);
    for (std::uint64_t& word : c.memory) word = ~std::uint64_t{0};
    for (std::size_t p = 0; p < c.plane_count; ++p) {
      const std::uint64_t value = p + 1 == c.plane_count ? ~std::uint64_t{0} : 0;
      for (std::size_t w = 0; w < c.words; ++w) c.planes[p * c.words + w] = value;
    }
    EXPECT_EQ(RunDot(kernel, c)[63], -128 * 65'536) << kernel.name;
  }
}

TEST(SignKernels, EstimatesAndMasksEqualScalarToTheBit) {
  std::mt19937 random(5);
  std::uniform_int_distribution<std::int32_t> dot(-5000, 5000);
  std::normal_distribution<float> normal;
  for (int round = 0; round < 200; ++round) {
    std::array<std::int32_t, kSignRows> dots;
    std::array<float, kSignRows> factors;
    std::array<float, kSignRows> anchors;
    for (std::size_t r = 0; r < kSignRows; ++r) {
      dots[r] = dot(random);
      factors[r] = normal(random);
      anchors[r] = normal(random);
    }
    const SignScale scale{normal(random), normal(random), normal(random) * 0.001F, normal(random)};
    std::array<float, kSignRows> expected;
    const float threshold = normal(random);
    const std::uint64_t above =
        Scalar().estimate(dots.data(), factors.data(), anchors.data(), scale, threshold, expected.data());
    for (std::size_t r = 0; r < kSignRows; ++r)
      EXPECT_EQ((above >> r) & 1, expected[r] > threshold ? 1U : 0U);
    for (const SignKernel& kernel : SignKernelsHere()) {
      std::array<float, kSignRows> estimates;
      EXPECT_EQ(
          kernel.estimate(dots.data(), factors.data(), anchors.data(), scale, threshold, estimates.data()),
          above);
      EXPECT_EQ(estimates, expected) << kernel.name;
    }
  }
}

TEST(SignKernels, ListEndsWithScalarAndNamesAreUnique) {
  EXPECT_EQ(SignKernelsHere().back().name, "scalar");
  for (const SignKernel& kernel : SignKernelsHere()) EXPECT_EQ(SignKernelByName(kernel.name), &kernel);
  EXPECT_EQ(SignKernelByName("abacus"), nullptr);
}

}  // namespace
}  // namespace vitrine
