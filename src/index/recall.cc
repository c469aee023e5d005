#include "index/recall.h"

#include <algorithm>
#include <memory>
#include <vector>

#include "index/exact_scan.h"

namespace vitrine {

double MeasureRecall(const VectorIndex& index, const RowTable& table, const RowSet* live,
                     std::span<const float> queries, std::size_t k) {
  if (queries.empty() || k == 0) return 1;
  // The table outlives this call, so the scan may borrow it.
  const std::shared_ptr<const RowTable> borrowed(std::shared_ptr<const void>(), &table);
  const auto truth = ExactScan(borrowed).Search(queries, k, live);
  const auto found = index.Search(queries, k, live);
  if (!truth || !found) return 0;
  std::size_t wanted = 0;
  std::size_t hits = 0;
  for (std::size_t q = 0; q < truth->size(); ++q) {
    const std::vector<Neighbour>& best = (*truth)[q];
    if (best.empty()) continue;
    const float least = best.back().score;
    const auto good = std::count_if((*found)[q].begin(), (*found)[q].end(),
                                    [&](const Neighbour& hit) { return hit.score >= least; });
    wanted += best.size();
    hits += std::min(best.size(), static_cast<std::size_t>(good));
  }
  return wanted == 0 ? 1 : static_cast<double>(hits) / static_cast<double>(wanted);
}

}  // namespace vitrine
