#include <algorithm>
#include <vector>

#include "boards/layout/arrange.h"
#include "boards/layout/exchange.h"
#include "boards/layout/space.h"

namespace vitrine::layout {

double Trustworthiness(const Matrix& vectors, std::span<const Place> places, std::size_t k) {
  const std::size_t n = places.size();
  k = std::min(k, n == 0 ? 0 : (n - 1) / 2);
  if (k == 0) return 1;
  const std::vector<std::uint32_t> nearest = NearestPlaces(places, k);
  std::vector<float> distances(n);
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) distances[j] = SquaredDistance(vectors.row(i), vectors.row(j));
    for (std::size_t neighbour = 0; neighbour < k; ++neighbour) {
      const float limit = distances[nearest[i * k + neighbour]];
      std::size_t rank = 1;
      for (std::size_t j = 0; j < n; ++j) {
        if (j != i && distances[j] < limit) ++rank;
      }
      if (rank > k) sum += static_cast<double>(rank - k);
    }
  }
  return TrustOf(sum, n, k);
}

}  // namespace vitrine::layout
