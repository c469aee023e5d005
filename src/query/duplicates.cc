// Problem: among n pictures, name the pairs worth comparing pixel by pixel, without looking at n^2 pairs.
//
// Hashes. Copies that were re-encoded or resized differ in a few of 64 bits. Cut a hash into 4 bands of 16
// bits: if two hashes differ in at most r bits, they differ in at most r / 4 (rounded down) in some band
// (pigeonhole), so it is enough to look into the buckets within that distance in each band (multi-index
// hashing: Norouzi, Punjani and Fleet, "Fast Search in Hamming Space with Multi-Index Hashing", CVPR 2012). A
// pair is reported by the first band that can see it, so none is seen twice. Mirrored and turned copies: the
// bits are signs of a cosine transform, of which mirroring changes the sign of every odd component along an
// axis, and turning swaps the axes; so the hash of each of the eight ways to lay a picture follows from its
// own, and is looked up like any other.
//
// Vectors. Crops and heavy edits move the hash anywhere, but not what the picture shows: its nearest
// neighbours among the vectors. Most of those are other pictures of like things; that is for the pixels to
// say.
#include "query/duplicates.h"

#include <algorithm>
#include <bit>
#include <tuple>
#include <utility>

#include "base/try.h"

namespace vitrine {
namespace {

constexpr std::size_t kBandBits = 16;
constexpr std::size_t kMaxPairsByHash = 24;
constexpr std::size_t kTwinsPaired = 3;  // Of rows with the same hash: each with so many after it.
constexpr std::uint64_t kNoDetail = 1;   // The hash of an even colour: says nothing.
constexpr std::size_t kQueriesAtOnce = 64;
constexpr int kSureRadius = 3;

std::uint64_t Transposed(std::uint64_t bits) {
  std::uint64_t out = 0;
  for (int v = 0; v < 8; ++v) {
    for (int u = 0; u < 8; ++u) out |= (bits >> (8 * v + u) & 1) << (8 * u + v);
  }
  return out;
}

constexpr std::uint64_t kOddAcross = 0xAAAAAAAAAAAAAAAA;

// Left to right: components with an odd number of half waves across change their sign.
std::uint64_t MirroredHash(std::uint64_t hash) { return hash ^ kOddAcross; }

// A quarter clockwise: the axes change places, and then left and right.
std::uint64_t QuarterTurned(std::uint64_t hash) { return Transposed(hash) ^ kOddAcross; }

std::size_t BucketOf(std::uint64_t hash, std::size_t band) { return hash >> (kBandBits * band) & 0xFFFF; }

// All patterns of 16 bits with at most two set, fewest first.
const std::vector<std::uint16_t>& Flips() {
  static const std::vector<std::uint16_t> flips = [] {
    std::vector<std::uint16_t> patterns = {0};
    for (unsigned i = 0; i < kBandBits; ++i) patterns.push_back(static_cast<std::uint16_t>(1u << i));
    for (unsigned i = 0; i < kBandBits; ++i) {
      for (unsigned j = 0; j < i; ++j) patterns.push_back(static_cast<std::uint16_t>(1u << i | 1u << j));
    }
    return patterns;
  }();
  return flips;
}

// Rows that have one and the same hash, by hash: rows in order.
struct HashGroups {
  std::vector<std::uint64_t>
      first_hashes;  // By row: the hash where the row is the first of its group, else 0.
  std::vector<std::vector<RowId>> groups;  // Those of more than one row.
};

HashGroups GroupByHash(std::span<const std::uint64_t> hashes, const RowSet& live) {
  std::vector<std::pair<std::uint64_t, RowId>> sorted;
  for (RowId row = 0; row < hashes.size(); ++row) {
    if (hashes[row] > kNoDetail && live.Contains(row)) sorted.emplace_back(hashes[row], row);
  }
  std::sort(sorted.begin(), sorted.end());
  HashGroups result{std::vector<std::uint64_t>(hashes.size()), {}};
  for (std::size_t i = 0; i < sorted.size();) {
    std::size_t end = i + 1;
    while (end < sorted.size() && sorted[end].first == sorted[i].first) ++end;
    result.first_hashes[sorted[i].second] = sorted[i].first;
    if (end - i > 1) {
      std::vector<RowId>& group = result.groups.emplace_back();
      for (std::size_t j = i; j < end; ++j) group.push_back(sorted[j].second);
    }
    i = end;
  }
  return result;
}

ProposedPair PairOf(RowId x, RowId y) { return {.a = std::min(x, y), .b = std::max(x, y)}; }

// How b has to be laid to look like a, when a has to be laid by `turn` to look like b.
std::uint8_t InverseTurn(std::uint8_t turn) {
  return turn < 4 ? static_cast<std::uint8_t>((4 - turn) % 4) : turn;  // A mirror is its own inverse.
}

void ProposeAround(RowId row, std::uint64_t hash, const HashIndex& index, const ProposalOptions& options,
                   std::vector<ProposedPair>& pairs) {
  const std::array<std::uint64_t, 8> laid = TurnedHashes(hash);
  std::vector<ProposedPair> found;
  for (std::uint8_t turn = 0; turn < laid.size(); ++turn) {
    for (const HashNeighbour& near :
         index.Near(laid[turn], turn == 0 ? options.radius : options.turned_radius)) {
      if (near.row <= row) continue;  // Seen from there.
      ProposedPair pair = PairOf(row, near.row);
      pair.distance = near.distance;
      pair.turn = InverseTurn(turn);  // The row, laid by `turn`, looks like its neighbour.
      found.push_back(pair);
    }
  }
  if (found.size() > kMaxPairsByHash) {
    std::nth_element(found.begin(), found.begin() + kMaxPairsByHash, found.end(),
                     [](const auto& x, const auto& y) {
                       return std::tie(x.distance, x.b, x.turn) < std::tie(y.distance, y.b, y.turn);
                     });
    found.resize(kMaxPairsByHash);
  }
  pairs.insert(pairs.end(), found.begin(), found.end());
}

bool ProposeByHash(std::span<const std::uint64_t> hashes, const RowSet& live, const ProposalOptions& options,
                   const ProposalProgress& progress, std::vector<ProposedPair>& pairs) {
  const HashGroups groups = GroupByHash(hashes, live);
  for (const std::vector<RowId>& group : groups.groups) {
    for (std::size_t i = 0; i < group.size(); ++i) {
      for (std::size_t j = i + 1; j < std::min(group.size(), i + 1 + kTwinsPaired); ++j) {
        pairs.push_back(PairOf(group[i], group[j]));
        pairs.back().distance = 0;
      }
    }
  }
  const HashIndex index(groups.first_hashes);
  for (RowId row = 0; row < hashes.size(); ++row) {
    if (groups.first_hashes[row] != 0) ProposeAround(row, groups.first_hashes[row], index, options, pairs);
    if (row % 4096 == 0 && !progress(row, hashes.size())) return false;
  }
  return true;
}

Status ProposeByVector(const VectorIndex& index, const RowSet& live, const ProposalOptions& options,
                       const ProposalProgress& progress, std::vector<ProposedPair>& pairs) {
  std::vector<RowId> asked;
  std::vector<float> queries;
  const auto ask = [&]() -> Status {
    if (asked.empty()) return {};
    VITRINE_TRY_ASSIGN(const auto found, index.Search(queries, options.nearest + 1, &live));
    for (std::size_t i = 0; i < asked.size(); ++i) {
      for (const Neighbour& near : found[i]) {
        if (near.row == asked[i] || near.score < options.least_cosine) continue;
        pairs.push_back(PairOf(asked[i], near.row));
        pairs.back().cosine = near.score;
      }
    }
    asked.clear();
    queries.clear();
    return {};
  };
  for (RowId row = 0; row < index.row_count(); ++row) {
    if (!live.Contains(row)) continue;
    const std::vector<float> vector = index.Vector(row);
    if (std::all_of(vector.begin(), vector.end(), [](float x) { return x == 0; })) continue;
    asked.push_back(row);
    queries.insert(queries.end(), vector.begin(), vector.end());
    if (asked.size() < kQueriesAtOnce) continue;
    VITRINE_TRY(ask());
    if (!progress(row, index.row_count())) return {};
  }
  return ask();
}

// One for each two rows: the nearest hash, the way to lay it, and the best cosine.
void Unite(std::vector<ProposedPair>& pairs) {
  std::sort(pairs.begin(), pairs.end(), [](const ProposedPair& x, const ProposedPair& y) {
    return std::tie(x.a, x.b, x.distance, x.turn) < std::tie(y.a, y.b, y.distance, y.turn);
  });
  std::size_t kept = 0;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    if (kept > 0 && pairs[kept - 1].a == pairs[i].a && pairs[kept - 1].b == pairs[i].b) {
      pairs[kept - 1].cosine = std::max(pairs[kept - 1].cosine, pairs[i].cosine);
    } else {
      pairs[kept++] = pairs[i];
    }
  }
  pairs.resize(kept);
}

}  // namespace

std::array<std::uint64_t, 8> TurnedHashes(std::uint64_t hash) {
  std::array<std::uint64_t, 8> turned{};
  turned[0] = hash;
  turned[4] = MirroredHash(hash);
  for (const std::size_t first : {0u, 4u}) {
    for (std::size_t i = first + 1; i < first + 4; ++i) turned[i] = QuarterTurned(turned[i - 1]);
  }
  return turned;
}

int HashDistance(std::uint64_t a, std::uint64_t b) { return std::popcount(a ^ b); }

HashIndex::HashIndex(std::span<const std::uint64_t> hashes) {
  for (std::size_t b = 0; b < kBands; ++b) {
    Band& band = bands_[b];
    band.starts.assign(kBuckets + 1, 0);
    for (const std::uint64_t hash : hashes) {
      if (hash != 0) ++band.starts[BucketOf(hash, b) + 1];
    }
    for (std::size_t i = 1; i <= kBuckets; ++i) band.starts[i] += band.starts[i - 1];
    band.entries.resize(band.starts.back());
    std::vector<std::uint32_t> next(band.starts.begin(), band.starts.end() - 1);
    for (RowId row = 0; row < hashes.size(); ++row) {
      if (hashes[row] != 0) band.entries[next[BucketOf(hashes[row], b)]++] = {hashes[row], row};
    }
  }
}

std::vector<HashNeighbour> HashIndex::Near(std::uint64_t hash, int radius) const {
  const int reach = radius / static_cast<int>(kBands);
  std::vector<HashNeighbour> found;
  for (std::size_t b = 0; b < kBands; ++b) {
    for (const std::uint16_t flip : Flips()) {
      if (std::popcount(flip) > reach) break;
      const std::size_t bucket = BucketOf(hash, b) ^ flip;
      for (std::size_t i = bands_[b].starts[bucket]; i < bands_[b].starts[bucket + 1]; ++i) {
        const Entry& entry = bands_[b].entries[i];
        const int distance = HashDistance(entry.hash, hash);
        if (distance > radius) continue;
        const auto seen_before = [&](std::size_t band) {
          return std::popcount(BucketOf(entry.hash ^ hash, band)) <= reach;
        };
        bool first = true;
        for (std::size_t before = 0; before < b; ++before) first = first && !seen_before(before);
        if (first) found.push_back({entry.row, distance});
      }
    }
  }
  std::sort(found.begin(), found.end(), [](const auto& x, const auto& y) { return x.row < y.row; });
  return found;
}

Result<std::vector<ProposedPair>> ProposePairs(std::span<const std::uint64_t> hashes,
                                               const VectorIndex& index, const RowSet& live,
                                               const ProposalOptions& options,
                                               const ProposalProgress& progress) {
  std::vector<ProposedPair> pairs;
  if (ProposeByHash(hashes, live, options, progress, pairs)) {
    VITRINE_TRY(ProposeByVector(index, live, options, progress, pairs));
  }
  Unite(pairs);
  return pairs;
}

RowSet DuplicateRows(const FactTable& facts) {
  RowSet copied(facts.row_count);
  for (RowId row = 0; row < facts.row_count; ++row) {
    if (facts.places.Of(row).size() > 1) copied.Insert(row);
  }
  return DuplicateRows(facts.hashes, std::move(copied));
}

RowSet DuplicateRows(std::span<const std::uint64_t> hashes, RowSet copied) {
  RowSet rows = std::move(copied);
  const RowSet all(hashes.size(), true);
  const HashGroups groups = GroupByHash(hashes, all);
  for (const std::vector<RowId>& group : groups.groups) {
    for (const RowId row : group) rows.Insert(row);
  }
  const HashIndex index(groups.first_hashes);
  for (RowId row = 0; row < groups.first_hashes.size(); ++row) {
    if (groups.first_hashes[row] == 0) continue;
    if (index.Near(groups.first_hashes[row], kSureRadius).size() > 1) rows.Insert(row);
  }
  return rows;
}

}  // namespace vitrine
