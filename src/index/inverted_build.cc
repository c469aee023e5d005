// Building an inverted index, and measuring what it takes to reach a recall.
//
// Problem: how many lists to probe and how many candidates to rescore depends on the vectors and, above all,
// on the queries. Sentences lie off the pictures' distribution: their true neighbours are spread over more
// lists and hide deeper among the estimates than a stored row's would. Idea: ask. The exact answers of a few
// hundred sample queries are found by one scan of all rows. For each true hit there is the place of its list
// among the lists ranked for the query, and its place among the estimates; the wanted shares of these places
// are the settings, for several recalls, so that a later reader may choose. A quarter of the allowed loss is
// kept in reserve, since the queries to come are others. Why right: no model of the data is assumed, only
// that the samples are like what will be asked. Cost: n rows scored against 256 queries, a second or so for a
// million.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <new>
#include <numeric>
#include <random>

#include "base/try.h"
#include "index/exact_scan.h"
#include "index/inverted_index.h"
#include "index/inverted_lists.h"
#include "index/inverted_scan.h"
#include "index/kmeans.h"
#include "index/rotation.h"

namespace vitrine {
namespace {

constexpr std::size_t kSampleQueries = 256;
constexpr std::size_t kHits = 10;
constexpr std::size_t kManyHits = 100;
/// Rows of the sample that clustering takes for each list.
constexpr std::size_t kRowsPerList = 64;
/// Rows whose mean is the one centroid.
constexpr std::size_t kRowsForMean = 65'536;
/// Fewer entries than this are not worth a list.
constexpr std::size_t kLeastPerList = 64;
/// More candidates than this are never tried: the exact scan is not far then.
constexpr std::size_t kMostCandidates = 16'384;
constexpr float kRecalls[] = {0.9F, 0.95F, 0.98F, 0.99F, 0.995F};

Status CheckOptions(const InvertedOptions& options, std::size_t dimension) {
  const auto finite = [](const std::vector<float>& numbers) {
    return std::all_of(numbers.begin(), numbers.end(), [](float x) { return std::isfinite(x); });
  };
  const bool sound = options.lists >= 1 && options.recall > 0 && options.recall <= 1 &&
                     options.query_bits >= kLeastPlanes && options.query_bits <= kMostPlanes &&
                     options.sample_queries.size() % dimension == 0 && finite(options.sample_queries) &&
                     (options.anchor.empty() || options.anchor.size() == dimension) && finite(options.anchor);
  if (!sound) return Error(Code::kInvalidArgument, "an index cannot be built with these options");
  return {};
}

std::vector<RowId> Members(const RowTable& table, const RowSet* live) {
  std::vector<RowId> rows;
  rows.reserve(live == nullptr ? table.row_count() : live->Count());
  for (const RowBlock& block : table.blocks()) {
    for (RowId i = 0; i < block.rows; ++i) {
      const RowId row = block.first + i;
      if (block.scales[i] > 0 && (live == nullptr || live->Contains(row))) rows.push_back(row);
    }
  }
  return rows;
}

/// At most `count` of the items, evenly spaced.
template <typename T>
std::vector<T> Spread(std::span<const T> items, std::size_t count) {
  if (items.size() <= count) return {items.begin(), items.end()};
  std::vector<T> some(count);
  for (std::size_t i = 0; i < count; ++i) some[i] = items[i * items.size() / count];
  return some;
}

Matrix SampleQueries(const InvertedOptions& options, const RowTable& table, std::span<const RowId> members) {
  const std::size_t dimension = table.dimension();
  const std::size_t given = options.sample_queries.size() / dimension;
  const std::size_t available = given > 0 ? given : members.size();
  Matrix queries(std::min(kSampleQueries, available), dimension);
  for (std::size_t q = 0; q < queries.rows(); ++q) {
    const std::size_t i = q * available / queries.rows();
    if (given > 0) {
      std::copy_n(options.sample_queries.begin() + static_cast<std::ptrdiff_t>(i * dimension), dimension,
                  queries.row(q).begin());
    } else {
      const std::vector<float> row = table.Vector(members[i]);
      std::copy(row.begin(), row.end(), queries.row(q).begin());
    }
  }
  return queries;
}

std::vector<float> AnchorFor(const InvertedOptions& options, const Matrix& queries) {
  std::vector<float> anchor = options.anchor;
  if (anchor.empty()) {
    anchor.assign(queries.columns(), 0);
    for (std::size_t q = 0; q < queries.rows(); ++q) {
      for (std::size_t i = 0; i < anchor.size(); ++i) anchor[i] += queries.row(q)[i];
    }
    for (float& x : anchor) x /= static_cast<float>(std::max<std::size_t>(1, queries.rows()));
  }
  Rotate(anchor);
  return anchor;
}

std::shared_ptr<std::byte[]> ZeroBlocks(std::size_t bytes) {
  constexpr std::align_val_t kAlignment{64};
  std::shared_ptr<std::byte[]> memory(
      static_cast<std::byte*>(::operator new(std::max<std::size_t>(bytes, 64), kAlignment)),
      [](std::byte* p) { ::operator delete(p, std::align_val_t{64}); });
  std::memset(memory.get(), 0, bytes);
  return memory;
}

/// Where the entry of each member goes.
struct Division {
  std::vector<std::uint32_t> list_of;  ///< [members]
  std::vector<std::uint32_t> rank_of;  ///< [members]: its place in its list.
};

/// The codes of some rows side by side in memory, numbered anew: clustering goes over them again and again,
/// and in a file they would be spread over all its pages.
RowTable CopyOf(const RowTable& table, std::span<const RowId> rows) {
  struct Memory {
    std::vector<std::int8_t> codes;
    std::vector<float> scales;
  };
  const auto memory = std::make_shared<Memory>();
  memory->codes.resize(rows.size() * table.stride());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const RowBlock& block = table.BlockOf(rows[i]);
    const std::size_t offset = rows[i] - block.first;
    std::copy_n(block.codes + offset * table.stride(), table.stride(),
                memory->codes.begin() + static_cast<std::ptrdiff_t>(i * table.stride()));
    memory->scales.push_back(block.scales[offset]);
  }
  RowBlock block;
  block.rows = static_cast<RowId>(rows.size());
  block.codes = memory->codes.data();
  block.scales = memory->scales.data();
  block.owner = memory;
  return RowTable(table.dimension(), {block});
}

/// Divides the members among lists: sets the centroids, counts and first blocks. In each list rows ascend.
Division DivideIntoLists(const RowTable& table, std::span<const RowId> members, std::size_t lists,
                         std::uint64_t seed, ScanPool& pool, InvertedLists& made) {
  Division division{std::vector<std::uint32_t>(members.size(), 0),
                    std::vector<std::uint32_t>(members.size())};
  if (lists <= 1) {
    const std::vector<RowId> sample = Spread(members, kRowsForMean);
    made.centroids =
        CodeCentroids(sample.empty() ? Matrix(1, table.dimension()) : KMeans(table, sample, 1, 1, seed));
  } else {
    const std::vector<RowId> sample = Spread(members, lists * kRowsPerList);
    std::vector<RowId> all_of_sample(sample.size());
    std::iota(all_of_sample.begin(), all_of_sample.end(), RowId{0});
    const ClusterTree tree = ClusterTree::Grow(CopyOf(table, sample), all_of_sample, lists, seed, pool);
    tree.Assign(table, members, division.list_of, pool);
    made.centroids = tree.centroids();
  }
  made.counts.assign(made.centroids.count(), 0);
  for (std::size_t i = 0; i < members.size(); ++i) division.rank_of[i] = made.counts[division.list_of[i]]++;
  made.first_block.assign(1, 0);
  for (const std::uint32_t count : made.counts) {
    made.first_block.push_back(made.first_block.back() + BlocksFor(count));
  }
  return division;
}

/// Goes through the rows in their order, which a file delivers at its best, and writes where each belongs.
void WriteEntries(const RowTable& table, std::span<const RowId> members, const Division& division,
                  ScanPool& pool, InvertedLists& made) {
  const SignLayout layout(table.dimension());
  const auto blocks = ZeroBlocks(made.block_count() * layout.block_bytes());
  made.blocks = blocks.get();
  made.owner = blocks;
  constexpr std::size_t kEntriesAtOnce = 4096;
  ForPieces(pool, members.size(), kEntriesAtOnce, [&](std::size_t first, std::size_t end) {
    std::vector<float> centroid(table.dimension());
    std::vector<float> residual(table.dimension());
    for (std::size_t i = first; i < end; ++i) {
      const std::uint32_t list = division.list_of[i];
      const std::uint32_t rank = division.rank_of[i];
      made.centroids.Decode(list, centroid);
      CoarseRow(table, members[i], residual);
      for (std::size_t j = 0; j < residual.size(); ++j) residual[j] -= centroid[j];
      std::byte* block = blocks.get() + (made.first_block[list] + rank / kSignRows) * layout.block_bytes();
      layout.Write(block, rank % kSignRows, members[i], residual, made.anchor);
    }
  });
}

/// The sample queries with their true hits.
struct Judgement {
  EncodedQueries queries;
  std::vector<std::vector<Neighbour>> truth;  ///< The nearest kManyHits of each.
};

Result<Judgement> Judge(const std::shared_ptr<const RowTable>& table, const Matrix& queries,
                        std::span<const RowId> members, std::size_t threads) {
  Judgement judgement;
  VITRINE_TRY_ASSIGN(judgement.queries, EncodeQueries(queries.values(), table->dimension()));
  RowSet allowed(table->row_count());
  for (const RowId row : members) allowed.Insert(row);
  const bool all = members.size() == table->row_count();
  VITRINE_TRY_ASSIGN(
      judgement.truth,
      ExactScan(table, {.threads = threads}).Search(queries.values(), kManyHits, all ? nullptr : &allowed));
  return judgement;
}

std::span<const Neighbour> First(std::span<const Neighbour> hits, std::size_t count) {
  return hits.first(std::min(hits.size(), count));
}

/// The smallest value that the wanted share of all places is not above.
std::size_t ShareOf(std::vector<std::size_t> places, double share) {
  if (places.empty()) return 1;
  const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(places.size())));
  const auto at =
      places.begin() + static_cast<std::ptrdiff_t>(std::clamp<std::size_t>(rank, 1, places.size()) - 1);
  std::nth_element(places.begin(), at, places.end());
  return *at;
}

/// For each of the nearest `hits`, how many lists have to be probed to meet it.
std::vector<std::size_t> ProbesNeeded(const InvertedLists& made, const Judgement& judgement,
                                      std::span<const RowId> members, const Division& division,
                                      std::size_t hits) {
  const auto list_of = [&](RowId row) {
    const auto at = std::lower_bound(members.begin(), members.end(), row);
    return division.list_of[static_cast<std::size_t>(at - members.begin())];
  };
  std::vector<std::size_t> needed;
  for (std::size_t q = 0; q < judgement.truth.size(); ++q) {
    const std::vector<float> scores = CentroidScores(made, judgement.queries, q);
    std::vector<float> sorted = scores;
    std::sort(sorted.begin(), sorted.end(), std::greater<>());
    for (const Neighbour& hit : First(judgement.truth[q], hits)) {
      const float score = scores[list_of(hit.row)];
      needed.push_back(static_cast<std::size_t>(
          std::upper_bound(sorted.begin(), sorted.end(), score, std::greater<>()) - sorted.begin()));
    }
  }
  return needed;
}

/// How many candidates are at least as likely as the row's; past all counts when it is none.
std::size_t PlaceOf(RowId row, std::span<const ScanCandidate> candidates) {
  const auto at = std::find_if(candidates.begin(), candidates.end(),
                               [&](const ScanCandidate& candidate) { return candidate.row == row; });
  if (at == candidates.end()) return std::numeric_limits<std::size_t>::max();
  return 1 + static_cast<std::size_t>(
                 std::count_if(candidates.begin(), candidates.end(),
                               [&](const ScanCandidate& other) { return Likelier(other, *at); }));
}

/// For each true hit its place among the candidates of `probes` lists, from 1; past all of them when it is
/// none.
Result<std::vector<std::size_t>> PlacesOf(const InvertedLists& made, const Judgement& judgement,
                                          std::size_t probes, ScanPool& pool) {
  const std::size_t keep = std::max<std::size_t>(1, std::min<std::uint64_t>(kMostCandidates, made.entries()));
  VITRINE_TRY_ASSIGN(auto candidates, ScanLists(made, judgement.queries, {.probes = probes, .keep = keep},
                                                BestSignKernel(), pool));
  std::vector<std::size_t> places;
  for (std::size_t q = 0; q < judgement.truth.size(); ++q) {
    for (const Neighbour& hit : First(judgement.truth[q], kHits))
      places.push_back(PlaceOf(hit.row, candidates[q]));
  }
  return places;
}

Status Calibrate(const std::shared_ptr<const RowTable>& table, const InvertedOptions& options,
                 const Matrix& queries, std::span<const RowId> members, const Division& division,
                 ScanPool& pool, InvertedLists& made) {
  VITRINE_TRY_ASSIGN(const Judgement judgement, Judge(table, queries, members, options.threads));
  std::vector<float> wanted(std::begin(kRecalls), std::end(kRecalls));
  wanted.push_back(static_cast<float>(options.recall));
  std::sort(wanted.begin(), wanted.end());
  wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
  std::vector<std::size_t> needed;
  std::vector<std::size_t> needed_for_many;
  if (made.lists() > 1) {
    needed = ProbesNeeded(made, judgement, members, division, kHits);
    needed_for_many = ProbesNeeded(made, judgement, members, division, kManyHits);
  }
  std::vector<std::size_t> places;
  for (const float recall : wanted) {
    const double loss = 1 - static_cast<double>(recall);
    RecallPoint point;
    point.probes = static_cast<std::uint32_t>(ShareOf(needed, 1 - loss / 2));
    point.probes_100 =
        std::max(point.probes, static_cast<std::uint32_t>(ShareOf(needed_for_many, 1 - loss / 2)));
    if (made.lists() > 1 || places.empty()) {
      VITRINE_TRY_ASSIGN(places, PlacesOf(made, judgement, point.probes, pool));
    }
    const std::size_t place = ShareOf(places, 1 - 0.75 * loss);
    point.rescored = static_cast<std::uint32_t>(std::clamp<std::size_t>(place, kHits, kMostCandidates));
    const auto met =
        std::count_if(places.begin(), places.end(), [&](std::size_t p) { return p <= point.rescored; });
    point.recall = places.empty() ? 1 : static_cast<float>(met) / static_cast<float>(places.size());
    made.curve.push_back(point);
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<InvertedIndex>> BuildInverted(std::shared_ptr<const RowTable> table,
                                                     const RowSet* live, const InvertedOptions& options) {
  VITRINE_TRY(CheckOptions(options, table->dimension()));
  ScanPool pool(SearchThreads(options.threads) - 1);
  VITRINE_TRY(table->Verify(0, table->row_count()));
  const std::vector<RowId> members = Members(*table, live);
  const Matrix queries = SampleQueries(options, *table, members);
  auto made = std::make_shared<InvertedLists>();
  made->dimension = table->dimension();
  made->query_bits = options.query_bits;
  made->covered = table->row_count();
  made->anchor = AnchorFor(options, queries);
  const std::size_t lists = std::min(options.lists, members.size() / kLeastPerList);
  const Division division = DivideIntoLists(*table, members, lists, options.seed, pool, *made);
  WriteEntries(*table, members, division, pool, *made);
  VITRINE_TRY(Calibrate(table, options, queries, members, division, pool, *made));
  return std::make_unique<InvertedIndex>(std::move(table), std::move(made), options.recall, options.threads);
}

}  // namespace vitrine
