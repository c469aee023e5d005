// Searching an inverted index.
//
// Problem: an estimate from one bit a number is good enough to say which few hundred of a million rows may be
// among the best ten, and too coarse to say which are. Idea: two stages. The scan (inverted_scan.cc) keeps so
// many candidates that the sample queries of the build lost no more of their true ten than the asked recall
// allows; then the candidates' rows are scored as the exact scan would, in ascending order with the next ones
// asked for ahead of time. How many candidates and how many lists were measured (inverted_build.cc), never
// guessed.
//
// Filters are known before anything is scored. When they leave so few rows that fetching those is cheaper
// than the scan, the exact scan does that: right at any selectivity, and quicker the fewer there are.
// Otherwise a filter is asked about the entries that are good enough to matter. With many lists, a filter
// that leaves a share s needs 1 / s as many of them to see as many allowed entries; and more are probed,
// twice as many each time, while fewer candidates have come together than are wanted. So a search never
// returns fewer than k where k exist. Cost: see the two stages; at one million rows of 512 numbers 76 MB are
// read, and some hundred rows of 512 bytes.
#include "index/inverted_index.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <thread>
#include <utility>

#include "base/try.h"
#include "index/exact_scan.h"
#include "index/inverted_lists.h"
#include "index/inverted_scan.h"
#include "index/kernels.h"
#include "index/quantise.h"
#include "index/scan_pool.h"

namespace vitrine {
namespace {

/// The setting is measured for so many hits; more hits want candidates in proportion.
constexpr std::size_t kMeasuredHits = 10;
/// Entries that are scanned in the time that it takes to fetch and score one row.
constexpr std::size_t kEntriesPerRow = 24;
/// Queries that share a pass; more would only need more memory.
constexpr std::size_t kMostQueries = 256;

/// The cheapest setting that reached the recall, or the one with the best.
RecallPoint SettingFor(std::span<const RecallPoint> curve, double recall) {
  for (const RecallPoint& point : curve) {
    if (static_cast<double>(point.recall) >= recall) return point;
  }
  return curve.empty() ? RecallPoint{1, 1, 1, 1} : curve.back();
}

std::vector<RowId> RowsOf(std::span<const ScanCandidate> candidates, RowId covered) {
  std::vector<RowId> rows;
  rows.reserve(candidates.size());
  for (const ScanCandidate& candidate : candidates) {
    if (candidate.row < covered) rows.push_back(candidate.row);
  }
  std::sort(rows.begin(), rows.end());
  return rows;
}

}  // namespace

std::size_t SearchThreads(std::size_t asked) {
  constexpr std::size_t kMostThreads = 8;
  const std::size_t cores = std::max(1u, std::thread::hardware_concurrency());
  return asked == 0 ? std::min(cores, kMostThreads) : asked;
}

InvertedIndex::InvertedIndex(std::shared_ptr<const RowTable> table,
                             std::shared_ptr<const InvertedLists> lists, double recall, std::size_t threads,
                             const SignKernel* kernel)
    : table_(std::move(table)),
      lists_(std::move(lists)),
      setting_(SettingFor(lists_->curve, recall)),
      kernel_(kernel != nullptr ? kernel : &BestSignKernel()),
      entries_(lists_->entries()),
      pool_(std::make_unique<ScanPool>(SearchThreads(threads) - 1)),
      exact_(std::make_unique<ExactScan>(table_, ScanOptions{.threads = threads})) {}

InvertedIndex::~InvertedIndex() = default;

RowId InvertedIndex::covered_rows() const { return lists_->covered; }

std::size_t InvertedIndex::lists() const { return lists_->lists(); }

std::size_t InvertedIndex::bytes() const {
  const std::size_t of_blocks = lists_->block_count() * SignLayout(dimension()).block_bytes();
  return of_blocks + lists() * (table_->stride() + sizeof(float) + 2 * sizeof(std::uint64_t));
}

Result<std::vector<std::vector<Neighbour>>> InvertedIndex::SearchExactly(std::span<const float> queries,
                                                                         std::size_t k,
                                                                         const RowSet* allowed) const {
  const RowId covered = covered_rows();
  const bool sees_more = allowed == nullptr ? table_->row_count() > covered : allowed->size() > covered;
  if (!sees_more) return exact_->Search(queries, k, allowed);
  RowSet within(covered, true);
  if (allowed != nullptr) within.IntersectWith(*allowed);
  return exact_->Search(queries, k, &within);
}

Result<std::vector<std::vector<Neighbour>>> InvertedIndex::SearchSome(std::span<const float> queries,
                                                                      std::size_t k, const RowSet* allowed,
                                                                      std::size_t probes) const {
  VITRINE_TRY_ASSIGN(const EncodedQueries encoded, EncodeQueries(queries, dimension()));
  ScanPlan plan{.probes = probes, .keep = CandidatesFor(k), .allowed = allowed};
  VITRINE_TRY_ASSIGN(auto candidates, ScanLists(*lists_, encoded, plan, *kernel_, *pool_));
  std::vector<std::vector<Neighbour>> found(encoded.count());
  for (std::size_t q = 0; q < found.size(); ++q) {
    VITRINE_TRY_ASSIGN(found[q],
                       table_->BestOf(encoded, q, RowsOf(candidates[q], covered_rows()), k, BestKernel()));
    const std::span<const float> query = queries.subspan(q * dimension(), dimension());
    if (candidates[q].size() < plan.keep && probes < lists()) {
      VITRINE_TRY_ASSIGN(auto more, SearchSome(query, k, allowed, std::min(2 * probes, lists())));
      found[q] = std::move(more.front());
    } else if (found[q].size() < k) {
      VITRINE_TRY_ASSIGN(auto all, SearchExactly(query, k, allowed));
      found[q] = std::move(all.front());
    }
  }
  return found;
}

std::size_t InvertedIndex::ProbesFor(std::size_t k, double share) const {
  const double hits = static_cast<double>(k) / std::min(share, 1.0);
  const double growth = static_cast<double>(setting_.probes_100) / setting_.probes;
  const double tens = std::max(0.0, std::log10(hits / kMeasuredHits));
  return static_cast<std::size_t>(
      std::min(static_cast<double>(lists()), std::ceil(setting_.probes * std::pow(growth, tens))));
}

std::size_t InvertedIndex::CandidatesFor(std::size_t k) const {
  const std::uint64_t rescored = std::max<std::uint64_t>(setting_.rescored, kMeasuredHits);
  const std::uint64_t hits = std::min<std::uint64_t>(k, entries_);
  return std::max<std::uint64_t>(rescored, (rescored * hits + kMeasuredHits - 1) / kMeasuredHits);
}

Result<std::vector<std::vector<Neighbour>>> InvertedIndex::Search(std::span<const float> queries,
                                                                  std::size_t k,
                                                                  const RowSet* allowed) const {
  if (k == 0) return Error(Code::kInvalidArgument, "a search for zero pictures: ask for at least one");
  const std::size_t rows = allowed == nullptr ? entries_ : allowed->Count();
  const std::uint64_t scanned = entries_ * std::min<std::size_t>(setting_.probes, lists()) / lists();
  if (CandidatesFor(k) >= rows / 2 || rows * kEntriesPerRow <= scanned)
    return SearchExactly(queries, k, allowed);
  const std::size_t probes = ProbesFor(k, static_cast<double>(rows) / static_cast<double>(entries_));
  std::vector<std::vector<Neighbour>> found;
  const std::size_t step = kMostQueries * dimension();
  for (std::size_t first = 0; first < queries.size(); first += step) {
    VITRINE_TRY_ASSIGN(auto part, SearchSome(queries.subspan(first, std::min(step, queries.size() - first)),
                                             k, allowed, probes));
    std::move(part.begin(), part.end(), std::back_inserter(found));
  }
  return found;
}

}  // namespace vitrine
