#include "query/diversify.h"
#include "query/log_odds.h"
#include "query/vector_math.h"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <map>

namespace vitrine {
namespace {

// Carbonell and Goldstein (1998): 1 is relevance alone, 0 unlikeness alone.
constexpr double kRelevanceShare = 0.6;

// One picture twice: turned, resized or recompressed copies lie above the first cosine (docs/models.md); of a
// frame or a filter over it the hash still agrees.
constexpr double kSameCosine = 0.97;
constexpr double kEditedCosine = 0.85;
constexpr int kEditedBits = 8;
// A burst: the same scene a moment later.
constexpr double kBurstCosine = 0.85;
constexpr std::int64_t kBurstSeconds = 30;

constexpr std::int64_t kSecondsADay = 86'400;

std::int64_t TakenAt(const FactTable& facts, RowId row) {
  return row < facts.taken_at_s.size() ? facts.taken_at_s[row] : FactTable::kNoTime;
}

std::uint64_t HashOf(const FactTable& facts, RowId row) {
  return row < facts.hashes.size() ? facts.hashes[row] : 0;
}

bool Alike(const FactTable& facts, RowId a, RowId b, double cosine) {
  if (cosine >= kSameCosine) return true;
  const std::uint64_t hash_a = HashOf(facts, a);
  const std::uint64_t hash_b = HashOf(facts, b);
  if (hash_a != 0 && hash_b != 0 && std::popcount(hash_a ^ hash_b) <= kEditedBits && cosine >= kEditedCosine)
    return true;
  const std::int64_t time_a = TakenAt(facts, a);
  const std::int64_t time_b = TakenAt(facts, b);
  return cosine >= kBurstCosine && time_a != FactTable::kNoTime && time_b != FactTable::kNoTime &&
         std::llabs(time_a - time_b) <= kBurstSeconds;
}

}  // namespace

std::vector<std::size_t> Diversify(std::span<const Ranked> ranked,
                                   std::span<const std::vector<float>> vectors, std::size_t limit) {
  std::vector<std::size_t> chosen;
  std::vector<double> nearest(ranked.size(), 0);  // To any chosen one.
  std::vector<bool> taken(ranked.size(), false);
  while (chosen.size() < std::min(limit, ranked.size())) {
    std::size_t best = ranked.size();
    double best_worth = 0;
    for (std::size_t i = 0; i < ranked.size(); ++i) {
      if (taken[i]) continue;
      const double worth =
          kRelevanceShare * ProbabilityOf(ranked[i].log_odds) - (1 - kRelevanceShare) * nearest[i];
      if (best == ranked.size() || worth > best_worth) {
        best = i;
        best_worth = worth;
      }
    }
    taken[best] = true;
    chosen.push_back(best);
    for (std::size_t i = 0; i < ranked.size(); ++i) {
      if (!taken[i]) nearest[i] = std::max(nearest[i], Dot(vectors[i], vectors[best]));
    }
  }
  return chosen;
}

std::vector<HitGroup> GroupSimilar(std::span<const Ranked> ranked,
                                   std::span<const std::vector<float>> vectors, const FactTable& facts,
                                   std::size_t limit) {
  std::vector<HitGroup> groups;
  for (std::size_t i = 0; i < ranked.size(); ++i) {
    const auto home = std::find_if(groups.begin(), groups.end(), [&](const HitGroup& group) {
      return Alike(facts, ranked[group.first].row, ranked[i].row, Dot(vectors[group.first], vectors[i]));
    });
    if (home != groups.end()) {
      home->others.push_back(i);
    } else if (groups.size() < limit) {
      groups.push_back({.first = i, .others = {}});
    }
  }
  return groups;
}

std::vector<HitGroup> GroupByDay(std::span<const Ranked> ranked, const FactTable& facts, std::size_t limit) {
  std::vector<HitGroup> groups;
  std::map<std::int64_t, std::size_t> group_of_day;
  for (std::size_t i = 0; i < ranked.size(); ++i) {
    const std::int64_t taken_at = TakenAt(facts, ranked[i].row);
    const bool dated = taken_at != FactTable::kNoTime;
    const std::int64_t day = dated ? (taken_at - (taken_at < 0 ? kSecondsADay - 1 : 0)) / kSecondsADay : 0;
    const auto home = dated ? group_of_day.find(day) : group_of_day.end();
    if (home != group_of_day.end()) {
      groups[home->second].others.push_back(i);
    } else if (groups.size() < limit) {
      if (dated) group_of_day[day] = groups.size();
      groups.push_back({.first = i, .others = {}});
    }
  }
  return groups;
}

}  // namespace vitrine
