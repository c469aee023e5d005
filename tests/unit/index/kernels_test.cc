#include "index/kernels.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdio>
#include <random>
#include <vector>

#include "index/quantise.h"

namespace vitrine {
namespace {

/// Rows and queries at random places in memory, with what the scalar kernel makes of them.
struct Case {
  std::size_t stride = 0;
  std::vector<std::int16_t> queries;
  std::vector<std::int8_t> codes;
  std::vector<const std::int8_t*> rows;

  Case(std::size_t dimension, std::size_t count, std::mt19937& random) : stride(StrideOf(dimension)) {
    const std::int32_t most = MaxQueryCode(dimension);
    std::uniform_int_distribution<int> query(-most, most);
    std::uniform_int_distribution<int> code(-128, 127);
    queries.resize(kTileQueries * stride);
    codes.resize(count * stride);
    for (std::size_t i = 0; i < queries.size(); ++i) {
      if (i % stride < dimension) queries[i] = static_cast<std::int16_t>(query(random));
    }
    for (std::size_t i = 0; i < codes.size(); ++i) {
      if (i % stride < dimension) codes[i] = static_cast<std::int8_t>(code(random));
    }
    for (std::size_t r = 0; r < count; ++r) rows.push_back(codes.data() + (random() % count) * stride);
  }
};

std::vector<std::int32_t> RunDot4(const Kernel& kernel, const Case& c) {
  std::vector<std::int32_t> dots(kTileQueries * c.rows.size() + 1, 77);
  kernel.dot4(c.queries.data(), c.rows.data(), c.rows.size(), c.stride, dots.data());
  return dots;
}

std::vector<std::int32_t> RunDot1(const Kernel& kernel, const Case& c) {
  std::vector<std::int32_t> dots(c.rows.size() + 1, 77);
  kernel.dot1(c.queries.data(), c.rows.data(), c.rows.size(), c.stride, dots.data());
  return dots;
}

const Kernel& Scalar() { return *KernelByName("scalar"); }

TEST(Kernels, ScalarIsTheSumOfProducts) {
  std::vector<std::int16_t> query(64, 0);
  std::vector<std::int8_t> row(64, 0);
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < 64; ++i) {
    query[i] = static_cast<std::int16_t>(1000 - 37 * static_cast<int>(i));
    row[i] = static_cast<std::int8_t>(static_cast<int>(i) * 3 - 100);
    sum += std::int64_t{query[i]} * row[i];
  }
  const std::int8_t* rows[] = {row.data()};
  std::int32_t dot = 0;
  Scalar().dot1(query.data(), rows, 1, 64, &dot);
  EXPECT_EQ(dot, sum);
}

TEST(Kernels, EveryKernelEqualsScalarToTheBit) {
  constexpr std::uint32_t kSeed = 20261122;
  std::mt19937 random(kSeed);
  for (const Kernel& kernel : KernelsHere()) {
    std::printf("kernel %s, seed %u\n", std::string(kernel.name).c_str(), kSeed);
    for (std::size_t dimension = 1; dimension <= 1100; dimension += 1 + random() % 5) {
      const Case c(dimension, 1 + random() % 70, random);
      ASSERT_EQ(RunDot1(kernel, c), RunDot1(Scalar(), c)) << kernel.name << ", dimension " << dimension;
      ASSERT_EQ(RunDot4(kernel, c), RunDot4(Scalar(), c)) << kernel.name << ", dimension " << dimension;
    }
  }
}

TEST(Kernels, EveryRowCountEqualsScalar) {
  std::mt19937 random(5);
  for (const Kernel& kernel : KernelsHere()) {
    for (std::size_t count = 1; count <= 64; ++count) {
      const Case c(100, count, random);
      ASSERT_EQ(RunDot1(kernel, c), RunDot1(Scalar(), c)) << kernel.name << ", " << count << " rows";
      ASSERT_EQ(RunDot4(kernel, c), RunDot4(Scalar(), c)) << kernel.name << ", " << count << " rows";
    }
  }
}

TEST(Kernels, LargestSumsDoNotOverflow) {
  for (const Kernel& kernel : KernelsHere()) {
    for (const std::size_t dimension : {64U, 512U, 1024U, 4096U}) {
      const std::int32_t most = MaxQueryCode(dimension);
      const std::vector<std::int16_t> query(kTileQueries * dimension, static_cast<std::int16_t>(-most));
      const std::vector<std::int8_t> row(dimension, -128);
      const std::int8_t* rows[] = {row.data()};
      std::int32_t dots[kTileQueries] = {};
      const auto expected = static_cast<std::int64_t>(most) * 128 * static_cast<std::int64_t>(dimension);
      kernel.dot1(query.data(), rows, 1, dimension, dots);
      EXPECT_EQ(dots[0], expected) << kernel.name;
      kernel.dot4(query.data(), rows, 1, dimension, dots);
      EXPECT_EQ(dots[3], expected) << kernel.name;
    }
  }
}

TEST(Kernels, ListEndsWithScalarAndNamesAreUnique) {
  EXPECT_EQ(KernelsHere().back().name, "scalar");
  EXPECT_EQ(KernelName(), KernelsHere().front().name);
  for (const Kernel& kernel : KernelsHere()) EXPECT_EQ(KernelByName(kernel.name), &kernel);
  EXPECT_EQ(KernelByName("abacus"), nullptr);
}

}  // namespace
}  // namespace vitrine
