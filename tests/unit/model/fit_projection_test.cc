#include "model/fit_projection.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <limits>
#include <random>
#include <string>
#include <vector>

namespace vitrine {
namespace {

const StopSignal kNoStop;

Matrix Random(std::size_t rows, std::size_t columns, unsigned seed) {
  std::mt19937 dice(seed);
  std::normal_distribution<float> normal;
  Matrix matrix(rows, columns);
  for (float& x : matrix.values()) x = normal(dice);
  return matrix;
}

Matrix Units(Matrix matrix) {
  for (std::size_t i = 0; i < matrix.rows(); ++i) {
    float squares = 0;
    for (const float x : matrix.row(i)) squares += x * x;
    for (float& x : matrix.row(i)) x /= std::sqrt(squares);
  }
  return matrix;
}

Matrix Product(const Matrix& a, const Matrix& b) {
  Matrix out(a.rows(), b.columns());
  for (std::size_t i = 0; i < a.rows(); ++i) {
    for (std::size_t k = 0; k < a.columns(); ++k) {
      for (std::size_t j = 0; j < b.columns(); ++j) out.row(i)[j] += a.row(i)[k] * b.row(k)[j];
    }
  }
  return out;
}

// One line of the golden file.
Matrix ReadLine(std::istream& file, const std::string& wanted) {
  std::string name;
  std::size_t rows = 0;
  std::size_t columns = 0;
  file >> name >> rows >> columns;
  EXPECT_EQ(name, wanted);
  Matrix matrix(rows, columns);
  for (float& x : matrix.values()) file >> x;
  EXPECT_TRUE(file) << wanted;
  return matrix;
}

TEST(SolveProjection, GivesWhatNumpyGivesByAnotherWay) {
  std::ifstream file(VITRINE_SOURCE_DIR "/tests/golden/fit_projection.txt");
  const Matrix features = ReadLine(file, "features");
  const Matrix vectors = ReadLine(file, "vectors");
  for (int cell = 0; cell < 3; ++cell) {
    const Matrix at = ReadLine(file, "cell");
    const Matrix offset = ReadLine(file, "offset");
    const Matrix matrix = ReadLine(file, "matrix");
    const auto solved = SolveProjection(features, vectors, static_cast<double>(at.row(0)[0]),
                                        static_cast<double>(at.row(0)[1]));
    ASSERT_TRUE(solved) << solved.error().message();
    for (std::size_t j = 0; j < offset.columns(); ++j) EXPECT_NEAR(solved->offset[j], offset.row(0)[j], 1e-5);
    ASSERT_EQ(solved->matrix.rows(), matrix.rows());
    for (std::size_t i = 0; i < matrix.values().size(); ++i) {
      EXPECT_NEAR(solved->matrix.values()[i], matrix.values()[i], 1e-5) << "cell " << cell;
    }
  }
}

// Vectors that are a linear image of the features come back, so the chosen strength must be a small one.
TEST(FitProjection, LinearMapIsRecovered) {
  const Matrix vectors = Units(Random(600, 12, 1));
  const Matrix features = Product(vectors, Random(12, 20, 2));
  const auto fit = FitProjection(features, vectors, kNoStop);
  ASSERT_TRUE(fit) << fit.error().message();
  EXPECT_GT(fit->validated.cosine_mean, 0.99);
  EXPECT_GT(fit->validated.overlap, 0.9);
  EXPECT_LE(fit->strength, 0.1);
  const Fidelity fidelity = Compare(ProjectedVectors(fit->projection, features), vectors);
  EXPECT_GT(fidelity.cosine_p1, 0.99);
}

TEST(FitProjection, WhatIsReportedIsNotFromTheRowsThatWereFitted) {
  const Matrix vectors = Units(Random(200, 8, 3));
  const auto fit = FitProjection(Random(200, 120, 4), vectors, kNoStop);  // Nothing to learn.
  ASSERT_TRUE(fit) << fit.error().message();
  EXPECT_LT(std::abs(fit->validated.cosine_mean), 0.2);
  EXPECT_LT(fit->validated.overlap, 0.35);  // By chance: 10 of 66.
}

TEST(FitProjection, FeatureThatNeverChangesHarmsNothing) {
  const Matrix vectors = Units(Random(300, 6, 5));
  const Matrix seen = Product(vectors, Random(6, 9, 6));
  Matrix features(300, 10);
  for (std::size_t i = 0; i < 300; ++i) {
    std::copy(seen.row(i).begin(), seen.row(i).end(), features.row(i).begin());
    features.row(i)[9] = 4;
  }
  const auto fit = FitProjection(features, vectors, kNoStop);
  ASSERT_TRUE(fit) << fit.error().message();
  EXPECT_GT(fit->validated.cosine_mean, 0.99);
  for (const float x : fit->projection.matrix.row(9)) EXPECT_EQ(x, 0);
}

TEST(FitProjection, TooLittleAndStoppedAreRefused) {
  const Matrix few = Units(Random(kLeastFitRows - 1, 8, 7));
  EXPECT_EQ(FitProjection(few, few, kNoStop).error().code(), Code::kInvalidArgument);
  const Matrix vectors = Units(Random(100, 8, 8));
  EXPECT_EQ(FitProjection(Random(99, 8, 9), vectors, kNoStop).error().code(), Code::kInvalidArgument);
  Matrix broken = vectors;
  broken.row(50)[3] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(FitProjection(broken, vectors, kNoStop).error().code(), Code::kInvalidArgument);
  StopSignal stop;
  stop.Request();
  EXPECT_EQ(FitProjection(vectors, vectors, stop).error().code(), Code::kCancelled);
}

TEST(Compare, SlowCountAgrees) {
  const Matrix a = Units(Random(40, 5, 10));
  Matrix b = a;
  for (float& x : b.values()) x += 0.3F * (x > 0 ? 1.F : -0.5F);
  b = Units(std::move(b));
  std::size_t shared = 0;
  const auto nearer = [](const Matrix& m, std::size_t i, std::size_t j) {  // How many are nearer to i than j.
    std::size_t count = 0;
    const auto score = [&](std::size_t other) {
      double sum = 0;
      for (std::size_t d = 0; d < m.columns(); ++d) sum += double{m.row(i)[d]} * double{m.row(other)[d]};
      return sum;
    };
    for (std::size_t other = 0; other < m.rows(); ++other) count += other != i && score(other) > score(j);
    return count;
  };
  for (std::size_t i = 0; i < 40; ++i) {
    for (std::size_t j = 0; j < 40; ++j) {
      shared += i != j && nearer(a, i, j) < kOverlapRanks && nearer(b, i, j) < kOverlapRanks;
    }
  }
  EXPECT_NEAR(Compare(a, b).overlap, static_cast<double>(shared) / 400, 1e-9);
  EXPECT_LT(Compare(a, b).overlap, 1);
  EXPECT_NEAR(Compare(a, a).overlap, 1, 1e-9);
  EXPECT_NEAR(Compare(a, a).cosine_p1, 1, 1e-5);
}

TEST(FirstAmongTen, BestPictureIsLookedForAmongTheTenBest) {
  const Matrix a = Units(Random(60, 4, 11));
  EXPECT_EQ(FirstAmongTen(a, a, a), 1);
  Matrix reversed = a;
  for (float& x : reversed.values()) x = -x;
  EXPECT_EQ(FirstAmongTen(a, a, reversed), 0);
}

}  // namespace
}  // namespace vitrine
