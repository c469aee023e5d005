#include "query/taught_tag.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace vitrine {
namespace {

constexpr std::size_t kDimension = 24;

/// Pictures of a made world: those that carry the tag lean along axis 0, all differ most along axis 1.
class World {
 public:
  explicit World(unsigned seed) : random_(seed) {}

  Matrix Pictures(std::size_t count, bool carrying) {
    Matrix pictures(count, kDimension);
    for (std::size_t i = 0; i < count; ++i) {
      const std::span<float> row = pictures.row(i);
      for (std::size_t j = 0; j < kDimension; ++j) row[j] = normal_(random_) * (j == 1 ? 1.0F : 0.25F);
      row[2] += 1;  // What all pictures share.
      if (carrying) row[0] += 0.8F;
      float squares = 0;
      for (const float x : row) squares += x * x;
      for (float& x : row) x /= std::sqrt(squares);
    }
    return pictures;
  }

 private:
  std::mt19937 random_;
  std::normal_distribution<float> normal_;
};

double LogOdds(const TaughtTag& tag, std::span<const float> picture) {
  double sum = static_cast<double>(tag.bias);
  for (std::size_t j = 0; j < picture.size(); ++j) {
    sum += static_cast<double>(tag.weights[j]) * static_cast<double>(picture[j]);
  }
  return sum;
}

// How often a carrier is judged likelier than one that carries nothing.
double Area(const TaughtTag& tag, const Matrix& yes, const Matrix& no) {
  std::size_t right = 0;
  for (std::size_t i = 0; i < yes.rows(); ++i) {
    for (std::size_t j = 0; j < no.rows(); ++j) {
      if (LogOdds(tag, yes.row(i)) > LogOdds(tag, no.row(j))) ++right;
    }
  }
  return static_cast<double>(right) / static_cast<double>(yes.rows() * no.rows());
}

std::vector<float> Axis(std::size_t axis) {
  std::vector<float> vector(kDimension);
  vector[axis] = 1;
  return vector;
}

TEST(TagTeacher, LearnsWhatWordsDoNotKnow) {
  World world(1);
  const TagTeacher teacher(world.Pictures(300, false));
  const Matrix yes = world.Pictures(200, true);
  const Matrix no = world.Pictures(200, false);
  const TaughtTag taught = teacher.Teach(
      {.accepted = world.Pictures(5, true), .rejected = world.Pictures(5, false), .words = Axis(7)});
  EXPECT_GT(Area(taught, yes, no), 0.85);
}

TEST(TagTeacher, OneExampleHelpsWordsThatKnowLittle) {
  World world(2);
  const TagTeacher teacher(world.Pictures(300, false));
  const Matrix yes = world.Pictures(300, true);
  const Matrix no = world.Pictures(300, false);
  double one = 0;
  double many = 0;
  for (int round = 0; round < 20; ++round) {
    one +=
        Area(teacher.Teach(
                 {.accepted = world.Pictures(1, true), .rejected = Matrix(0, kDimension), .words = Axis(7)}),
             yes, no);
    many += Area(
        teacher.Teach(
            {.accepted = world.Pictures(20, true), .rejected = world.Pictures(20, false), .words = Axis(7)}),
        yes, no);
  }
  EXPECT_GT(one / 20, 0.6);
  EXPECT_GT(many, one);
}

TEST(TagTeacher, GoodWordsAreKept) {
  World world(3);
  const TagTeacher teacher(world.Pictures(300, false));
  const Matrix yes = world.Pictures(200, true);
  const Matrix no = world.Pictures(200, false);
  const TagExamples examples{
      .accepted = world.Pictures(1, true), .rejected = world.Pictures(1, false), .words = Axis(0)};
  TagExamples wordless = examples;
  wordless.words = std::vector<float>(kDimension);
  EXPECT_GT(Area(teacher.Teach(examples), yes, no), Area(teacher.Teach(wordless), yes, no));
}

TEST(TagTeacher, ProbabilitiesTellCarriersFromPicturesAtLarge) {
  World world(4);
  const TagTeacher teacher(world.Pictures(300, false));
  const TaughtTag taught = teacher.Teach(
      {.accepted = world.Pictures(20, true), .rejected = world.Pictures(20, false), .words = Axis(0)});
  const auto share_above = [&](const Matrix& pictures) {
    std::size_t above = 0;
    for (std::size_t i = 0; i < pictures.rows(); ++i) {
      if (LogOdds(taught, pictures.row(i)) >= 0) ++above;
    }
    return static_cast<double>(above) / static_cast<double>(pictures.rows());
  };
  EXPECT_GT(share_above(world.Pictures(300, true)), 0.3);
  EXPECT_LT(share_above(world.Pictures(300, false)), 0.05);
}

TEST(TagTeacher, AccuracySaysWhetherTheExamplesHangTogether) {
  World world(5);
  const TagTeacher teacher(world.Pictures(300, false));
  const TaughtTag sound = teacher.Teach(
      {.accepted = world.Pictures(20, true), .rejected = world.Pictures(20, false), .words = Axis(7)});
  const TaughtTag random = teacher.Teach(
      {.accepted = world.Pictures(20, false), .rejected = world.Pictures(20, false), .words = Axis(7)});
  EXPECT_GT(sound.accuracy, 0.8);
  EXPECT_LT(random.accuracy, sound.accuracy);
}

TEST(TagTeacher, PoorBackgroundsAndExamplesDoNotBreakIt) {
  World world(6);
  const Matrix one = world.Pictures(1, true);
  Matrix same(3, kDimension);
  for (std::size_t i = 0; i < 3; ++i) std::ranges::copy(one.row(0), same.row(i).begin());
  for (const Matrix& background : {one, same}) {
    for (const Matrix& rejected : {Matrix(0, kDimension), same}) {
      const TaughtTag taught =
          TagTeacher(background)
              .Teach({.accepted = same, .rejected = rejected, .words = std::vector<float>(kDimension)});
      EXPECT_TRUE(std::isfinite(taught.bias));
      for (const float weight : taught.weights) EXPECT_TRUE(std::isfinite(weight));
    }
  }
}

TEST(TagTeacher, ThousandsOfExamplesAreThinnedOut) {
  World world(7);
  const TagTeacher teacher(world.Pictures(100, false));
  const Matrix yes = world.Pictures(50, true);
  const Matrix no = world.Pictures(50, false);
  const TaughtTag taught = teacher.Teach({.accepted = world.Pictures(3 * TagTeacher::kMostExamples, true),
                                          .rejected = world.Pictures(2, false),
                                          .words = Axis(7)});
  EXPECT_GT(Area(taught, yes, no), 0.9);
}

// Against leaving each out and solving anew.
TEST(HeldOutErrors, AreWhatLeavingOutGives) {
  constexpr std::size_t kN = 7;
  std::mt19937 random(9);
  std::normal_distribution<double> normal;
  std::vector<double> points(kN * 3);
  for (double& x : points) x = normal(random);
  const auto entry = [&](std::size_t i, std::size_t j) {
    double sum = i == j ? 0.4 : 0;
    for (std::size_t k = 0; k < 3; ++k) sum += points[i * 3 + k] * points[j * 3 + k];
    return sum;
  };
  std::vector<double> a(kN * kN);
  std::vector<double> wanted(kN);
  for (std::size_t i = 0; i < kN; ++i) {
    wanted[i] = normal(random);
    for (std::size_t j = 0; j < kN; ++j) a[i * kN + j] = entry(i, j);
  }
  const CholeskySolver solver(a, kN);
  std::vector<double> solution = wanted;
  solver.Solve(solution);
  const std::vector<double> errors = HeldOutErrors(solver, solution);
  for (std::size_t out = 0; out < kN; ++out) {
    std::vector<std::size_t> others;
    for (std::size_t i = 0; i < kN; ++i) {
      if (i != out) others.push_back(i);
    }
    std::vector<double> fewer;
    std::vector<double> rest;
    for (const std::size_t i : others) {
      rest.push_back(wanted[i]);
      for (const std::size_t j : others) fewer.push_back(entry(i, j));
    }
    CholeskySolver(fewer, kN - 1).Solve(rest);
    double foretold = 0;
    for (std::size_t i = 0; i < others.size(); ++i) foretold += entry(out, others[i]) * rest[i];
    EXPECT_NEAR(errors[out], wanted[out] - foretold, 1e-9) << out;
  }
}

TEST(CholeskySolver, SolvesWhatItWasGiven) {
  constexpr std::size_t kN = 9;
  std::mt19937 random(8);
  std::normal_distribution<double> normal;
  std::vector<double> root(kN * kN);
  for (double& x : root) x = normal(random);
  std::vector<double> a(kN * kN);
  for (std::size_t i = 0; i < kN; ++i) {
    for (std::size_t j = 0; j < kN; ++j) {
      for (std::size_t k = 0; k < kN; ++k) a[i * kN + j] += root[i * kN + k] * root[j * kN + k];
    }
    a[i * kN + i] += 1;
  }
  std::vector<double> lower = a;  // What lies above the diagonal is not read.
  for (std::size_t i = 0; i < kN; ++i) std::fill(&lower[i * kN + i] + 1, &lower[i * kN] + kN, 1e9);
  const CholeskySolver solver(lower, kN);
  std::vector<double> x(kN);
  for (double& value : x) value = normal(random);
  std::vector<double> b(kN);
  for (std::size_t i = 0; i < kN; ++i) {
    for (std::size_t j = 0; j < kN; ++j) b[i] += a[i * kN + j] * x[j];
  }
  solver.Solve(b);
  for (std::size_t i = 0; i < kN; ++i) EXPECT_NEAR(b[i], x[i], 1e-9);
  const std::vector<double> diagonal = solver.InverseDiagonal();
  for (std::size_t i = 0; i < kN; ++i) {
    std::vector<double> unit(kN);
    unit[i] = 1;
    solver.Solve(unit);
    EXPECT_NEAR(diagonal[i], unit[i], 1e-12);
  }
}

}  // namespace
}  // namespace vitrine
