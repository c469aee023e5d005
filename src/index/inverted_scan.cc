// Scanning lists of 1-bit entries.
//
// Problem: the work for a query is a stream of blocks from memory; several queries should share the stream,
// and several threads the work, without the answer depending on either. Idea: the probes of all queries are
// sorted by list. A stretch of blocks of one list, with the queries that probe it, is a task; threads take
// tasks from a counter. Within a task a block of 64 entries (some 5 KB) stays in the first cache while each
// query in turn is held against it. An estimate is kept if it is above the query's threshold, in a buffer of
// twice the wanted number; a full buffer is cut back to its best half by selection, which costs a constant
// for each entry that came in, and the threshold is the worst that stayed. Why right: the order of candidates
// is total, and each thread's buffer holds the best of what it saw, so the best of all buffers together are
// the best of all. A filter is asked only about entries above the threshold. Cost: the probed blocks read
// once a batch, at the speed of memory for few queries and of counting bits for many.
#include "index/inverted_scan.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>

#include "base/try.h"
#include "index/kernels.h"

namespace vitrine {
namespace {

/// Blocks of a task: some 150 KB at 512 numbers.
constexpr std::uint64_t kTaskBlocks = 32;
/// How far ahead blocks are asked for: the kernels read eight places of a block at once, which the
/// processor's own prefetching does not follow. Without it one thread gets a quarter of the memory's
/// bandwidth.
constexpr std::uint64_t kBlocksAhead = 2;
/// Below so many bytes one thread is done before another has woken up.
constexpr std::size_t kBytesWorthAThread = std::size_t{1} << 20;

/// One query's best so far.
class Keeper {
 public:
  explicit Keeper(std::size_t keep) : keep_(keep) {}

  /// An estimate has to be above this to be worth adding.
  float threshold() const { return threshold_; }

  void Add(const ScanCandidate& candidate) {
    buffer_.push_back(candidate);
    if (buffer_.size() >= 2 * keep_) Cut();
  }

  std::vector<ScanCandidate>& buffer() { return buffer_; }

  void Cut() {
    if (buffer_.size() <= keep_) return;
    const auto worst = buffer_.begin() + static_cast<std::ptrdiff_t>(keep_ - 1);
    std::nth_element(buffer_.begin(), worst, buffer_.end(), Likelier);
    // Equal estimates still come in: their rows decide.
    threshold_ = std::nextafter(worst->estimate, -std::numeric_limits<float>::infinity());
    buffer_.resize(keep_);
  }

 private:
  std::size_t keep_;
  float threshold_ = -std::numeric_limits<float>::infinity();
  std::vector<ScanCandidate> buffer_;
};

/// A query that probes a list.
struct Probe {
  std::uint32_t list = 0;
  std::uint32_t query = 0;
  float base = 0;
};

/// Blocks of one list with the probes of it.
struct Task {
  std::uint32_t list = 0;
  std::uint64_t first_block = 0;
  std::uint64_t end_block = 0;
  std::size_t first_probe = 0;
  std::size_t end_probe = 0;
};

std::vector<Probe> ProbesOf(const InvertedLists& lists, const EncodedQueries& queries, const ScanPlan& plan) {
  std::vector<Probe> probes;
  std::vector<std::uint32_t> order(lists.lists());
  const std::size_t end = std::min(plan.probes, lists.lists());
  for (std::size_t q = 0; q < queries.count(); ++q) {
    const std::vector<float> scores = CentroidScores(lists, queries, q);
    std::iota(order.begin(), order.end(), 0U);
    const auto nearer = [&](std::uint32_t a, std::uint32_t b) {
      return scores[a] != scores[b] ? scores[a] > scores[b] : a < b;
    };
    const auto at = [&](std::size_t i) { return order.begin() + static_cast<std::ptrdiff_t>(i); };
    if (end < order.size()) std::nth_element(order.begin(), at(end), order.end(), nearer);
    if (plan.skip > 0 && plan.skip < end) std::nth_element(order.begin(), at(plan.skip), at(end), nearer);
    for (std::size_t i = plan.skip; i < end; ++i) {
      probes.push_back({order[i], static_cast<std::uint32_t>(q), scores[order[i]]});
    }
  }
  if (lists.lists() > 1) {
    std::sort(probes.begin(), probes.end(), [](const Probe& a, const Probe& b) {
      return a.list != b.list ? a.list < b.list : a.query < b.query;
    });
  }
  return probes;
}

std::vector<Task> TasksOf(const InvertedLists& lists, std::span<const Probe> probes) {
  std::vector<Task> tasks;
  for (std::size_t first = 0; first < probes.size();) {
    const std::uint32_t list = probes[first].list;
    std::size_t end = first;
    while (end < probes.size() && probes[end].list == list) ++end;
    for (std::uint64_t b = lists.first_block[list]; b < lists.first_block[list + 1]; b += kTaskBlocks) {
      tasks.push_back({list, b, std::min(b + kTaskBlocks, lists.first_block[list + 1]), first, end});
    }
    first = end;
  }
  return tasks;
}

/// Which of the entries `asked` of a block may be returned. Without a branch an entry: under a narrow filter
/// most of those above the threshold fall away, in no order that a processor could guess.
std::uint64_t AllowedAmong(const RowSet& allowed, const RowId* rows, std::uint64_t asked) {
  if (rows[kSignRows - 1] - rows[0] == kSignRows - 1) return allowed.Window(rows[0]);  // No row is missing.
  std::uint64_t allowed_ones = 0;
  for (; asked != 0; asked &= asked - 1) {
    const auto r = static_cast<std::size_t>(std::countr_zero(asked));
    allowed_ones |= std::uint64_t{allowed.Contains(rows[r])} << r;
  }
  return allowed_ones;
}

/// One thread's share of a scan.
class Worker {
 public:
  Worker(const InvertedLists& lists, const ScanPlan& plan, const SignKernel& kernel,
         std::span<const SignQuery> queries)
      : lists_(lists),
        layout_(lists.dimension),
        plan_(plan),
        kernel_(kernel),
        queries_(queries),
        keepers_(queries.size(), Keeper(plan.keep)) {}

  Status Run(const Task& task, std::span<const Probe> probes) {
    const std::size_t bytes = layout_.block_bytes();
    const std::span stretch(lists_.blocks + task.first_block * bytes,
                            (task.end_block - task.first_block) * bytes);
    if (lists_.file) VITRINE_TRY(lists_.file->Verify(stretch));
    const std::size_t in_last = (lists_.counts[task.list] - 1) % kSignRows + 1;
    // Prefetches stand in this loop because a function of nothing else would count as one without effect.
    const std::byte* asked = stretch.data();
    for (std::uint64_t b = task.first_block; b < task.end_block; ++b) {
      const std::uint64_t ahead = std::min(b + 1 + kBlocksAhead, task.end_block) - task.first_block;
      for (; asked < stretch.data() + ahead * bytes; asked += 64) __builtin_prefetch(asked);
      const bool last_of_list = b + 1 == lists_.first_block[task.list + 1];
      const std::uint64_t present = ~std::uint64_t{0} >> (last_of_list ? kSignRows - in_last : 0);
      for (const Probe& probe : probes.subspan(task.first_probe, task.end_probe - task.first_probe)) {
        ScanBlock(lists_.blocks + b * bytes, present, probe);
      }
    }
    return {};
  }

  Keeper& keeper(std::size_t q) { return keepers_[q]; }

 private:
  void ScanBlock(const std::byte* block, std::uint64_t present, const Probe& probe) {
    const SignQuery& query = queries_[probe.query];
    Keeper& keeper = keepers_[probe.query];
    SignScale scale = query.scale;
    scale.base = probe.base;
    kernel_.dot(query.planes.data(), query.plane_count, layout_.Bits(block), layout_.words(), dots_.data());
    std::uint64_t above = kernel_.estimate(dots_.data(), layout_.Factors(block), layout_.Anchors(block),
                                           scale, keeper.threshold(), estimates_.data());
    const RowId* rows = layout_.Rows(block);
    above &= present;
    if (above != 0 && plan_.allowed != nullptr) above &= AllowedAmong(*plan_.allowed, rows, above);
    for (; above != 0; above &= above - 1) {
      const auto r = static_cast<std::size_t>(std::countr_zero(above));
      keeper.Add({estimates_[r], rows[r]});
    }
  }

  const InvertedLists& lists_;
  const SignLayout layout_;
  const ScanPlan& plan_;
  const SignKernel& kernel_;
  std::span<const SignQuery> queries_;
  std::vector<Keeper> keepers_;
  std::array<std::int32_t, kSignRows> dots_{};
  std::array<float, kSignRows> estimates_{};
};

std::vector<SignQuery> MakeSignQueries(const InvertedLists& lists, const EncodedQueries& queries) {
  std::vector<SignQuery> made;
  std::vector<float> query(lists.dimension);
  for (std::size_t q = 0; q < queries.count(); ++q) {
    for (std::size_t i = 0; i < query.size(); ++i) {
      query[i] = static_cast<float>(queries.query(q)[i]) * queries.scales[q];
    }
    made.push_back(MakeSignQuery(query, lists.anchor, lists.query_bits));
  }
  return made;
}

std::size_t BytesOf(std::span<const Task> tasks, std::size_t block_bytes) {
  std::size_t blocks = 0;
  for (const Task& task : tasks)
    blocks += (task.end_block - task.first_block) * (task.end_probe - task.first_probe);
  return blocks * block_bytes;
}

}  // namespace

std::vector<float> CentroidScores(const InvertedLists& lists, const EncodedQueries& queries, std::size_t q) {
  constexpr std::size_t kPiece = 64;
  std::vector<float> scores(lists.lists());
  std::array<const std::int8_t*, kPiece> codes;
  std::array<std::int32_t, kPiece> dots;
  for (std::size_t first = 0; first < scores.size(); first += kPiece) {
    const std::size_t count = std::min(kPiece, scores.size() - first);
    for (std::size_t i = 0; i < count; ++i) codes[i] = lists.centroids.row(first + i);
    BestKernel().dot1(queries.query(q), codes.data(), count, queries.stride, dots.data());
    for (std::size_t i = 0; i < count; ++i) {
      scores[first + i] =
          static_cast<float>(dots[i]) * (lists.centroids.scales[first + i] * queries.scales[q]);
    }
  }
  return scores;
}

Result<std::vector<std::vector<ScanCandidate>>> ScanLists(const InvertedLists& lists,
                                                          const EncodedQueries& queries, const ScanPlan& plan,
                                                          const SignKernel& kernel, ScanPool& pool) {
  const std::vector<SignQuery> sign_queries = MakeSignQueries(lists, queries);
  const std::vector<Probe> probes = ProbesOf(lists, queries, plan);
  const std::vector<Task> tasks = TasksOf(lists, probes);
  std::vector<Worker> workers(pool.participants(), Worker(lists, plan, kernel, sign_queries));
  std::vector<std::optional<Error>> errors(workers.size());
  std::atomic<std::size_t> next = 0;
  const auto work = [&](std::size_t participant) {
    for (std::size_t t = next.fetch_add(1); t < tasks.size(); t = next.fetch_add(1)) {
      Status done = workers[participant].Run(tasks[t], probes);
      if (!done && !errors[participant]) errors[participant] = std::move(done).error();
    }
  };
  if (BytesOf(tasks, SignLayout(lists.dimension).block_bytes()) < 2 * kBytesWorthAThread) {
    work(0);
  } else {
    pool.Run(work);
  }
  for (std::optional<Error>& error : errors) {
    if (error) return *std::move(error);
  }
  std::vector<std::vector<ScanCandidate>> found(queries.count());
  for (std::size_t q = 0; q < found.size(); ++q) {
    Keeper all(plan.keep);
    for (Worker& worker : workers) {
      std::vector<ScanCandidate>& part = worker.keeper(q).buffer();
      all.buffer().insert(all.buffer().end(), part.begin(), part.end());
    }
    all.Cut();
    found[q] = std::move(all.buffer());
  }
  return found;
}

}  // namespace vitrine
