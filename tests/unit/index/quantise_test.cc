#include "index/quantise.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <limits>
#include <random>

#include "index_testing.h"

namespace vitrine {
namespace {

double CosineToOriginal(std::span<const float> original, const EncodedRows& rows, std::size_t row) {
  double dot = 0;
  double squares = 0;
  for (std::size_t i = 0; i < original.size(); ++i) {
    const double code = rows.codes[row * rows.dimension + i];
    dot += static_cast<double>(original[i]) * code;
    squares += code * code;
  }
  return dot / std::sqrt(squares);
}

TEST(Encode, RoundsToTheNearestStepOfTheLargest) {
  Matrix vectors(1, 4);
  const float values[] = {1.27F, -0.634F, 0.006F, -1.27F};
  std::copy(std::begin(values), std::end(values), vectors.row(0).begin());
  const EncodedRows rows = Encode(vectors);
  EXPECT_EQ(rows.codes, (std::vector<std::int8_t>{127, -63, 1, -127}));
  EXPECT_FLOAT_EQ(rows.scales[0], 0.01F);
}

TEST(Encode, KeepsTheDirection) {
  std::mt19937 random(1);
  const Matrix vectors = RandomUnitRows(200, 256, random);
  const EncodedRows rows = Encode(vectors);
  double sum = 0;
  for (std::size_t i = 0; i < vectors.rows(); ++i) sum += CosineToOriginal(vectors.row(i), rows, i);
  EXPECT_GT(sum / 200, 0.9999);
}

TEST(Encode, ErrorIsAtMostHalfAStep) {
  std::mt19937 random(2);
  const Matrix vectors = RandomUnitRows(50, 77, random);
  const EncodedRows rows = Encode(vectors);
  for (std::size_t r = 0; r < 50; ++r) {
    for (std::size_t i = 0; i < 77; ++i) {
      const float decoded = static_cast<float>(rows.codes[r * 77 + i]) * rows.scales[r];
      EXPECT_LE(std::fabs(decoded - vectors.row(r)[i]), 0.501F * rows.scales[r]);
    }
  }
}

TEST(Encode, RowsWithoutADirectionGetScaleZero) {
  Matrix vectors(5, 2);
  vectors.row(1)[0] = std::numeric_limits<float>::quiet_NaN();
  vectors.row(2)[1] = -std::numeric_limits<float>::infinity();
  vectors.row(3)[0] = std::numeric_limits<float>::denorm_min();
  vectors.row(4)[0] = 0.5F;
  const EncodedRows rows = Encode(vectors);
  EXPECT_EQ(rows.scales[0], 0);
  EXPECT_EQ(rows.scales[1], 0);
  EXPECT_EQ(rows.scales[2], 0);
  EXPECT_EQ(rows.scales[3], 0);
  EXPECT_GT(rows.scales[4], 0);
  EXPECT_EQ(std::count(rows.codes.begin(), rows.codes.end() - 2, 0), 8);
}

TEST(Encode, HugeAndTinyValuesKeepTheirDirection) {
  Matrix vectors(2, 2);
  vectors.row(0)[0] = std::numeric_limits<float>::max();
  vectors.row(1)[0] = 1e-30F;
  const EncodedRows rows = Encode(vectors);
  EXPECT_EQ(rows.codes, (std::vector<std::int8_t>{127, 0, 127, 0}));
}

TEST(Encode, NothingIsFine) { EXPECT_EQ(Encode(Matrix(0, 8)).rows(), 0U); }

TEST(EncodeQueries, PadsWithZerosToTheStride) {
  const std::vector<float> query = {0.6F, -0.8F, 0};
  const auto encoded = EncodeQueries(query, 3);
  ASSERT_TRUE(encoded);
  EXPECT_EQ(encoded->stride, 64U);
  EXPECT_EQ(encoded->query(0)[1], -32767);
  EXPECT_EQ(encoded->query(0)[0], 24575);
  for (std::size_t i = 2; i < 64; ++i) EXPECT_EQ(encoded->query(0)[i], 0);
}

TEST(EncodeQueries, RefusesWhatIsNoQuery) {
  std::vector<float> query(8, 0.1F);
  EXPECT_EQ(EncodeQueries(query, 3).error().code(), Code::kInvalidArgument);
  query[5] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(EncodeQueries(query, 4).error().code(), Code::kInvalidArgument);
  query[5] = std::numeric_limits<float>::infinity();
  EXPECT_EQ(EncodeQueries(query, 4).error().code(), Code::kInvalidArgument);
}

TEST(EncodeQueries, ZeroQueryIsZeroCodes) {
  const auto encoded = EncodeQueries(std::vector<float>(4, 0.0F), 4);
  ASSERT_TRUE(encoded);
  EXPECT_EQ(encoded->scales[0], 0);
  EXPECT_EQ(std::count(encoded->codes.begin(), encoded->codes.end(), 0), 64);
}

TEST(MaxQueryCode, LeavesRoomForTheWorstSum) {
  for (const std::size_t dimension : {1U, 64U, 511U, 512U, 513U, 768U, 1024U, 4096U, 65536U}) {
    const auto most = static_cast<std::int64_t>(MaxQueryCode(dimension));
    EXPECT_GE(most, 255);
    EXPECT_LE(most * 128 * static_cast<std::int64_t>(dimension), std::numeric_limits<std::int32_t>::max());
  }
  EXPECT_EQ(MaxQueryCode(511), 32767);
}

TEST(StrideOf, IsTheNextMultipleOf64) {
  EXPECT_EQ(StrideOf(1), 64U);
  EXPECT_EQ(StrideOf(64), 64U);
  EXPECT_EQ(StrideOf(65), 128U);
}

}  // namespace
}  // namespace vitrine
