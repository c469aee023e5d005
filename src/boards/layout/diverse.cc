// One of each kind, by the farthest-first traversal: no choice of as many pictures can cover the whole with
// half its radius (Gonzalez 1985).
#include <algorithm>
#include <limits>
#include <numeric>

#include "boards/layout/arrange.h"
#include "boards/layout/space.h"

namespace vitrine::layout {

std::vector<std::size_t> FarthestFirst(const Matrix& vectors, std::size_t n) {
  const std::size_t rows = vectors.rows();
  n = std::min(n, rows);
  if (n == 0) return {};
  std::vector<std::size_t> all(rows);
  std::iota(all.begin(), all.end(), std::size_t{0});
  std::vector<float> distance(
      rows, std::numeric_limits<float>::infinity());  // To the nearest choice; -1 if chosen.
  std::vector<std::size_t> kind(rows);
  std::size_t next = MostCentral(vectors, all);
  for (std::size_t choice = 0; choice < n; ++choice) {
    distance[next] = -1;
    kind[next] = choice;
    for (std::size_t i = 0; i < rows; ++i) {
      const float to_choice = SquaredDistance(vectors.row(i), vectors.row(next));
      if (to_choice >= distance[i]) continue;
      distance[i] = to_choice;
      kind[i] = choice;
    }
    next = static_cast<std::size_t>(std::max_element(distance.begin(), distance.end()) - distance.begin());
  }
  std::vector<std::vector<std::size_t>> members(n);
  for (const std::size_t i : all) members[kind[i]].push_back(i);
  std::vector<std::size_t> typical;
  for (const auto& of_kind : members) typical.push_back(MostCentral(vectors, of_kind));
  return typical;
}

}  // namespace vitrine::layout
