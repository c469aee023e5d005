// The exact scan.
//
// Problem: for one query, the best k of n rows, where reading the rows from memory is what costs.
// Idea: walk the rows once, in pieces of 64. A piece is a list of pointers to allowed rows: without a filter
// the next 64, with one the survivors that the bitmap names (empty words are skipped, so a filter that leaves
// ten rows reads ten). One kernel call turns a piece into 64 integer dot products; a comparison with the
// worst of the best so far turns nearly all of them away; the few others go through a heap. A few more than k
// are kept, and ranked at the end by the fine codes too (row_table.cc). Several queries
// share the walk: a piece of 64 rows stays in the first cache while four queries at a time are held against
// it. Threads take chunks of rows from a shared counter and keep their own best k, which are merged at the
// end. Why right: integer sums do not depend on their order, and a score is one product of floats, so every
// kernel, thread count and batch gives the same score to the bit. The order (score, then row) is total, so
// the best are one set. Cost: n rows of `stride` bytes read once a batch; 64 n comparisons a word of filter
// at most.
#include "index/exact_scan.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <string>
#include <thread>
#include <utility>

#include "base/try.h"
#include "index/quantise.h"
#include "index/top_k.h"

namespace vitrine {
namespace {

/// Rows of one kernel call; also the rows of a word of a RowSet.
constexpr std::size_t kPiece = 64;
/// Rows that a thread takes at a time.
constexpr RowId kChunk = 2048;
/// More threads than this never pay: a few saturate the memory.
constexpr std::size_t kMostThreads = 8;

/// Rows on their way into a kernel.
struct Piece {
  std::array<const std::int8_t*, kPiece> codes;
  std::array<float, kPiece> scales;
  std::array<RowId, kPiece> rows;
  std::size_t count = 0;
};

/// One thread's share of one search: scores pieces and keeps its best k for each query.
class Scorer {
 public:
  Scorer(const Kernel& kernel, const EncodedQueries& queries, std::size_t k)
      : kernel_(kernel), queries_(queries), best_(queries.count(), TopK(k)) {}

  void Add(const RowBlock& block, RowId offset) {
    if (block.scales[offset] == 0) return;
    piece_.codes[piece_.count] = block.codes + std::size_t{offset} * queries_.stride;
    piece_.scales[piece_.count] = block.scales[offset];
    piece_.rows[piece_.count] = block.first + offset;
    if (++piece_.count == kPiece) Flush();
  }

  void Flush() {
    if (piece_.count == 0) return;
    std::size_t q = 0;
    for (; q + kTileQueries <= queries_.count(); q += kTileQueries) {
      kernel_.dot4(queries_.query(q), piece_.codes.data(), piece_.count, queries_.stride, dots_.data());
      for (std::size_t i = 0; i < kTileQueries; ++i) Keep(q + i, dots_.data() + i * piece_.count);
    }
    for (; q < queries_.count(); ++q) {
      kernel_.dot1(queries_.query(q), piece_.codes.data(), piece_.count, queries_.stride, dots_.data());
      Keep(q, dots_.data());
    }
    piece_.count = 0;
  }

  std::vector<TopK>& best() { return best_; }

 private:
  void Keep(std::size_t q, const std::int32_t* dots) {
    const float query_scale = queries_.scales[q];
    TopK& best = best_[q];
    std::array<float, kPiece> scores;
    for (std::size_t i = 0; i < piece_.count; ++i) {
      scores[i] = static_cast<float>(dots[i]) * (piece_.scales[i] * query_scale);
    }
    for (std::size_t i = 0; i < piece_.count; ++i) {
      if (scores[i] > best.threshold()) best.Offer({piece_.rows[i], scores[i]});
    }
  }

  const Kernel& kernel_;
  const EncodedQueries& queries_;
  std::vector<TopK> best_;
  Piece piece_{};
  std::array<std::int32_t, kTileQueries * kPiece> dots_{};
};

/// Word `index` of the filter with only the bits of rows [first, end) left.
std::uint64_t WordWithin(const RowSet& allowed, std::size_t index, RowId first, RowId end) {
  if (index >= allowed.words().size()) return 0;
  std::uint64_t word = allowed.words()[index];
  const std::size_t start = index * kPiece;
  if (first > start) word &= ~std::uint64_t{0} << (first - start);
  if (end < start + kPiece) word &= ~std::uint64_t{0} >> (start + kPiece - end);
  return word;
}

/// Hands the allowed rows of [first, end) to the scorer, each after its bytes were verified: all at once, or
/// with a filter a word's survivors together.
Status AddRows(const RowBlock& block, RowId first, RowId end, std::size_t stride, const RowSet* allowed,
               Scorer& scorer) {
  if (allowed == nullptr) {
    VITRINE_TRY(VerifyCodes(block, first, end, stride));
    for (RowId row = first; row < end; ++row) scorer.Add(block, row - block.first);
    return {};
  }
  for (std::size_t index = first / kPiece; index * kPiece < end; ++index) {
    std::uint64_t word = WordWithin(*allowed, index, first, end);
    if (word == 0) continue;
    const auto start = static_cast<RowId>(index * kPiece);
    VITRINE_TRY(VerifyCodes(block, start + static_cast<RowId>(std::countr_zero(word)),
                            start + static_cast<RowId>(std::bit_width(word)), stride));
    for (; word != 0; word &= word - 1) {
      scorer.Add(block, start + static_cast<RowId>(std::countr_zero(word)) - block.first);
    }
  }
  return {};
}

bool EndsBefore(const RowBlock& block, RowId row) { return block.end() <= row; }

/// Takes chunks from `next` until there are none.
Status Scan(const RowTable& table, const RowSet* allowed, std::atomic<RowId>& next, Scorer& scorer) {
  const std::span<const RowBlock> blocks = table.blocks();
  const RowId row_count = table.row_count();
  for (RowId first = next.fetch_add(kChunk); first < row_count; first = next.fetch_add(kChunk)) {
    const RowId end = std::min(first + kChunk, row_count);
    auto block = std::lower_bound(blocks.begin(), blocks.end(), first, EndsBefore);
    for (; block != blocks.end() && block->first < end; ++block) {
      VITRINE_TRY(AddRows(*block, std::max(first, block->first), std::min(end, block->end()), table.stride(),
                          allowed, scorer));
    }
  }
  scorer.Flush();
  return {};
}

/// The rows that the threads kept for a query, in ascending order.
std::vector<RowId> RowsKept(std::span<Scorer> scorers, std::size_t q) {
  std::vector<RowId> rows;
  for (Scorer& scorer : scorers) {
    for (const Neighbour& kept : scorer.best()[q].Take()) rows.push_back(kept.row);
  }
  std::sort(rows.begin(), rows.end());
  return rows;
}

std::size_t ThreadsFor(std::size_t asked, std::size_t bytes, std::size_t bytes_per_thread) {
  const std::size_t cores = std::max(1u, std::thread::hardware_concurrency());
  const std::size_t most = asked == 0 ? std::min(cores, kMostThreads) : asked;
  return std::clamp<std::size_t>(bytes / std::max<std::size_t>(bytes_per_thread, 1), 1, most);
}

}  // namespace

ExactScan::ExactScan(std::shared_ptr<const RowTable> table, const ScanOptions& options)
    : table_(std::move(table)),
      kernel_(options.kernel != nullptr ? options.kernel : &BestKernel()),
      bytes_per_thread_(options.bytes_per_thread) {
  const std::size_t bytes = row_count() * table_->stride();
  pool_ = std::make_unique<ScanPool>(ThreadsFor(options.threads, bytes, bytes_per_thread_) - 1);
}

Result<std::vector<std::vector<Neighbour>>> ExactScan::Search(std::span<const float> queries, std::size_t k,
                                                              const RowSet* allowed) const {
  if (k == 0) return Error(Code::kInvalidArgument, "a search for zero pictures: ask for at least one");
  VITRINE_TRY_ASSIGN(const EncodedQueries encoded, EncodeQueries(queries, dimension()));
  const std::size_t rows = allowed == nullptr ? row_count() : allowed->Count();
  const std::size_t threads = ThreadsFor(pool_->participants(), rows * table_->stride(), bytes_per_thread_);
  k = std::min<std::size_t>(k, row_count());
  std::vector<Scorer> scorers(pool_->participants(), Scorer(*kernel_, encoded, KeptFor(k)));
  std::vector<Status> scanned(scorers.size());
  std::atomic<RowId> next = 0;
  const auto scan = [&](std::size_t participant) {
    scanned[participant] = Scan(*table_, allowed, next, scorers[participant]);
  };
  if (threads == 1) {
    scan(0);
  } else {
    pool_->Run(scan);
  }
  for (Status& status : scanned) VITRINE_TRY(std::move(status));
  std::vector<std::vector<Neighbour>> found(encoded.count());
  for (std::size_t q = 0; q < found.size(); ++q) {
    VITRINE_TRY_ASSIGN(found[q], table_->BestOf(encoded, q, RowsKept(scorers, q), k, *kernel_));
  }
  return found;
}

std::unique_ptr<VectorIndex> IndexInMemory(const EncodedRows& rows, const ScanOptions& options) {
  return std::make_unique<ExactScan>(TableInMemory(rows), options);
}

}  // namespace vitrine
