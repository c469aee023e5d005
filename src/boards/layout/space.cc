#include "boards/layout/space.h"

#include <algorithm>
#include <array>
#include <numeric>

namespace vitrine::layout {
namespace {

constexpr std::size_t kLanes = 16;
constexpr std::size_t kListed = 90;  // Three times the largest perplexity of tsne.cc.

}  // namespace

float SquaredDistance(std::span<const float> a, std::span<const float> b) {
  std::array<float, kLanes> sums{};
  const std::size_t whole = a.size() / kLanes * kLanes;
  for (std::size_t i = 0; i < whole; i += kLanes) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      const float difference = a[i + lane] - b[i + lane];
      sums[lane] += difference * difference;
    }
  }
  float sum = 0;
  for (std::size_t i = whole; i < a.size(); ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return std::accumulate(sums.begin(), sums.end(), sum);
}

Matrix AllDistances(const Matrix& vectors) {
  const std::size_t n = vectors.rows();
  Matrix distances(n, n);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const float distance = SquaredDistance(vectors.row(i), vectors.row(j));
      distances.row(i)[j] = distance;
      distances.row(j)[i] = distance;
    }
  }
  return distances;
}

Ranks::Ranks(const Matrix& distances)
    : count_(distances.rows()),
      kept_(count_ == 0 ? 0 : std::min(kListed, count_ - 1)),
      ranks_(count_ * count_),
      nearest_(count_ * kept_) {
  std::vector<std::pair<float, std::uint32_t>> order(count_);
  for (std::size_t i = 0; i < count_; ++i) {
    for (std::size_t j = 0; j < count_; ++j) {
      order[j] = {j == i ? -1.0F : distances.row(i)[j], static_cast<std::uint32_t>(j)};
    }
    std::sort(order.begin(), order.end());
    std::size_t rank = 0;
    for (std::size_t place = 0; place < count_; ++place) {
      if (place > 0 && order[place].first > order[place - 1].first) rank = place;
      ranks_[i * count_ + order[place].second] =
          static_cast<std::uint16_t>(std::min<std::size_t>(rank, 65535));
      if (place > 0 && place <= kept_) nearest_[i * kept_ + place - 1] = order[place].second;
    }
  }
}

std::size_t MostCentral(const Matrix& vectors, std::span<const std::size_t> members) {
  std::vector<double> sum(vectors.columns());
  for (const std::size_t member : members) {
    for (std::size_t j = 0; j < sum.size(); ++j) sum[j] += static_cast<double>(vectors.row(member)[j]);
  }
  std::vector<float> mean(sum.size());
  for (std::size_t j = 0; j < sum.size(); ++j) {
    mean[j] = static_cast<float>(sum[j] / static_cast<double>(members.size()));
  }
  return *std::min_element(members.begin(), members.end(), [&](std::size_t a, std::size_t b) {
    return SquaredDistance(vectors.row(a), mean) < SquaredDistance(vectors.row(b), mean);
  });
}

}  // namespace vitrine::layout
