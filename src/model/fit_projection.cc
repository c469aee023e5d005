#include "model/fit_projection.h"

#include <Eigen/Dense>
#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "base/try.h"

namespace vitrine {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr std::size_t kFolds = 3;
constexpr std::array<double, 5> kStrengths = {0.03, 0.1, 0.3, 1, 3};
constexpr std::array<double, 4> kPowers = {1, 0.75, 0.5, 0.25};
constexpr std::size_t kMostValidated = 600;  // Rows of a fold whose neighbours are looked up.
constexpr Index kRowsAtOnce = 512;
constexpr double kFlat = 1e-6;         // A feature that deviates less than this is taken for a constant.
constexpr double kTargetRidge = 1e-6;  // Of the teacher's own variances: its space may be flat somewhere.

// Means and second moments of some rows: all that the normal equations need of them.
struct Moments {
  double count = 0;
  VectorXd features;  // Sums.
  VectorXd vectors;
  MatrixXd within;  // Features by features, the lower half.
  MatrixXd across;  // Features by vectors.
  MatrixXd among;   // Vectors by vectors, the lower half.

  Moments(Index width, Index dimension)
      : features(VectorXd::Zero(width)),
        vectors(VectorXd::Zero(dimension)),
        within(MatrixXd::Zero(width, width)),
        across(MatrixXd::Zero(width, dimension)),
        among(MatrixXd::Zero(dimension, dimension)) {}

  void Add(const MatrixXd& x, const MatrixXd& y) {
    count += static_cast<double>(x.rows());
    features += x.colwise().sum().transpose();
    vectors += y.colwise().sum().transpose();
    within.selfadjointView<Eigen::Lower>().rankUpdate(x.transpose());
    across.noalias() += x.transpose() * y;
    among.selfadjointView<Eigen::Lower>().rankUpdate(y.transpose());
  }

  void Add(const Moments& part) {
    count += part.count;
    features += part.features;
    vectors += part.vectors;
    within += part.within;
    across += part.across;
    among += part.among;
  }
};

MatrixXd RowsOf(const Matrix& matrix, const std::vector<std::size_t>& rows, std::size_t first, Index count) {
  MatrixXd out(count, static_cast<Index>(matrix.columns()));
  for (Index i = 0; i < count; ++i) {
    const std::span<const float> row = matrix.row(rows[first + static_cast<std::size_t>(i)]);
    out.row(i) = Eigen::Map<const Eigen::RowVectorXf>(row.data(), out.cols()).cast<double>();
  }
  return out;
}

Moments MomentsOf(const Matrix& features, const Matrix& vectors, const std::vector<std::size_t>& rows) {
  Moments moments(static_cast<Index>(features.columns()), static_cast<Index>(vectors.columns()));
  for (std::size_t first = 0; first < rows.size(); first += kRowsAtOnce) {
    const Index count = std::min<Index>(kRowsAtOnce, static_cast<Index>(rows.size() - first));
    moments.Add(RowsOf(features, rows, first, count), RowsOf(vectors, rows, first, count));
  }
  return moments;
}

// Solves for one set of rows, one strength after the other.
class Solver {
 public:
  explicit Solver(const Moments& moments)
      : feature_means_(moments.features / moments.count),
        vector_means_(moments.vectors / moments.count),
        within_(moments.within / moments.count),
        across_(moments.across / moments.count - feature_means_ * vector_means_.transpose()) {
    within_.noalias() -= feature_means_ * feature_means_.transpose();
    const VectorXd variances = within_.diagonal().cwiseMax(0);
    inverse_deviations_ = variances.unaryExpr([](double variance) {
      const double deviation = std::sqrt(variance);
      return deviation > kFlat ? 1 / deviation : 0.0;
    });
    within_ = inverse_deviations_.asDiagonal() * within_ * inverse_deviations_.asDiagonal();
    across_ = inverse_deviations_.asDiagonal() * across_;
    MatrixXd among = moments.among / moments.count;
    among.noalias() -= vector_means_ * vector_means_.transpose();
    among.diagonal().array() += kTargetRidge * among.diagonal().mean() + 1e-12;
    targets_.compute(among);
  }

  bool sound() const { return targets_.info() == Eigen::Success; }

  // Ridge, and what CCA says of its answers. False where the numbers do not allow it.
  bool Solve(double strength) {
    MatrixXd damped = within_;
    damped.diagonal().array() += strength;
    const Eigen::LLT<MatrixXd> factor(damped.selfadjointView<Eigen::Lower>());
    if (factor.info() != Eigen::Success) return false;
    ridge_ = factor.solve(across_);
    // In the teacher's whitened basis, ridge explains across' inverse(within) across of each direction.
    const MatrixXd explained = across_.transpose() * ridge_;
    MatrixXd whitened = targets_.matrixL().solve(explained);
    whitened = targets_.matrixL().solve(whitened.transpose()).eval();
    directions_.compute(whitened);
    return directions_.info() == Eigen::Success;
  }

  Projection At(double power) const {
    MatrixXd map = ridge_;
    if (power != 1) {
      const VectorXd correlations = directions_.eigenvalues().cwiseMax(1e-8).cwiseSqrt();
      const VectorXd gains = correlations.array().pow(power - 1);
      const MatrixXd& axes = directions_.eigenvectors();
      MatrixXd scaled = targets_.matrixU().solve(axes * gains.asDiagonal());
      map = ridge_ * (scaled * (targets_.matrixL() * axes).transpose());
    }
    const MatrixXd unscaled = inverse_deviations_.asDiagonal() * map;
    const VectorXd offset = vector_means_ - unscaled.transpose() * feature_means_;
    Projection projection{
        std::vector<float>(static_cast<std::size_t>(offset.size())),
        Matrix(static_cast<std::size_t>(unscaled.rows()), static_cast<std::size_t>(unscaled.cols()))};
    for (Index j = 0; j < offset.size(); ++j) {
      projection.offset[static_cast<std::size_t>(j)] = static_cast<float>(offset(j));
    }
    for (Index f = 0; f < unscaled.rows(); ++f) {
      const std::span<float> row = projection.matrix.row(static_cast<std::size_t>(f));
      for (Index j = 0; j < unscaled.cols(); ++j) {
        row[static_cast<std::size_t>(j)] = static_cast<float>(unscaled(f, j));
      }
    }
    return projection;
  }

 private:
  VectorXd feature_means_;
  VectorXd vector_means_;
  VectorXd inverse_deviations_;
  MatrixXd within_;  // Of the standardised features; the lower half counts.
  MatrixXd across_;
  Eigen::LLT<MatrixXd, Eigen::Lower> targets_;
  MatrixXd ridge_;
  Eigen::SelfAdjointEigenSolver<MatrixXd> directions_;
};

Matrix Picked(const Matrix& matrix, const std::vector<std::size_t>& rows, std::size_t most) {
  Matrix out(std::min(rows.size(), most), matrix.columns());
  for (std::size_t i = 0; i < out.rows(); ++i) std::ranges::copy(matrix.row(rows[i]), out.row(i).begin());
  return out;
}

// One cell of the grid of strengths and powers: sums over the folds.
struct Trial {
  double strength = 0;
  double power = 1;
  Fidelity sum;
  std::size_t folds = 0;
};

std::vector<Trial> AllTrials() {
  std::vector<Trial> trials;
  for (const double strength : kStrengths) {
    for (const double power : kPowers) trials.push_back({strength, power, {}, 0});
  }
  return trials;
}

Status TryFold(const Moments& rest, const Matrix& features, const Matrix& vectors,
               const std::vector<std::size_t>& fold, const StopSignal& stop, std::vector<Trial>& trials) {
  Solver solver(rest);
  if (!solver.sound()) return {};
  const Matrix seen = Picked(features, fold, kMostValidated);
  const Matrix wanted = Picked(vectors, fold, kMostValidated);
  double solved = -1;
  bool usable = false;
  for (Trial& trial : trials) {
    if (stop.requested()) return Error(Code::kCancelled, "stopped");
    if (trial.strength != solved) {
      solved = trial.strength;
      usable = solver.Solve(solved);
    }
    if (!usable) continue;
    const Fidelity found = Compare(ProjectedVectors(solver.At(trial.power), seen), wanted);
    trial.sum.cosine_mean += found.cosine_mean;
    trial.sum.cosine_p1 += found.cosine_p1;
    trial.sum.overlap += found.overlap;
    ++trial.folds;
  }
  return {};
}

// Rows in runs, so that the pictures of one scene rarely lie in two folds.
std::array<std::vector<std::size_t>, kFolds> DealtRows(std::size_t count) {
  const std::size_t run = std::clamp<std::size_t>(count / (8 * kFolds), 1, 16);
  std::array<std::vector<std::size_t>, kFolds> folds;
  for (std::size_t row = 0; row < count; ++row) folds[row / run % kFolds].push_back(row);
  return folds;
}

Error NothingFits() {
  return Error(Code::kInvalidArgument,
               "no projection fits: features or vectors hold values that are not numbers");
}

Status CheckShapes(const Matrix& features, const Matrix& vectors) {
  if (features.rows() == vectors.rows() && features.rows() >= kLeastFitRows && features.columns() > 0 &&
      vectors.columns() > 0) {
    return {};
  }
  return Error(Code::kInvalidArgument, "a projection is fitted on at least " + std::to_string(kLeastFitRows) +
                                           " pictures with features and vectors, and here are " +
                                           std::to_string(std::min(features.rows(), vectors.rows())));
}

}  // namespace

Matrix ProjectedVectors(const Projection& projection, const Matrix& features) {
  Matrix vectors = Project(projection, features);
  for (std::size_t i = 0; i < vectors.rows(); ++i) {
    Eigen::Map<Eigen::VectorXf> row(vectors.row(i).data(), static_cast<Index>(vectors.columns()));
    const float length = row.norm();
    if (length > 0) row /= length;
  }
  return vectors;
}

Result<Projection> SolveProjection(const Matrix& features, const Matrix& vectors, double strength,
                                   double power) {
  VITRINE_TRY(CheckShapes(features, vectors));
  std::vector<std::size_t> rows(features.rows());
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  Solver solver(MomentsOf(features, vectors, rows));
  if (!solver.sound() || !solver.Solve(strength)) return NothingFits();
  return solver.At(power);
}

Result<ProjectionFit> FitProjection(const Matrix& features, const Matrix& vectors, const StopSignal& stop) {
  VITRINE_TRY(CheckShapes(features, vectors));
  const std::array<std::vector<std::size_t>, kFolds> folds = DealtRows(features.rows());
  std::vector<Moments> parts;
  parts.reserve(kFolds);
  for (const auto& fold : folds) parts.push_back(MomentsOf(features, vectors, fold));
  std::vector<Trial> trials = AllTrials();
  for (std::size_t i = 0; i < kFolds; ++i) {
    Moments rest = parts[(i + 1) % kFolds];
    for (std::size_t j = 2; j < kFolds; ++j) rest.Add(parts[(i + j) % kFolds]);
    VITRINE_TRY(TryFold(rest, features, vectors, folds[i], stop, trials));
  }
  std::erase_if(trials, [](const Trial& trial) { return trial.folds < kFolds; });
  if (trials.empty()) return NothingFits();
  const Trial& best = *std::ranges::max_element(
      trials, {}, [](const Trial& trial) { return std::pair(trial.sum.overlap, trial.sum.cosine_mean); });
  VITRINE_TRY_ASSIGN(Projection projection, SolveProjection(features, vectors, best.strength, best.power));
  const double share = 1.0 / static_cast<double>(kFolds);
  return ProjectionFit{.projection = std::move(projection),
                       .strength = best.strength,
                       .power = best.power,
                       .validated = {.cosine_mean = best.sum.cosine_mean * share,
                                     .cosine_p1 = best.sum.cosine_p1 * share,
                                     .overlap = best.sum.overlap * share}};
}

}  // namespace vitrine
