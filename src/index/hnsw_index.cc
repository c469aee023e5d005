// Searching through the graph, and choosing how far to walk.
//
// The expansion is measured, not guessed: after the build the sample queries are answered exactly once and
// then by walks of growing expansion, until ten times as many misses would be needed to matter. The curve is
// kept in the file, so that another recall can be asked for without a new build.
//
// Filters: a walk passes through all rows but keeps allowed ones only, so it reads about as many rows more as
// the filter lets through fewer. When m of n rows are allowed and an unfiltered walk reads s, a filtered one
// reads about s n / m rows here and there, and scoring the allowed ones alone reads m in order, which takes a
// quarter of the time for each: whichever is less is done. A filter whose rows lie far from the query
// misleads that estimate, so a walk gives up once it has cost as much as the scan would have, and the answer
// never costs more than twice the cheaper way.
#include "index/hnsw_index.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "base/try.h"
#include "index/kernels.h"
#include "index/quantise.h"
#include "index/top_k.h"

namespace vitrine {
namespace {

constexpr std::size_t kMostThreads = 8;
constexpr std::size_t kMeasuredK = 10;
/// Sample queries that are measured, and rows that stand in for them.
constexpr std::size_t kMostSamples = 256;
constexpr std::array<std::uint32_t, 12> kExpansions = {16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 1024};
/// What a row costs that a walk jumps to, in rows read in order.
constexpr std::size_t kJumpCost = 4;
/// Where measuring ends: what is left cannot be told from chance with so few queries.
constexpr float kEnough = 0.9995F;

std::size_t ThreadsFor(std::size_t asked) {
  const std::size_t cores = std::max(1u, std::thread::hardware_concurrency());
  return asked == 0 ? std::min(cores, kMostThreads) : asked;
}

/// The point that a search works at.
HnswPoint Choose(std::span<const HnswPoint> curve, double recall) {
  const auto reached = std::find_if(curve.begin(), curve.end(), [&](const HnswPoint& point) {
    return static_cast<double>(point.recall) >= recall;
  });
  return reached == curve.end() ? curve.back() : *reached;
}

/// The numbers of the best rows in ascending order.
std::vector<RowId> RowsOf(std::span<const Neighbour> best) {
  std::vector<RowId> rows;
  rows.reserve(best.size());
  for (const Neighbour& hit : best) rows.push_back(hit.row);
  std::sort(rows.begin(), rows.end());
  return rows;
}

/// The sample queries that are measured; without any, stored rows, evenly spaced.
std::vector<float> SamplesFor(const RowTable& table, const RowSet* live, const HnswOptions& options) {
  std::vector<float> samples = options.sample_queries;
  if (!samples.empty()) {
    samples.resize(std::min(samples.size(), kMostSamples * table.dimension()));
    return samples;
  }
  const RowId step = std::max<RowId>(1, table.row_count() / kMostSamples);
  for (RowId row = 0; row < table.row_count(); row += step) {
    if (live != nullptr && !live->Contains(row)) continue;
    const std::vector<float> vector = table.Vector(row);
    if (std::all_of(vector.begin(), vector.end(), [](float x) { return x == 0; })) continue;
    samples.insert(samples.end(), vector.begin(), vector.end());
  }
  return samples;
}

/// Measures one expansion against the exact answers.
Result<HnswPoint> Measure(const HnswGraph& graph, const RowTable& table, const EncodedQueries& queries,
                          std::span<const std::vector<Neighbour>> truth, std::uint32_t expansion) {
  std::size_t scored = 0;
  std::size_t wanted = 0;
  std::size_t hits = 0;
  for (std::size_t q = 0; q < queries.count(); ++q) {
    VITRINE_TRY_ASSIGN(const WalkResult walk,
                       Walk(graph, table, BestKernel(), queries, q, {.expansion = expansion}));
    VITRINE_TRY_ASSIGN(const auto best,
                       table.BestOf(queries, q, RowsOf(walk.best), kMeasuredK, BestKernel()));
    scored += walk.scored;
    wanted += truth[q].size();
    for (const Neighbour& hit : best) hits += hit.score >= truth[q].back().score ? 1U : 0U;
  }
  return HnswPoint{expansion,
                   static_cast<float>(scored) / static_cast<float>(std::max<std::size_t>(1, queries.count())),
                   wanted == 0 ? 1 : static_cast<float>(hits) / static_cast<float>(wanted)};
}

Result<std::vector<HnswPoint>> MeasureCurve(const std::shared_ptr<const RowTable>& table, const RowSet* live,
                                            const HnswGraph& graph, const HnswOptions& options) {
  const std::vector<float> samples = SamplesFor(*table, live, options);
  if (samples.empty()) return std::vector<HnswPoint>{{kExpansions.front(), 0, 1}};
  VITRINE_TRY_ASSIGN(const EncodedQueries queries, EncodeQueries(samples, table->dimension()));
  VITRINE_TRY_ASSIGN(const auto truth,
                     ExactScan(table, {.threads = options.threads}).Search(samples, kMeasuredK, live));
  std::vector<HnswPoint> curve;
  if (truth.front().empty()) return std::vector<HnswPoint>{{kExpansions.front(), 0, 1}};
  for (const std::uint32_t expansion : kExpansions) {
    VITRINE_TRY_ASSIGN(const HnswPoint point, Measure(graph, *table, queries, truth, expansion));
    curve.push_back(point);
    if (point.recall >= kEnough) break;
  }
  return curve;
}

}  // namespace

/// What all queries of one search share.
struct HnswIndex::Request {
  std::span<const float> queries;
  const EncodedQueries& encoded;
  std::size_t k;
  const RowSet* allowed;
  std::size_t present;  ///< Rows that may be returned, at most.
  WalkOptions walk;
};

HnswIndex::HnswIndex(std::shared_ptr<const RowTable> table, std::shared_ptr<const HnswGraph> graph,
                     std::vector<HnswPoint> curve, double recall, std::size_t threads)
    : table_(std::move(table)),
      graph_(std::move(graph)),
      curve_(std::move(curve)),
      setting_(Choose(curve_, recall)),
      exact_(table_, {.threads = threads}),
      pool_(std::make_unique<ScanPool>(ThreadsFor(threads) - 1)) {}

Result<std::vector<std::vector<Neighbour>>> HnswIndex::SearchExactly(std::span<const float> queries,
                                                                     std::size_t k,
                                                                     const RowSet* allowed) const {
  RowSet within(covered_rows(), true);
  if (allowed != nullptr) within.IntersectWith(*allowed);
  return exact_.Search(queries, k, &within);
}

Result<std::vector<Neighbour>> HnswIndex::SearchOne(const Request& request, std::size_t q) const {
  VITRINE_TRY_ASSIGN(const WalkResult walk,
                     Walk(*graph_, *table_, BestKernel(), request.encoded, q, request.walk));
  if (!walk.gave_up && walk.best.size() >= std::min(request.k, request.present)) {
    return table_->BestOf(request.encoded, q, RowsOf(walk.best), request.k, BestKernel());
  }
  const auto query = request.queries.subspan(q * dimension(), dimension());
  VITRINE_TRY_ASSIGN(auto found, SearchExactly(query, request.k, request.allowed));
  return std::move(found.front());
}

Result<std::vector<std::vector<Neighbour>>> HnswIndex::Search(std::span<const float> queries, std::size_t k,
                                                              const RowSet* allowed) const {
  if (k == 0) return Error(Code::kInvalidArgument, "a search for zero pictures: ask for at least one");
  VITRINE_TRY_ASSIGN(const EncodedQueries encoded, EncodeQueries(queries, dimension()));
  const std::size_t present = allowed == nullptr ? graph_->entries : allowed->CountBelow(covered_rows());
  const std::size_t expansion =
      std::max<std::size_t>(setting_.expansion, 2 * std::min<std::size_t>(k, present));
  const double widened = static_cast<double>(expansion) / static_cast<double>(setting_.expansion);
  const double thinned =
      static_cast<double>(graph_->entries) / static_cast<double>(std::max<std::size_t>(1, present));
  const double cost = kJumpCost * static_cast<double>(setting_.scored) * widened * thinned;
  if (cost >= static_cast<double>(present)) return SearchExactly(queries, k, allowed);
  const Request request{queries, encoded, k, allowed, present, {expansion, allowed, present / kJumpCost}};
  std::vector<std::vector<Neighbour>> found(encoded.count());
  std::vector<std::optional<Error>> errors(encoded.count());
  std::atomic<std::size_t> next = 0;
  const auto work = [&](std::size_t) {
    for (std::size_t q = next++; q < found.size(); q = next++) {
      auto one = SearchOne(request, q);
      if (one) {
        found[q] = *std::move(one);
      } else {
        errors[q] = std::move(one).error();
      }
    }
  };
  if (found.size() == 1) {
    work(0);
  } else {
    pool_->Run(work);
  }
  for (std::optional<Error>& error : errors) {
    if (error) return *std::move(error);
  }
  return found;
}

Result<std::unique_ptr<HnswIndex>> BuildHnsw(std::shared_ptr<const RowTable> table, const RowSet* live,
                                             const HnswOptions& options) {
  const bool sound = options.recall > 0 && options.recall <= 1 && options.build_expansion >= kBaseLinks &&
                     options.sample_queries.size() % table->dimension() == 0;
  if (!sound) return Error(Code::kInvalidArgument, "building a graph: the options make no sense");
  VITRINE_TRY(table->Verify(0, table->row_count()));
  VITRINE_TRY_ASSIGN(HnswGraph built,
                     BuildHnswGraph(*table, live, {options.build_expansion, ThreadsFor(options.threads)}));
  auto graph = std::make_shared<const HnswGraph>(std::move(built));
  VITRINE_TRY_ASSIGN(std::vector<HnswPoint> curve, MeasureCurve(table, live, *graph, options));
  return std::make_unique<HnswIndex>(std::move(table), std::move(graph), std::move(curve), options.recall,
                                     options.threads);
}

}  // namespace vitrine
