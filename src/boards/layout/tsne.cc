// t-SNE (van der Maaten and Hinton, JMLR 2008), exact.
//
// In the space, picture i chooses j as its neighbour with a probability p(j|i) that falls as a Gaussian of
// their distance, as wide as makes the choice about as open as among `perplexity` pictures. In the plane the
// same is said by a Student t of one degree of freedom, whose heavy tail leaves moderately different pictures
// room to lie apart. The points move down the gradient of the divergence between the two:
//
//   dC/dy_i = 4 sum_j (p_ij - q_ij) w_ij (y_i - y_j),   w_ij = 1 / (1 + |y_i - y_j|^2),   q_ij = w_ij / sum w
//
// The p_ij matter only for near neighbours, so the attraction runs over lists of 3 * perplexity of them (van
// der Maaten, JMLR 2014); the repulsion runs over all pairs, four at a time in a loop that the compiler turns
// into vector code. For the few thousand pictures of a board that costs less than building trees would. The
// start is the plane of the principal components, which keeps the large shape of the whole (Kobak and Berens,
// 2019) and makes the result depend on the order of the pictures only through rounding.
#include "boards/layout/tsne.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <random>

namespace vitrine::layout {
namespace {

constexpr double kPerplexity = 30;
constexpr int kEarlyRounds = 100;  // With attraction exaggerated, so that groups find each other first.
constexpr int kRounds = 300;       // More change the plane, but not what the exchanges make of it.
constexpr float kExaggeration = 12;
constexpr std::size_t kLanes = 8;

/// One neighbour's share of the attraction.
struct Pull {
  std::uint32_t other = 0;
  float p = 0;
};

/// Lists of pulls, one after another.
struct Pulls {
  std::vector<std::size_t> first;  ///< [n + 1]
  std::vector<Pull> pulls;
};

/// p(j|i) over the listed neighbours of i, with the width of the Gaussian found by bisection.
std::vector<double> Chances(std::span<const float> distances, std::span<const std::uint32_t> nearest,
                            double perplexity) {
  std::vector<double> chances(nearest.size(), 1.0 / static_cast<double>(nearest.size()));
  const double floor = static_cast<double>(distances[nearest[0]]);
  const double spread = static_cast<double>(distances[nearest.back()]) - floor;
  if (spread <= 0) return chances;
  double low = 0;
  double high = -1;
  double beta = 1 / spread;
  for (int round = 0; round < 60; ++round) {
    double sum = 0;
    double moment = 0;
    for (std::size_t j = 0; j < nearest.size(); ++j) {
      const double beyond = static_cast<double>(distances[nearest[j]]) - floor;
      chances[j] = std::exp(-beta * beyond);
      sum += chances[j];
      moment += chances[j] * beyond;
    }
    const double entropy = std::log(sum) + beta * moment / sum;
    for (double& chance : chances) chance /= sum;
    const double excess = entropy - std::log(perplexity);
    if (std::abs(excess) < 1e-5) break;
    (excess > 0 ? low : high) = beta;
    beta = high < 0 ? beta * 2 : (low + high) / 2;
  }
  return chances;
}

/// p_ij = (p(j|i) + p(i|j)) / 2n as lists of both sides.
Pulls Attraction(const Matrix& distances, const Ranks& ranks) {
  const std::size_t n = ranks.count();
  const double perplexity = std::min(kPerplexity, static_cast<double>(n - 1) / 3);
  std::vector<std::vector<Pull>> lists(n);
  for (std::size_t i = 0; i < n; ++i) {
    std::span<const std::uint32_t> nearest = ranks.nearest(i);
    nearest = nearest.first(std::min(nearest.size(), static_cast<std::size_t>(3 * perplexity)));
    const std::vector<double> chances = Chances(distances.row(i), nearest, perplexity);
    for (std::size_t j = 0; j < nearest.size(); ++j) {
      const auto half = static_cast<float>(chances[j] / (2 * static_cast<double>(n)));
      lists[i].push_back({nearest[j], half});
      lists[nearest[j]].push_back({static_cast<std::uint32_t>(i), half});
    }
  }
  Pulls all;
  all.first.push_back(0);
  for (const std::vector<Pull>& list : lists) {
    all.pulls.insert(all.pulls.end(), list.begin(), list.end());
    all.first.push_back(all.pulls.size());
  }
  return all;
}

/// The points, and how each moves. Padded to whole lanes with points too far away to push.
struct Plane {
  explicit Plane(std::size_t n)
      : count(n), x((n + kLanes - 1) / kLanes * kLanes, 1e15F), y(x), push_x(n), push_y(n) {}
  std::size_t count;
  std::vector<float> x, y;
  std::vector<float> push_x, push_y;
};

/// Sets push_x, push_y to sum_j w_ij^2 (y_i - y_j).
/// @return the sum of all w_ij, i != j.
double Repulsion(Plane& plane) {
  double total = 0;
  for (std::size_t i = 0; i < plane.count; ++i) {
    const float xi = plane.x[i];
    const float yi = plane.y[i];
    std::array<float, kLanes> weight{};
    std::array<float, kLanes> push_x{};
    std::array<float, kLanes> push_y{};
    for (std::size_t j = 0; j < plane.x.size(); j += kLanes) {
      for (std::size_t lane = 0; lane < kLanes; ++lane) {
        const float dx = xi - plane.x[j + lane];
        const float dy = yi - plane.y[j + lane];
        const float w = 1 / (1 + dx * dx + dy * dy);
        weight[lane] += w;
        push_x[lane] += w * w * dx;
        push_y[lane] += w * w * dy;
      }
    }
    float sum = 0;
    float sum_x = 0;
    float sum_y = 0;
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      sum += weight[lane];
      sum_x += push_x[lane];
      sum_y += push_y[lane];
    }
    plane.push_x[i] = sum_x;
    plane.push_y[i] = sum_y;
    total += static_cast<double>(sum) - 1;  // w_ii is 1.
  }
  return total;
}

/// One coordinate of gradient descent with momentum and a gain for each (Jacobs 1988).
struct Axis {
  explicit Axis(std::size_t n) : speed(n), gain(n, 1) {}
  void Move(std::size_t i, float gradient, float rate, float momentum, float* position) {
    gain[i] = (gradient > 0) == (speed[i] > 0) ? std::max(0.01F, gain[i] * 0.8F) : gain[i] + 0.2F;
    speed[i] = momentum * speed[i] - rate * gain[i] * gradient;
    *position += speed[i];
  }
  std::vector<float> speed, gain;
};

void Descend(const Pulls& pulls, Plane& plane) {
  const std::size_t n = plane.count;
  const float rate = std::max(50.0F, static_cast<float>(n) / kExaggeration / 4) * 4;
  Axis across(n);
  Axis down(n);
  for (int round = 0; round < kRounds; ++round) {
    const bool early = round < kEarlyRounds;
    const float exaggeration = early ? kExaggeration : 1;
    const float momentum = early ? 0.5F : 0.8F;
    const auto scale = static_cast<float>(1 / std::max(Repulsion(plane), 1e-30));
    std::vector<float> pull_x(n);
    std::vector<float> pull_y(n);
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t e = pulls.first[i]; e < pulls.first[i + 1]; ++e) {
        const Pull& pull = pulls.pulls[e];
        const float dx = plane.x[i] - plane.x[pull.other];
        const float dy = plane.y[i] - plane.y[pull.other];
        const float strength = pull.p / (1 + dx * dx + dy * dy);
        pull_x[i] += strength * dx;
        pull_y[i] += strength * dy;
      }
    }
    for (std::size_t i = 0; i < n; ++i) {
      across.Move(i, exaggeration * pull_x[i] - scale * plane.push_x[i], rate, momentum, &plane.x[i]);
      down.Move(i, exaggeration * pull_y[i] - scale * plane.push_y[i], rate, momentum, &plane.y[i]);
    }
  }
}

/// Makes a direction orthogonal to another of length 1, and gives it length 1 itself.
/// @return its length before.
double Straighten(std::vector<double>& direction, const std::vector<double>* other) {
  double along = 0;
  if (other != nullptr) {
    for (std::size_t j = 0; j < direction.size(); ++j) along += direction[j] * (*other)[j];
    for (std::size_t j = 0; j < direction.size(); ++j) direction[j] -= along * (*other)[j];
  }
  double square = 0;
  for (const double value : direction) square += value * value;
  const double length = std::sqrt(square);
  if (length > 0) {
    for (double& value : direction) value /= length;
  }
  return length;
}

/// (x_i - mean) . direction of all rows.
std::vector<double> Project(const Matrix& vectors, const std::vector<double>& mean,
                            const std::vector<double>& direction) {
  std::vector<double> projected(vectors.rows());
  for (std::size_t i = 0; i < vectors.rows(); ++i) {
    const std::span<const float> row = vectors.row(i);
    double sum = 0;
    for (std::size_t j = 0; j < row.size(); ++j)
      sum += (static_cast<double>(row[j]) - mean[j]) * direction[j];
    projected[i] = sum;
  }
  return projected;
}

/// The principal direction orthogonal to `other`, by power iteration; all zeros where nothing varies.
std::vector<double> Principal(const Matrix& vectors, const std::vector<double>& mean,
                              const std::vector<double>* other, std::mt19937_64& random) {
  std::vector<double> direction(vectors.columns());
  for (double& value : direction) value = Uniform(random) - 0.5;
  Straighten(direction, other);
  for (int round = 0; round < 30; ++round) {
    const std::vector<double> projected = Project(vectors, mean, direction);
    std::fill(direction.begin(), direction.end(), 0.0);
    for (std::size_t i = 0; i < vectors.rows(); ++i) {
      const std::span<const float> row = vectors.row(i);
      for (std::size_t j = 0; j < row.size(); ++j) {
        direction[j] += projected[i] * (static_cast<double>(row[j]) - mean[j]);
      }
    }
    if (Straighten(direction, other) < 1e-12) std::fill(direction.begin(), direction.end(), 0.0);
  }
  return direction;
}

}  // namespace

std::vector<Point> PrincipalPlane(const Matrix& vectors, std::uint64_t seed) {
  const std::size_t n = vectors.rows();
  std::vector<Point> points(n);
  if (n == 0) return points;
  std::mt19937_64 random(seed);
  std::vector<double> mean(vectors.columns());
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < mean.size(); ++j) {
      mean[j] += static_cast<double>(vectors.row(i)[j]) / static_cast<double>(n);
    }
  }
  const std::vector<double> first = Principal(vectors, mean, nullptr, random);
  const std::vector<double> second = Principal(vectors, mean, &first, random);
  const std::vector<double> x = Project(vectors, mean, first);
  const std::vector<double> y = Project(vectors, mean, second);
  double square = 0;
  for (const double value : x) square += value * value / static_cast<double>(n);
  const double scale = square > 0 ? 1 / std::sqrt(square) : 0;
  for (std::size_t i = 0; i < n; ++i) {
    points[i] = {x[i] * scale + 0.02 * (Uniform(random) - 0.5),
                 y[i] * scale + 0.02 * (Uniform(random) - 0.5)};
  }
  return points;
}

std::vector<Point> EmbedInPlane(const Matrix& vectors, const Matrix& distances, const Ranks& ranks,
                                std::uint64_t seed) {
  std::vector<Point> points = PrincipalPlane(vectors, seed);
  const std::size_t n = points.size();
  if (n < 4) return points;
  Plane plane(n);
  for (std::size_t i = 0; i < n; ++i) {
    plane.x[i] = static_cast<float>(points[i].x) * 1e-4F;
    plane.y[i] = static_cast<float>(points[i].y) * 1e-4F;
  }
  Descend(Attraction(distances, ranks), plane);
  for (std::size_t i = 0; i < n; ++i) {
    points[i] = {static_cast<double>(plane.x[i]), static_cast<double>(plane.y[i])};
  }
  return points;
}

}  // namespace vitrine::layout
