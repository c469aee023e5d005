#include "model/fidelity.h"

#include <Eigen/Dense>
#include <algorithm>
#include <numeric>
#include <vector>

namespace vitrine {
namespace {

using Rows = Eigen::Map<const Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>;
using Scores = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

constexpr Eigen::Index kAtOnce = 256;  // Queries scored together.

Rows Mapped(const Matrix& matrix) {
  return {matrix.values().data(), static_cast<Eigen::Index>(matrix.rows()),
          static_cast<Eigen::Index>(matrix.columns())};
}

// The best ranks of a row of scores, but for `self`, in ascending order of column.
std::vector<Eigen::Index> BestOf(const float* scores, Eigen::Index count, Eigen::Index self) {
  std::vector<Eigen::Index> order;
  for (Eigen::Index i = 0; i < count; ++i) {
    if (i != self) order.push_back(i);
  }
  const auto ranks = std::min<std::ptrdiff_t>(kOverlapRanks, static_cast<std::ptrdiff_t>(order.size()));
  std::partial_sort(order.begin(), order.begin() + ranks, order.end(), [&](Eigen::Index x, Eigen::Index y) {
    return scores[x] != scores[y] ? scores[x] > scores[y] : x < y;
  });
  order.resize(static_cast<std::size_t>(ranks));
  std::ranges::sort(order);
  return order;
}

double MeanOverlap(const Rows& a, const Rows& b) {
  std::size_t shared = 0;
  std::size_t all = 0;
  for (Eigen::Index first = 0; first < a.rows(); first += kAtOnce) {
    const Eigen::Index count = std::min(kAtOnce, a.rows() - first);
    const Scores by_a = a.middleRows(first, count) * a.transpose();
    const Scores by_b = b.middleRows(first, count) * b.transpose();
    for (Eigen::Index i = 0; i < count; ++i) {
      const auto near_a = BestOf(by_a.row(i).data(), a.rows(), first + i);
      const auto near_b = BestOf(by_b.row(i).data(), b.rows(), first + i);
      std::vector<Eigen::Index> both;
      std::ranges::set_intersection(near_a, near_b, std::back_inserter(both));
      shared += both.size();
      all += near_a.size();
    }
  }
  return all == 0 ? 1 : static_cast<double>(shared) / static_cast<double>(all);
}

}  // namespace

Fidelity Compare(const Matrix& a, const Matrix& b) {
  const Rows rows_a = Mapped(a);
  const Rows rows_b = Mapped(b);
  const Eigen::VectorXf products = rows_a.cwiseProduct(rows_b).rowwise().sum();
  std::vector<float> cosines(products.begin(), products.end());
  Fidelity fidelity;
  if (cosines.empty()) return fidelity;
  fidelity.cosine_mean =
      std::accumulate(cosines.begin(), cosines.end(), 0.0) / static_cast<double>(cosines.size());
  const auto low = cosines.begin() + static_cast<std::ptrdiff_t>(cosines.size() / 100);
  std::ranges::nth_element(cosines, low);
  fidelity.cosine_p1 = static_cast<double>(*low);
  fidelity.overlap = MeanOverlap(rows_a, rows_b);
  return fidelity;
}

double FirstAmongTen(const Matrix& queries, const Matrix& a, const Matrix& b) {
  const Scores by_a = Mapped(queries) * Mapped(a).transpose();
  const Scores by_b = Mapped(queries) * Mapped(b).transpose();
  std::size_t found = 0;
  for (Eigen::Index q = 0; q < by_a.rows(); ++q) {
    Eigen::Index first = 0;
    by_a.row(q).maxCoeff(&first);
    const auto ten = BestOf(by_b.row(q).data(), by_b.cols(), -1);
    if (std::ranges::binary_search(ten, first)) ++found;
  }
  return static_cast<double>(found) / static_cast<double>(std::max<std::size_t>(queries.rows(), 1));
}

}  // namespace vitrine
