#include "index/rotation.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "index_testing.h"

namespace vitrine {
namespace {

TEST(Rotate, KeepsDotProductsAtEveryDimension) {
  std::mt19937 random(61);
  for (std::size_t dimension = 1; dimension <= 700; dimension += 1 + dimension / 9) {
    Matrix pair = RandomUnitRows(2, dimension, random);
    const double before = Dot(pair.row(0), pair.row(1));
    Rotate(pair.row(0));
    Rotate(pair.row(1));
    EXPECT_NEAR(Dot(pair.row(0), pair.row(1)), before, 1e-5) << dimension;
    EXPECT_NEAR(Dot(pair.row(0), pair.row(0)), 1, 1e-5) << dimension;
  }
}

TEST(Rotate, BackIsTheInverse) {
  std::mt19937 random(62);
  for (const std::size_t dimension : {1U, 2U, 3U, 60U, 64U, 100U, 384U, 512U, 640U, 1023U}) {
    const Matrix original = RandomUnitRows(1, dimension, random);
    Matrix turned = original;
    Rotate(turned.row(0));
    RotateBack(turned.row(0));
    for (std::size_t i = 0; i < dimension; ++i) EXPECT_NEAR(turned.row(0)[i], original.row(0)[i], 1e-5F);
  }
}

TEST(Rotate, SpreadsASingleComponent) {
  for (const std::size_t dimension : {60U, 256U, 384U, 512U, 640U, 768U}) {
    for (std::size_t axis = 0; axis < dimension; axis += 13) {
      std::vector<float> vector(dimension, 0);
      vector[axis] = 1;
      Rotate(vector);
      float largest = 0;
      for (const float x : vector) largest = std::max(largest, std::fabs(x));
      EXPECT_LT(largest * std::sqrt(static_cast<float>(dimension)), 5.0F) << dimension << ", axis " << axis;
    }
  }
}

TEST(Rotate, IsTheSameForAllTime) {
  std::vector<float> vector = {1, 2, 3, 4, 5};
  Rotate(vector);
  const std::vector<float> recorded = {2.5F, -1.25F, -1.75F, 2.25F, -6.25F};
  for (std::size_t i = 0; i < 5; ++i) EXPECT_NEAR(vector[i], recorded[i], 1e-5F) << i;
}

}  // namespace
}  // namespace vitrine
