#include "index/quantise.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <limits>
#include <random>

#include "index/rotation.h"
#include "index_testing.h"

namespace vitrine {
namespace {

/// The row's codes alone, decoded into the original basis.
std::vector<float> Decoded(const EncodedRows& rows, std::size_t row) {
  std::vector<float> vector(rows.dimension);
  for (std::size_t i = 0; i < rows.dimension; ++i) {
    vector[i] = static_cast<float>(rows.codes[row * rows.dimension + i]) * rows.scales[row];
  }
  RotateBack(vector);
  return vector;
}

TEST(Encode, KeepsTheDirectionEvenWithOneHugeComponent) {
  std::mt19937 random(1);
  Matrix vectors = RandomUnitRows(200, 256, random);
  for (std::size_t i = 0; i < 100; ++i) {
    vectors.row(i)[i] = 3;
    Normalise(vectors.row(i));
  }
  const EncodedRows rows = Encode(vectors);
  for (std::size_t i = 0; i < vectors.rows(); ++i) {
    const std::vector<float> decoded = Decoded(rows, i);
    EXPECT_GT(Dot(decoded, vectors.row(i)) / std::sqrt(Dot(decoded, decoded)), 0.9999) << i;
  }
}

TEST(Encode, LeavesNoErrorAlongTheVector) {
  std::mt19937 random(2);
  for (const std::size_t dimension : {2U, 7U, 77U, 512U}) {
    const Matrix vectors = RandomUnitRows(50, dimension, random);
    const EncodedRows rows = Encode(vectors);
    for (std::size_t r = 0; r < 50; ++r) EXPECT_NEAR(Dot(Decoded(rows, r), vectors.row(r)), 1, 1e-5);
  }
}

TEST(Encode, ErrorIsAboutHalfAStep) {
  std::mt19937 random(3);
  const Matrix vectors = RandomUnitRows(50, 77, random);
  const EncodedRows rows = Encode(vectors);
  for (std::size_t r = 0; r < 50; ++r) {
    std::vector<float> rotated(vectors.row(r).begin(), vectors.row(r).end());
    Rotate(rotated);
    for (std::size_t i = 0; i < 77; ++i) {
      const float decoded = static_cast<float>(rows.codes[r * 77 + i]) * rows.scales[r];
      EXPECT_LE(std::fabs(decoded - rotated[i]), 0.75F * rows.scales[r]);
    }
  }
}

// Half a 256th, save where the scale has moved a large component by more than half a code.
TEST(Encode, FineCodesLeaveAFiftiethOfAStep) {
  std::mt19937 random(6);
  for (const std::size_t dimension : {1U, 2U, 77U, 512U}) {
    const Matrix vectors = RandomUnitRows(50, dimension, random);
    const EncodedRows rows = Encode(vectors);
    ASSERT_EQ(rows.fine.size(), rows.codes.size());
    for (std::size_t r = 0; r < 50; ++r) {
      std::vector<float> rotated(vectors.row(r).begin(), vectors.row(r).end());
      Rotate(rotated);
      const double scale = rows.scales[r];
      double squares = 0;
      for (std::size_t i = 0; i < dimension; ++i) {
        const double steps = ComponentOf(rows, r * dimension + i) - static_cast<double>(rotated[i]) / scale;
        squares += steps * steps;
        EXPECT_LE(std::fabs(steps), 0.1);
      }
      EXPECT_LE(std::sqrt(squares / static_cast<double>(dimension)), 0.02);
    }
  }
}

TEST(Encode, UsesTheWholeRangeAndNoMore) {
  std::mt19937 random(4);
  const EncodedRows rows = Encode(RandomUnitRows(50, 100, random));
  for (std::size_t r = 0; r < 50; ++r) {
    int largest = 0;
    for (std::size_t i = 0; i < 100; ++i) largest = std::max(largest, std::abs(int{rows.codes[r * 100 + i]}));
    EXPECT_EQ(largest, 127);
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
  EXPECT_EQ(std::count(rows.fine.begin(), rows.fine.end() - 2, 0), 8);
}

TEST(Encode, HugeAndTinyValuesKeepTheirDirection) {
  Matrix vectors(2, 2);
  vectors.row(0)[0] = std::numeric_limits<float>::max();
  vectors.row(1)[0] = 1e-30F;
  const EncodedRows rows = Encode(vectors);
  EXPECT_TRUE(std::isfinite(rows.scales[0]));
  EXPECT_GT(rows.scales[1], 0);
  EXPECT_EQ(rows.codes[0], rows.codes[2]);
  EXPECT_EQ(rows.codes[1], rows.codes[3]);
}

TEST(Encode, NothingIsFine) { EXPECT_EQ(Encode(Matrix(0, 8)).rows(), 0U); }

TEST(EncodeQueries, IsTheRotatedQueryToFourDigits) {
  std::mt19937 random(5);
  const Matrix queries = RandomUnitRows(3, 100, random);
  const auto encoded = EncodeQueries(queries.values(), 100);
  ASSERT_TRUE(encoded);
  for (std::size_t q = 0; q < 3; ++q) {
    std::vector<float> rotated(queries.row(q).begin(), queries.row(q).end());
    Rotate(rotated);
    for (std::size_t i = 0; i < 100; ++i) {
      EXPECT_NEAR(encoded->query(q)[i] * encoded->scales[q], rotated[i], 2e-5F);
    }
  }
}

TEST(EncodeQueries, PadsWithZerosToTheStride) {
  const std::vector<float> query = {0.6F, -0.8F, 0};
  const auto encoded = EncodeQueries(query, 3);
  ASSERT_TRUE(encoded);
  EXPECT_EQ(encoded->stride, 64U);
  for (std::size_t i = 3; i < 64; ++i) EXPECT_EQ(encoded->query(0)[i], 0);
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
