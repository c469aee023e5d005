#include "boards/layout/kinds.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>

#include "boards/layout/space.h"

namespace vitrine::layout {
namespace {

constexpr std::size_t kMostKinds = 12;
constexpr std::size_t kSample = 600;
constexpr double kNoStructure =
    0.25;  // Kaufman and Rousseeuw 1990: below, no substantial structure was found.
constexpr double kNearlyAsGood = 0.7;
constexpr int kStarts = 4;
constexpr int kRounds = 40;

/// One solution of k-means.
struct Solution {
  Matrix means;
  std::vector<std::size_t> kind;  ///< Of each row.
  std::vector<float> distance;    ///< Squared, to the row's mean.
  double loss = 0;                ///< Sum of the distances.
};

void Assign(const Matrix& vectors, Solution& solution) {
  solution.loss = 0;
  for (std::size_t i = 0; i < vectors.rows(); ++i) {
    solution.distance[i] = std::numeric_limits<float>::infinity();
    for (std::size_t c = 0; c < solution.means.rows(); ++c) {
      const float distance = SquaredDistance(vectors.row(i), solution.means.row(c));
      if (distance >= solution.distance[i]) continue;
      solution.distance[i] = distance;
      solution.kind[i] = c;
    }
    solution.loss += static_cast<double>(solution.distance[i]);
  }
}

/// k-means++: each start is drawn with a chance that grows with the squared distance to those drawn before.
/// Stops early where every row equals a start.
Solution Start(const Matrix& vectors, std::size_t k, std::mt19937_64& random) {
  const std::size_t n = vectors.rows();
  std::vector<float> nearest(n, std::numeric_limits<float>::infinity());
  std::vector<std::size_t> starts = {
      std::min(n - 1, static_cast<std::size_t>(Uniform(random) * static_cast<double>(n)))};
  while (true) {
    double sum = 0;
    for (std::size_t i = 0; i < n; ++i) {
      nearest[i] = std::min(nearest[i], SquaredDistance(vectors.row(i), vectors.row(starts.back())));
      sum += static_cast<double>(nearest[i]);
    }
    if (starts.size() == k || sum <= 0) break;
    double left = Uniform(random) * sum;
    std::size_t drawn = n;
    for (std::size_t i = 0; i < n && left >= 0; ++i) {
      if (nearest[i] <= 0) continue;
      drawn = i;
      left -= static_cast<double>(nearest[i]);
    }
    starts.push_back(drawn);
  }
  Solution solution{Matrix(starts.size(), vectors.columns()), std::vector<std::size_t>(n),
                    std::vector<float>(n)};
  for (std::size_t c = 0; c < starts.size(); ++c) {
    std::copy_n(vectors.row(starts[c]).begin(), vectors.columns(), solution.means.row(c).begin());
  }
  Assign(vectors, solution);
  return solution;
}

void TakeMeans(const Matrix& vectors, Solution& solution) {
  const std::size_t columns = vectors.columns();
  std::vector<double> sums(solution.means.rows() * columns);
  std::vector<std::size_t> counts(solution.means.rows());
  for (std::size_t i = 0; i < vectors.rows(); ++i) {
    ++counts[solution.kind[i]];
    for (std::size_t j = 0; j < columns; ++j) {
      sums[solution.kind[i] * columns + j] += static_cast<double>(vectors.row(i)[j]);
    }
  }
  for (std::size_t c = 0; c < counts.size(); ++c) {
    if (counts[c] == 0) {  // Lost all its rows: begins again at the row that is farthest from its mean.
      const auto worst = std::max_element(solution.distance.begin(), solution.distance.end());
      const auto row = static_cast<std::size_t>(worst - solution.distance.begin());
      std::copy_n(vectors.row(row).begin(), columns, solution.means.row(c).begin());
      *worst = 0;
      continue;
    }
    for (std::size_t j = 0; j < columns; ++j) {
      solution.means.row(c)[j] = static_cast<float>(sums[c * columns + j] / static_cast<double>(counts[c]));
    }
  }
}

}  // namespace

std::vector<std::vector<std::size_t>> SplitIntoKinds(const Matrix& vectors, std::size_t k,
                                                     std::uint64_t seed) {
  std::mt19937_64 random(seed);
  Solution best;
  for (int start = 0; start < kStarts; ++start) {
    Solution solution = Start(vectors, std::min(k, vectors.rows()), random);
    for (int round = 0; round < kRounds; ++round) {
      const double before = solution.loss;
      TakeMeans(vectors, solution);
      Assign(vectors, solution);
      if (solution.loss >= before) break;
    }
    if (start == 0 || solution.loss < best.loss) best = std::move(solution);
  }
  std::vector<std::vector<std::size_t>> kinds(best.means.rows());
  for (std::size_t i = 0; i < vectors.rows(); ++i) kinds[best.kind[i]].push_back(i);
  std::erase_if(kinds, [](const auto& kind) { return kind.empty(); });
  return kinds;
}

double MeanSilhouette(const Matrix& distances, const std::vector<std::vector<std::size_t>>& kinds) {
  double sum = 0;
  for (std::size_t own = 0; own < kinds.size(); ++own) {
    if (kinds[own].size() < 2) continue;  // A row alone counts 0, as Rousseeuw has it.
    for (const std::size_t i : kinds[own]) {
      double within = 0;
      double beyond = std::numeric_limits<double>::infinity();
      for (std::size_t other = 0; other < kinds.size(); ++other) {
        double mean = 0;
        for (const std::size_t j : kinds[other]) mean += std::sqrt(static_cast<double>(distances.row(i)[j]));
        if (other == own) {
          within = mean / static_cast<double>(kinds[own].size() - 1);
        } else {
          beyond = std::min(beyond, mean / static_cast<double>(kinds[other].size()));
        }
      }
      const double larger = std::max(within, beyond);
      if (larger > 0) sum += (beyond - within) / larger;
    }
  }
  return sum / static_cast<double>(distances.rows());
}

std::size_t ChooseKinds(const Matrix& vectors, std::uint64_t seed) {
  if (vectors.rows() < 4) return 1;
  std::vector<std::size_t> drawn(vectors.rows());
  std::iota(drawn.begin(), drawn.end(), std::size_t{0});
  std::mt19937_64 random(seed);
  const std::size_t count = std::min(kSample, drawn.size());
  for (std::size_t i = 0; i < count; ++i) {
    const auto step = static_cast<std::size_t>(Uniform(random) * static_cast<double>(drawn.size() - i));
    std::swap(drawn[i], drawn[std::min(drawn.size() - 1, i + step)]);
  }
  Matrix sample(count, vectors.columns());
  for (std::size_t i = 0; i < count; ++i) {
    std::copy_n(vectors.row(drawn[i]).begin(), vectors.columns(), sample.row(i).begin());
  }
  const Matrix distances = AllDistances(sample);
  std::vector<double> silhouettes;  // Of 2 kinds, 3, ...
  for (std::size_t k = 2; k <= std::min(kMostKinds, count - 1); ++k) {
    const auto kinds = SplitIntoKinds(sample, k, seed);
    if (kinds.size() < k) break;
    silhouettes.push_back(MeanSilhouette(distances, kinds));
  }
  if (silhouettes.empty()) return 1;
  const auto highest = std::max_element(silhouettes.begin(), silhouettes.end());
  if (*highest >= kNoStructure) return static_cast<std::size_t>(highest - silhouettes.begin()) + 2;
  std::size_t finest = silhouettes.size() - 1;
  while (silhouettes[finest] < kNearlyAsGood * *highest) --finest;
  return finest + 2;
}

}  // namespace vitrine::layout
