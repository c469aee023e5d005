// Less of the same: picking hits that differ, and gathering those that do not under one.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "catalog/fact_table.h"
#include "index/vector_index.h"
#include "query/fuse.h"

namespace vitrine {

/// Picks `limit` hits by maximal marginal relevance, by position: each next one is the best balance of being
/// relevant and being unlike those before it. `vectors` holds the unit vector of each hit, in order. Ties by
/// rank. Cost: limit times hits dot products.
std::vector<std::size_t> Diversify(std::span<const Ranked> ranked,
                                   std::span<const std::vector<float>> vectors, std::size_t limit);

/// A hit and those that stand under it, all by position in the ranked list.
struct HitGroup {
  std::size_t first = 0;
  std::vector<std::size_t> others;
};

/// Gathers near-duplicates and bursts: a hit joins the earliest group whose first hit is the same picture but
/// for an edit (perceptual hash and vector agree, or the vectors nearly coincide) or was taken within half a
/// minute and looks alike. At most `limit` groups.
std::vector<HitGroup> GroupSimilar(std::span<const Ranked> ranked,
                                   std::span<const std::vector<float>> vectors, const FactTable& facts,
                                   std::size_t limit);

/// Gathers the hits of each day, by the local date of the exposure; those without a date stand alone. At most
/// `limit` groups.
std::vector<HitGroup> GroupByDay(std::span<const Ranked> ranked, const FactTable& facts, std::size_t limit);

}  // namespace vitrine
