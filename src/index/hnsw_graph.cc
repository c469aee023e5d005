// The walk of a hierarchical navigable small world (Malkov and Yashunin, "Efficient and robust approximate
// nearest neighbor search using hierarchical navigable small world graphs", TPAMI 2020).
//
// Problem: to find a query's nearest rows while reading a few hundred of a million. Idea: each row is linked
// to rows that are near to it and far from one another. Levels with ever fewer rows lead quickly to the right
// region: there, the walk always goes on from the best row not yet left, and keeps the best `expansion` rows.
// It ends when the best row not yet left is worse than all that are kept. Why right: it is not always; what
// it misses falls with the expansion, which is therefore chosen by measuring (hnsw_index.cc).
//
// What is particular here: the vectors are those of the row table, so the graph adds 133 bytes a row and no
// copy; all unseen neighbours of a row are prefetched and scored by one kernel call; and a link is believed
// only after its bytes were checked and its row was found to exist, so a damaged file can do no worse than an
// error. Cost: one random read of a row per row scored, some 15 times the expansion.
#include "index/hnsw_graph.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/try.h"
#include "index/top_k.h"

namespace vitrine {
namespace {

/// Orders a heap so that the best is on top.
bool Worse(const Neighbour& a, const Neighbour& b) { return Better(b, a); }

class Walker {
 public:
  Walker(const HnswGraph& graph, const RowTable& table, const Kernel& kernel, const EncodedQueries& queries,
         std::size_t q, const WalkOptions& options)
      : graph_(graph),
        table_(table),
        kernel_(kernel),
        query_(queries.query(q)),
        query_scale_(queries.scales[q]),
        options_(options),
        seen_(graph.covered) {}

  Result<WalkResult> Go() {
    if (graph_.entry == kNoRow) return std::move(result_);
    VITRINE_TRY_ASSIGN(const Neighbour start, Descend());
    VITRINE_TRY(Spread(start));
    return std::move(result_);
  }

 private:
  /// Goes down the levels above the base, in each to the nearest row that steps uphill lead to.
  Result<Neighbour> Descend() {
    VITRINE_TRY(Score(std::span(&graph_.entry, 1)));
    Neighbour at = scored_[0];
    for (auto level = graph_.levels.rbegin(); level != graph_.levels.rend(); ++level) {
      for (bool moved = true; moved;) {
        moved = false;
        VITRINE_TRY(Score(LinksIn(*level, at.row)));
        for (std::size_t i = 0; i < count_; ++i) {
          if (!Better(scored_[i], at)) continue;
          at = scored_[i];
          moved = true;
        }
      }
    }
    return at;
  }

  /// Walks the base level from the best row not yet left until that one is worse than all that are kept.
  Status Spread(const Neighbour& start) {
    seen_.Insert(start.row);
    Keep(start);
    while (!open_.empty()) {
      std::pop_heap(open_.begin(), open_.end(), Worse);
      const Neighbour at = open_.back();
      open_.pop_back();
      if (IsFull() && Better(result_.best.front(), at)) return {};
      VITRINE_TRY_ASSIGN(const std::span<const RowId> unseen, UnseenFrom(at.row));
      if (result_.scored + unseen.size() > options_.most_scored) {
        result_.gave_up = true;
        return {};
      }
      VITRINE_TRY(Score(unseen));
      for (std::size_t i = 0; i < count_; ++i) {
        if (!IsFull() || Better(scored_[i], result_.best.front())) Keep(scored_[i]);
      }
    }
    return {};
  }

  bool IsFull() const { return result_.best.size() >= options_.expansion; }

  void Keep(const Neighbour& found) {
    open_.push_back(found);
    std::push_heap(open_.begin(), open_.end(), Worse);
    if (ScaleOf(found.row) == 0) return;
    if (options_.allowed != nullptr && !options_.allowed->Contains(found.row)) return;
    std::vector<Neighbour>& best = result_.best;
    if (IsFull()) {
      std::pop_heap(best.begin(), best.end(), Better);
      best.back() = found;
    } else {
      best.push_back(found);
    }
    std::push_heap(best.begin(), best.end(), Better);
  }

  static std::span<const RowId> LinksIn(const GraphLevel& level, RowId row) {
    const auto place = std::lower_bound(level.rows.begin(), level.rows.end(), row);
    if (place == level.rows.end() || *place != row) return {};
    const std::size_t index = static_cast<std::size_t>(place - level.rows.begin());
    const std::span<const RowId> links(level.links.data() + index * kUpperLinks, kUpperLinks);
    return links.first(
        static_cast<std::size_t>(std::find(links.begin(), links.end(), kNoRow) - links.begin()));
  }

  /// The neighbours of a row in the base level that were not met yet, which marks them.
  Result<std::span<const RowId>> UnseenFrom(RowId row) {
    const std::span<const RowId> links(graph_.base + std::size_t{row} * kBaseLinks, kBaseLinks);
    if (graph_.file) VITRINE_TRY(graph_.file->Verify(std::as_bytes(links)));
    std::size_t count = 0;
    for (const RowId link : links) {
      if (link == kNoRow) break;
      if (link >= graph_.covered) return LeadsNowhere(link);
      if (seen_.Contains(link)) continue;
      seen_.Insert(link);
      unseen_[count++] = link;
    }
    return std::span<const RowId>(unseen_).first(count);
  }

  /// Scores rows, at most kBaseLinks, into scored_ and count_.
  Status Score(std::span<const RowId> rows) {
    count_ = 0;
    std::array<const std::int8_t*, kBaseLinks> codes;
    std::array<float, kBaseLinks> scales;
    for (const RowId row : rows) {
      if (row >= graph_.covered) return LeadsNowhere(row);
      const RowBlock& block = table_.BlockOf(row);
      VITRINE_TRY(VerifyCodes(block, row, row + 1, table_.stride()));
      const std::size_t offset = row - block.first;
      codes[count_] = block.codes + offset * table_.stride();
      for (std::size_t byte = 0; byte < table_.stride(); byte += 64) {
        __builtin_prefetch(codes[count_] + byte);
      }
      scales[count_] = block.scales[offset];
      ++count_;
    }
    std::array<std::int32_t, kBaseLinks> dots;
    kernel_.dot1(query_, codes.data(), count_, table_.stride(), dots.data());
    for (std::size_t i = 0; i < count_; ++i) {
      scored_[i] = {rows[i], static_cast<float>(dots[i]) * (scales[i] * query_scale_)};
    }
    result_.scored += count_;
    return {};
  }

  float ScaleOf(RowId row) const {
    const RowBlock& block = table_.BlockOf(row);
    return block.scales[row - block.first];
  }

  static Error LeadsNowhere(RowId row) {
    return Error(Code::kCorrupt,
                 "the graph of the index leads to row " + std::to_string(row) + ", which is not there");
  }

  const HnswGraph& graph_;
  const RowTable& table_;
  const Kernel& kernel_;
  const std::int16_t* query_;
  float query_scale_;
  const WalkOptions& options_;
  RowSet seen_;                  ///< Rows met in the base level.
  std::vector<Neighbour> open_;  ///< Rows whose neighbours were not looked at; a heap with the best on top.
  std::array<RowId, kBaseLinks> unseen_;
  std::array<Neighbour, kBaseLinks> scored_;
  std::size_t count_ = 0;  ///< Of scored_.
  WalkResult result_;      ///< Its `best` is a heap with the worst on top.
};

}  // namespace

std::size_t HnswGraph::bytes() const {
  std::size_t rows = std::size_t{covered} * kBaseLinks;
  for (const GraphLevel& level : levels) rows += level.rows.size() + level.links.size();
  return rows * sizeof(RowId);
}

Result<WalkResult> Walk(const HnswGraph& graph, const RowTable& table, const Kernel& kernel,
                        const EncodedQueries& queries, std::size_t q, const WalkOptions& options) {
  return Walker(graph, table, kernel, queries, q, options).Go();
}

}  // namespace vitrine
