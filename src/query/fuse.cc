// Log-odds of independent evidence add up (naive Bayes), so the rank of a picture is the sum of what its
// cosine says (query/relevance.h) and what its words and colours say. Unlike a fusion of ranks (Cormack et
// al. 2009) a query whose words stand nowhere is ranked exactly as by meaning alone, and a name that only one
// picture has can lift it from anywhere.
//
// The best sums are found without scoring everything by the threshold algorithm of Fagin, Lotem and Naor
// (2001): take the best K by cosine and the best K by the rest. A row in neither has at most the K-th cosine
// and the K-th rest, so once `limit` sums reach what those two give together, none is missing; until then K
// grows fourfold.
#include "query/fuse.h"

#include <algorithm>

#include "base/try.h"
#include "index/top_k.h"

namespace vitrine {
namespace {

constexpr std::size_t kGrowth = 4;

// The best `count` allowed rows by extra evidence above 0, best first.
std::vector<Neighbour> BestExtra(const Evidence& evidence, std::size_t count) {
  TopK best(count);
  ForEachRow(*evidence.allowed, [&](RowId row) {
    if (row < evidence.extra.size() && evidence.extra[row] > 0) best.Offer({row, evidence.extra[row]});
  });
  std::vector<Neighbour> rows = best.Take();
  std::sort(rows.begin(), rows.end(), Better);
  return rows;
}

double ExtraOf(const Evidence& evidence, RowId row) {
  return row < evidence.extra.size() ? static_cast<double>(evidence.extra[row]) : 0;
}

Ranked Sum(const Evidence& evidence, const Neighbour& found) {
  return {.row = found.row,
          .cosine = found.score,
          .log_odds = HitLogOdds(evidence.model, static_cast<double>(found.score), evidence.shape) +
                      ExtraOf(evidence, found.row),
          .way = 0};
}

// Cosines of rows that other evidence speaks for and that are not among the nearest.
Result<std::vector<Neighbour>> ScoreOthers(const VectorIndex& index, const Evidence& evidence,
                                           const std::vector<Neighbour>& rows) {
  RowSet others(evidence.allowed->size());
  for (const Neighbour& row : rows) others.Insert(row.row);
  for (const Neighbour& near : evidence.nearest) {
    if (near.row < others.size()) others.Erase(near.row);
  }
  const std::size_t count = others.Count();
  if (count == 0) return std::vector<Neighbour>();
  VITRINE_TRY_ASSIGN(auto scored, index.Search(evidence.query, count, &others));
  return std::move(scored.front());
}

}  // namespace

bool RanksBefore(const Ranked& a, const Ranked& b) {
  return a.log_odds != b.log_odds ? a.log_odds > b.log_odds : a.row < b.row;
}

Result<std::vector<Ranked>> Fuse(const VectorIndex& index, Evidence evidence, std::size_t limit) {
  std::size_t depth = std::max(limit, evidence.nearest.size());
  while (true) {
    if (evidence.nearest.size() < std::min(depth, evidence.allowed_count)) {
      VITRINE_TRY_ASSIGN(auto nearest, index.Search(evidence.query, depth, evidence.allowed));
      evidence.nearest = std::move(nearest.front());
    }
    const std::vector<Neighbour> extra =
        evidence.extra.empty() ? std::vector<Neighbour>() : BestExtra(evidence, depth);
    VITRINE_TRY_ASSIGN(const std::vector<Neighbour> others, ScoreOthers(index, evidence, extra));
    std::vector<Ranked> ranked;
    ranked.reserve(evidence.nearest.size() + others.size());
    for (const Neighbour& near : evidence.nearest) ranked.push_back(Sum(evidence, near));
    for (const Neighbour& other : others) ranked.push_back(Sum(evidence, other));
    std::sort(ranked.begin(), ranked.end(), RanksBefore);

    const bool all_near = evidence.nearest.size() < depth || depth >= evidence.allowed_count;
    const double best_left = all_near ? 0 : static_cast<double>(evidence.nearest.back().score);
    const double extra_left = extra.size() < depth ? 0 : static_cast<double>(extra.back().score);
    const bool complete =
        all_near || extra.empty() ||
        (ranked.size() >= limit &&
         ranked[limit - 1].log_odds > HitLogOdds(evidence.model, best_left, evidence.shape) + extra_left);
    if (complete) {
      ranked.resize(std::min(limit, ranked.size()));
      return ranked;
    }
    depth *= kGrowth;
  }
}

}  // namespace vitrine
