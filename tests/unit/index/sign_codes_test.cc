// float judges the bits: the estimate of a score has no bias, and the error that theory says.
#include "index/sign_codes.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <new>
#include <random>

#include "index_testing.h"

namespace vitrine {
namespace {

/// A block in aligned memory.
class Block {
 public:
  explicit Block(const SignLayout& layout)
      : data_(static_cast<std::byte*>(::operator new(layout.block_bytes(), std::align_val_t{64}))) {
    std::fill_n(data_, layout.block_bytes(), std::byte{0});
  }
  Block(const Block&) = delete;
  Block& operator=(const Block&) = delete;
  ~Block() { ::operator delete(data_, std::align_val_t{64}); }
  std::byte* get() { return data_; }

 private:
  std::byte* data_;
};

std::vector<float> Estimates(const SignLayout& layout, const std::byte* block, const SignQuery& query) {
  const SignKernel& kernel = BestSignKernel();
  std::vector<std::int32_t> dots(kSignRows);
  std::vector<float> estimates(kSignRows);
  kernel.dot(query.planes.data(), query.plane_count, layout.Bits(block), layout.words(), dots.data());
  kernel.estimate(dots.data(), layout.Factors(block), layout.Anchors(block), query.scale, 0,
                  estimates.data());
  return estimates;
}

/// Mean and standard deviation of the estimates' errors over random rows and queries, in units of
/// |query| * |row| / sqrt(dimension).
struct Errors {
  double mean = 0;
  double deviation = 0;
  std::size_t count = 0;
};

Errors Measure(std::size_t dimension, std::size_t planes, bool anchored, std::uint32_t seed) {
  std::mt19937 random(seed);
  const SignLayout layout(dimension);
  Errors errors;
  double squares = 0;
  for (int round = 0; round < 60; ++round) {
    const Matrix rows = RandomUnitRows(kSignRows, dimension, random);
    const Matrix others = RandomUnitRows(2, dimension, random);
    const std::vector<float> anchor = anchored
                                          ? std::vector<float>(others.row(0).begin(), others.row(0).end())
                                          : std::vector<float>(dimension);
    Block block(layout);
    for (std::size_t r = 0; r < kSignRows; ++r)
      layout.Write(block.get(), r, static_cast<RowId>(r), rows.row(r), anchor);
    // A query of which a large part lies along the anchor.
    std::vector<float> query(others.row(1).begin(), others.row(1).end());
    for (std::size_t i = 0; i < dimension; ++i) query[i] += 5 * anchor[i];
    const std::vector<float> estimates = Estimates(layout, block.get(), MakeSignQuery(query, anchor, planes));
    for (std::size_t r = 0; r < kSignRows; ++r) {
      const double error = (static_cast<double>(estimates[r]) - Dot(query, rows.row(r))) *
                           std::sqrt(static_cast<double>(dimension));
      errors.mean += error;
      squares += error * error;
      ++errors.count;
    }
  }
  errors.mean /= static_cast<double>(errors.count);
  errors.deviation = std::sqrt(squares / static_cast<double>(errors.count));
  return errors;
}

TEST(SignCodes, EstimateHasNoBiasAndTheErrorOfTheory) {
  constexpr std::uint32_t kSeed = 2024;
  const double theory = std::sqrt(std::acos(-1.0) / 2 - 1);
  for (const std::size_t dimension : {100U, 256U, 512U, 1000U}) {
    for (const bool anchored : {false, true}) {
      const Errors fine = Measure(dimension, 8, anchored, kSeed);
      const Errors coarse = Measure(dimension, 4, anchored, kSeed);
      std::printf(
          "seed %u, dimension %zu, anchor %d: mean %.4f, deviation %.4f (8 bits) %.4f (4 bits), theory "
          "%.4f\n",
          kSeed, dimension, anchored, fine.mean, fine.deviation, coarse.deviation, theory);
      EXPECT_NEAR(fine.mean, 0, 4 * theory / std::sqrt(static_cast<double>(fine.count)));
      EXPECT_NEAR(fine.deviation, theory, 0.05 * theory);
      EXPECT_GE(coarse.deviation, fine.deviation);
      EXPECT_LE(coarse.deviation, 1.06 * fine.deviation);
    }
  }
}

TEST(SignCodes, ARowsOwnDirectionIsExact) {
  // The part of f s along r is r: a query of r itself is estimated without error, save for its own rounding.
  std::mt19937 random(7);
  const SignLayout layout(512);
  const std::vector<float> no_anchor(512);
  const Matrix rows = RandomUnitRows(kSignRows, 512, random);
  Block block(layout);
  for (std::size_t r = 0; r < kSignRows; ++r) layout.Write(block.get(), r, 0, rows.row(r), no_anchor);
  for (std::size_t r = 0; r < kSignRows; ++r) {
    EXPECT_NEAR(Estimates(layout, block.get(), MakeSignQuery(rows.row(r), no_anchor, 8))[r], 1, 0.01);
  }
}

TEST(SignCodes, AlongTheAnchorThereIsNoError) {
  std::mt19937 random(8);
  const SignLayout layout(130);
  const Matrix rows = RandomUnitRows(kSignRows, 130, random);
  const Matrix anchor = RandomUnitRows(1, 130, random);
  Block block(layout);
  for (std::size_t r = 0; r < kSignRows; ++r) layout.Write(block.get(), r, 0, rows.row(r), anchor.row(0));
  std::vector<float> query(anchor.row(0).begin(), anchor.row(0).end());
  for (float& x : query) x *= -3;
  const std::vector<float> estimates = Estimates(layout, block.get(), MakeSignQuery(query, anchor.row(0), 4));
  for (std::size_t r = 0; r < kSignRows; ++r) EXPECT_NEAR(estimates[r], Dot(query, rows.row(r)), 1e-5);
}

TEST(SignCodes, ZeroRowsAndZeroQueriesEstimateZero) {
  const SignLayout layout(70);
  const std::vector<float> zeros(70);
  std::vector<float> query(70, 0.1F);
  Block block(layout);
  layout.Write(block.get(), 5, 9, zeros, zeros);
  EXPECT_EQ(layout.Rows(block.get())[5], 9U);
  EXPECT_EQ(Estimates(layout, block.get(), MakeSignQuery(query, zeros, 4))[5], 0);
  layout.Write(block.get(), 6, 9, query, query);
  EXPECT_EQ(Estimates(layout, block.get(), MakeSignQuery(zeros, query, 4))[6], 0);
}

TEST(SignCodes, EntriesOfABlockDoNotTouchEachOther) {
  std::mt19937 random(9);
  const SignLayout layout(200);
  const Matrix rows = RandomUnitRows(kSignRows, 200, random);
  const Matrix query = RandomUnitRows(1, 200, random);
  const std::vector<float> no_anchor(200);
  Block together(layout);
  for (std::size_t r = 0; r < kSignRows; ++r)
    layout.Write(together.get(), r, static_cast<RowId>(r), rows.row(r), no_anchor);
  const SignQuery made = MakeSignQuery(query.row(0), no_anchor, 5);
  const std::vector<float> expected = Estimates(layout, together.get(), made);
  for (std::size_t r = 0; r < kSignRows; ++r) {
    Block alone(layout);
    layout.Write(alone.get(), r, static_cast<RowId>(r), rows.row(r), no_anchor);
    EXPECT_EQ(Estimates(layout, alone.get(), made)[r], expected[r]);
    EXPECT_EQ(layout.Rows(together.get())[r], r);
  }
}

}  // namespace
}  // namespace vitrine
