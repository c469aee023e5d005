// Tags taught by example: from a handful of accepted and rejected pictures to the log-odds of every picture.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/matrix.h"

namespace vitrine {

/// What a tag is learnt from. All vectors are of length 1 and of one dimension.
struct TagExamples {
  Matrix accepted;           ///< [n, dimension], n >= 1.
  Matrix rejected;           ///< [m, dimension], m >= 0.
  std::vector<float> words;  ///< The vector of the tag's words (TermVectors), or zeros when they say nothing.
};

struct TaughtTag {
  std::vector<float> weights;  ///< The log-odds of a picture x are weights . x + bias.
  float bias = 0;
  double accuracy = 0;  ///< Share of the examples that the others would have judged right.
};

/// Solves A x = b for a symmetric positive definite A by Cholesky's method, any number of b. Thread-safe once
/// made. A is given by rows, [n, n]; what lies above the diagonal is not read.
class CholeskySolver {
 public:
  CholeskySolver(std::vector<double> a, std::size_t n);
  /// In place. REQUIRES: b.size() == n.
  void Solve(std::span<double> b) const;
  /// The diagonal of the inverse of A. Cost: n^3.
  std::vector<double> InverseDiagonal() const;

 private:
  std::size_t n_;
  std::vector<double> factor_;  ///< Lower triangle, by rows.
};

/// What each of n equations of A x = r is off by when x is solved from the others alone: Allen's PRESS.
/// @param solver  of A. @param solution  x, solved from all.
std::vector<double> HeldOutErrors(const CholeskySolver& solver, std::span<const double> solution);

/// Teaches any number of tags of one library. Thread-safe.
class TagTeacher {
 public:
  /// @param background  vectors of some hundred pictures of the library, evenly taken: what pictures at large
  ///                    look like. At least one. Cost: dimension^2 (rows + dimension / 3).
  explicit TagTeacher(const Matrix& background);

  /// More than kMostExamples of either kind are thinned out evenly. Cost: examples * dimension^2.
  TaughtTag Teach(const TagExamples& examples) const;
  static constexpr std::size_t kMostExamples = 500;

 private:
  struct Lesson;

  std::vector<double> Centred(std::span<const float> vector) const;
  Lesson LessonFrom(const TagExamples& examples) const;

  std::size_t dimension_;
  std::vector<double> mean_;
  std::vector<std::vector<double>> at_large_;  ///< The background, centred.
  CholeskySolver penalty_;
};

}  // namespace vitrine
