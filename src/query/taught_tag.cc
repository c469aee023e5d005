// A few examples, a prior from words, and a sense of what pictures at large are like.
//
// Problem: after five pictures with and five without "our dog", tag a library. Five points in 384 dimensions
// settle nothing by themselves: a great many directions part them. Two things are known besides. The tag's
// words give a first judge, f0(x) = g (x - mean) . words / deviation - 1, which is -1 for a picture at large.
// And the library's own pictures, nearly all of which do not carry the tag, tell which directions pictures
// differ in anyway. Idea: f = f0 + c, where c is the smallest linear correction that brings the examples near
// +1 and -1, and "small" is measured by what c does to pictures at large: its variance over the background
// and, so that no direction is free, a share of its length. That is ridge regression with a prior mean (Hoerl
// and Kennard 1970), and with the background's covariance as its metric a discriminant analysis (Fisher 1936)
// that also works with one example; unlabelled pictures act as weak negatives. Why closed form: with n
// examples the correction lies in the span of their n whitened vectors, so one n x n system gives it, and the
// same system gives what each example would have been judged without itself (Allen's PRESS, 1974): residual
// divided by the diagonal of the inverse. From these honest values comes the probability: values of carriers
// and of pictures at large taken as two normal distributions of one width have log-odds that are a line.
// Cost: the background's covariance and its Cholesky factor once a library, then n solves of a triangular
// system a tag: some milliseconds for ten examples at 384 dimensions.
#include "query/taught_tag.h"
#include "query/vector_math.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace vitrine {
namespace {

// Chosen on captioned photos and on stamps (bench/tags.py); see docs/tags.md.
constexpr double kPriorGain = 0.35;    ///< g: words move a picture by so much a deviation.
constexpr double kLengthShare = 10.0;  ///< Of the penalty: length against variance over the background.
constexpr double kNoise = 0.6;         ///< How far from +1 and -1 an example may stay.

// What is known of the judge's values before any example was seen, worth so many of them.
constexpr double kPriorCarrier = 0.0;
constexpr double kPriorCarriers = 3;
constexpr double kPriorWidths = 10;
/// How many of a library's pictures carry a tag that somebody bothers to teach.
constexpr double kFrequency = 0.03;
constexpr double kLeastDeviation = 1e-3;

std::vector<double> MeanOf(const Matrix& rows) {
  std::vector<double> mean(rows.columns());
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    for (std::size_t j = 0; j < mean.size(); ++j) mean[j] += static_cast<double>(rows.row(i)[j]);
  }
  for (double& x : mean) x /= static_cast<double>(std::max<std::size_t>(rows.rows(), 1));
  return mean;
}

// Variance over the background plus a share of the length: the lower triangle is filled.
std::vector<double> PenaltyOf(const Matrix& background, std::span<const double> mean) {
  const std::size_t n = mean.size();
  std::vector<double> penalty(n * n);
  std::vector<double> row(n);
  for (std::size_t i = 0; i < background.rows(); ++i) {
    for (std::size_t j = 0; j < n; ++j) row[j] = static_cast<double>(background.row(i)[j]) - mean[j];
    for (std::size_t j = 0; j < n; ++j) {
      for (std::size_t k = 0; k <= j; ++k) penalty[j * n + k] += row[j] * row[k];
    }
  }
  double trace = 0;
  for (double& x : penalty) x /= static_cast<double>(background.rows());
  for (std::size_t j = 0; j < n; ++j) trace += penalty[j * n + j];
  // One picture, or many copies of it, have no variance: then length alone counts.
  const double length = trace > 0 ? kLengthShare * trace / static_cast<double>(n) : 1.0;
  for (std::size_t j = 0; j < n; ++j) penalty[j * n + j] += length;
  return penalty;
}

struct Normal {
  double mean = 0;
  double variance = 0;
};

Normal SpreadOf(std::span<const double> values) {
  const auto count = static_cast<double>(std::max<std::size_t>(values.size(), 1));
  Normal normal{.mean = std::accumulate(values.begin(), values.end(), 0.0) / count};
  for (const double x : values) normal.variance += (x - normal.mean) * (x - normal.mean) / count;
  return normal;
}

// The line from a judge's value to log-odds: slope and offset.
struct Line {
  double slope = 0;
  double offset = 0;
};

Line LogOddsLine(const Normal& at_large, std::span<const double> accepted, std::span<const double> rejected) {
  const auto carriers = static_cast<double>(accepted.size());
  const double sum = std::accumulate(accepted.begin(), accepted.end(), 0.0);
  double carrier = (sum + kPriorCarriers * kPriorCarrier) / (carriers + kPriorCarriers);
  double squares = kPriorWidths * at_large.variance;
  for (const double x : accepted) squares += (x - carrier) * (x - carrier);
  for (const double x : rejected) squares += std::pow(std::max(0.0, x - at_large.mean), 2);
  const double variance =
      std::max(squares / (kPriorWidths + carriers + static_cast<double>(rejected.size())), 1e-6);
  carrier = std::max(carrier, at_large.mean + std::sqrt(variance));
  const double slope = (carrier - at_large.mean) / variance;
  return {.slope = slope,
          .offset = -slope * (carrier + at_large.mean) / 2 + std::log(kFrequency / (1 - kFrequency))};
}

}  // namespace

CholeskySolver::CholeskySolver(std::vector<double> a, std::size_t n) : n_(n), factor_(std::move(a)) {
  for (std::size_t j = 0; j < n_; ++j) {
    const std::span<double> row(&factor_[j * n_], n_);
    for (std::size_t k = 0; k < j; ++k) {
      const std::span<const double> other(&factor_[k * n_], n_);
      row[k] = (row[k] - Dot(row.first(k), other.first(k))) / other[k];
    }
    row[j] = std::sqrt(std::max(row[j] - Dot(row.first(j), row.first(j)), 1e-12));
  }
}

void CholeskySolver::Solve(std::span<double> b) const {
  for (std::size_t j = 0; j < n_; ++j) {
    const std::span<const double> row(&factor_[j * n_], n_);
    b[j] = (b[j] - Dot(row.first(j), b.first(j))) / row[j];
  }
  for (std::size_t j = n_; j-- > 0;) {
    b[j] /= factor_[j * n_ + j];
    for (std::size_t k = 0; k < j; ++k) b[k] -= factor_[j * n_ + k] * b[j];
  }
}

std::vector<double> CholeskySolver::InverseDiagonal() const {
  std::vector<double> diagonal(n_);
  std::vector<double> unit(n_);
  for (std::size_t j = 0; j < n_; ++j) {
    std::ranges::fill(unit, 0.0);
    unit[j] = 1;
    Solve(unit);
    diagonal[j] = unit[j];
  }
  return diagonal;
}

std::vector<double> HeldOutErrors(const CholeskySolver& solver, std::span<const double> solution) {
  std::vector<double> errors = solver.InverseDiagonal();
  for (std::size_t i = 0; i < errors.size(); ++i) errors[i] = solution[i] / errors[i];
  return errors;
}

/// Examples on their way into the system.
struct TagTeacher::Lesson {
  std::vector<std::vector<double>> x;         ///< Centred.
  std::vector<std::vector<double>> whitened;  ///< The penalty's inverse times that.
  std::vector<double> wanted;                 ///< +1 or -1.
  std::size_t accepted = 0;                   ///< These come first.
  double scale = 1;                           ///< Mean of x . whitened.
  std::vector<double> by_words;               ///< The judge by words: gain times words.
};

TagTeacher::TagTeacher(const Matrix& background)
    : dimension_(background.columns()),
      mean_(MeanOf(background)),
      penalty_(PenaltyOf(background, mean_), dimension_) {
  for (std::size_t i = 0; i < background.rows(); ++i) at_large_.push_back(Centred(background.row(i)));
}

std::vector<double> TagTeacher::Centred(std::span<const float> vector) const {
  std::vector<double> centred(dimension_);
  for (std::size_t j = 0; j < dimension_; ++j) centred[j] = static_cast<double>(vector[j]) - mean_[j];
  return centred;
}

TagTeacher::Lesson TagTeacher::LessonFrom(const TagExamples& examples) const {
  Lesson lesson;
  lesson.by_words.assign(examples.words.begin(), examples.words.end());
  std::vector<double> scores;
  for (const std::vector<double>& picture : at_large_) scores.push_back(Dot(lesson.by_words, picture));
  const double gain = kPriorGain / std::max(std::sqrt(SpreadOf(scores).variance), kLeastDeviation);
  for (double& x : lesson.by_words) x *= gain;

  const auto add = [&](const Matrix& side, double wanted) {
    const std::size_t count = std::min(side.rows(), kMostExamples);
    for (std::size_t i = 0; i < count; ++i) {
      lesson.x.push_back(Centred(side.row(i * side.rows() / count)));
      lesson.wanted.push_back(wanted);
    }
  };
  add(examples.accepted, 1);
  lesson.accepted = lesson.x.size();
  add(examples.rejected, -1);
  lesson.whitened = lesson.x;
  double sum = 0;
  for (std::size_t i = 0; i < lesson.x.size(); ++i) {
    penalty_.Solve(lesson.whitened[i]);
    sum += Dot(lesson.x[i], lesson.whitened[i]);
  }
  lesson.scale = std::max(sum / static_cast<double>(lesson.x.size()), 1e-12);
  return lesson;
}

TaughtTag TagTeacher::Teach(const TagExamples& examples) const {
  const Lesson lesson = LessonFrom(examples);
  const std::size_t n = lesson.x.size();
  std::vector<double> system(n * n);
  std::vector<double> dual(n);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j <= i; ++j)
      system[i * n + j] = Dot(lesson.x[i], lesson.whitened[j]) / lesson.scale;
    // Accepted and rejected count alike, however many there are of each.
    const std::size_t of_kind = i < lesson.accepted ? lesson.accepted : n - lesson.accepted;
    system[i * n + i] += kNoise * 2 * static_cast<double>(of_kind) / static_cast<double>(n);
    dual[i] = lesson.wanted[i] - (Dot(lesson.by_words, lesson.x[i]) - 1);
  }
  const CholeskySolver solver(std::move(system), n);
  solver.Solve(dual);
  const std::vector<double> errors = HeldOutErrors(solver, dual);
  std::vector<double> accepted;
  std::vector<double> rejected;
  std::size_t right = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const double value = lesson.wanted[i] - errors[i];
    (i < lesson.accepted ? accepted : rejected).push_back(value);
    right += (value > 0) == (i < lesson.accepted) ? 1 : 0;
  }

  std::vector<double> judge = lesson.by_words;
  for (std::size_t j = 0; j < dimension_; ++j) {
    for (std::size_t i = 0; i < n; ++i) judge[j] += lesson.whitened[i][j] * dual[i] / lesson.scale;
  }
  std::vector<double> values;
  for (const std::vector<double>& picture : at_large_) values.push_back(Dot(judge, picture) - 1);
  const Line line = LogOddsLine(SpreadOf(values), accepted, rejected);
  TaughtTag taught{.weights = std::vector<float>(dimension_),
                   .accuracy = static_cast<double>(right) / static_cast<double>(n)};
  for (std::size_t j = 0; j < dimension_; ++j) taught.weights[j] = static_cast<float>(line.slope * judge[j]);
  taught.bias = static_cast<float>(line.offset - line.slope * (1 + Dot(judge, mean_)));
  return taught;
}

}  // namespace vitrine
