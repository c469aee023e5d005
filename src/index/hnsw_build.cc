// Building the graph with USearch, and taking it out again as plain arrays.
//
// Problem: inserting rows from several threads into a graph whose links are chosen by a heuristic is a piece
// of work that others have done well; their file format, which trusts what it reads, is not for a library
// that may come from anywhere. Idea: USearch's core knows only keys and a distance function, so it is given
// row numbers and a function that scores rows where they lie in the table. When all are in, each row's links
// are read through its interface and put down as rows of fixed length (hnsw_graph.h). The search never meets
// USearch, and no file is ever parsed by it. The distance is the negative score: the heuristic only compares
// distances, so that they are negative does no harm.
//
// Cost: some 4,000 scores a row, most of them out of the cache.
#include <algorithm>
#include <atomic>
#include <exception>
#include <string>
#include <usearch/index.hpp>

#include "base/try.h"
#include "index/hnsw_graph.h"
#include "index/scan_pool.h"

namespace vitrine {
namespace {

using Builder = unum::usearch::index_gt<float, RowId, std::uint32_t>;

/// All rows by number: where their codes lie, and their scales.
struct RowPlaces {
  std::size_t stride = 0;
  std::vector<const std::int8_t*> codes;
  std::vector<float> scales;
};

RowPlaces PlacesOf(const RowTable& table) {
  RowPlaces places;
  places.stride = table.stride();
  places.codes.reserve(table.row_count());
  places.scales.reserve(table.row_count());
  for (const RowBlock& block : table.blocks()) {
    for (RowId i = 0; i < block.rows; ++i)
      places.codes.push_back(block.codes + std::size_t{i} * places.stride);
    places.scales.insert(places.scales.end(), block.scales, block.scales + block.rows);
  }
  return places;
}

/// Scores pairs of rows for USearch. One for each thread: it keeps the first row of the last pair widened,
/// because that row stays the same for many pairs.
class PairScorer {
 public:
  explicit PairScorer(const RowPlaces& places)
      : places_(places), kernel_(BestKernel()), wide_(places.stride) {}

  float operator()(RowId a, RowId b) {
    if (a != widened_) {
      std::copy_n(places_.codes[a], places_.stride, wide_.begin());
      widened_ = a;
    }
    std::int32_t dot = 0;
    kernel_.dot1(wide_.data(), &places_.codes[b], 1, places_.stride, &dot);
    return -static_cast<float>(dot) * (places_.scales[a] * places_.scales[b]);
  }

  template <typename Entry>
  float operator()(RowId a, const Entry& b) {
    return (*this)(a, static_cast<RowId>(get_key(b)));
  }

  template <typename Entry>
  float operator()(const Entry& a, const Entry& b) {
    return (*this)(static_cast<RowId>(get_key(a)), static_cast<RowId>(get_key(b)));
  }

 private:
  const RowPlaces& places_;
  const Kernel& kernel_;
  std::vector<std::int16_t> wide_;
  RowId widened_ = kNoRow;
};

/// Asks for the rows that are scored next.
class Prefetcher {
 public:
  explicit Prefetcher(const RowPlaces& places) : places_(places) {}

  template <typename Entries>
  void operator()(Entries first, Entries end) const {
    for (; first != end; ++first) {
      const std::int8_t* codes = places_.codes[get_key(first)];
      for (std::size_t byte = 0; byte < places_.stride; byte += 64) __builtin_prefetch(codes + byte);
    }
  }

 private:
  const RowPlaces& places_;
};

std::vector<RowId> RowsToInsert(const RowPlaces& places, const RowSet* live) {
  std::vector<RowId> rows;
  for (RowId row = 0; row < places.codes.size(); ++row) {
    if (places.scales[row] > 0 && (live == nullptr || live->Contains(row))) rows.push_back(row);
  }
  return rows;
}

/// Inserts from several threads; each takes the next row.
Status Insert(Builder& builder, const RowPlaces& places, std::span<const RowId> rows,
              const HnswBuildOptions& options) {
  std::atomic<std::size_t> next = 0;
  std::atomic<bool> failed = false;
  ScanPool pool(options.threads - 1);
  pool.Run([&](std::size_t participant) {
    PairScorer score(places);
    const Prefetcher prefetch(places);
    const unum::usearch::index_update_config_t config{.expansion = options.expansion, .thread = participant};
    for (std::size_t i = next++; i < rows.size() && !failed; i = next++) {
      if (!builder.add(rows[i], rows[i], score, config, unum::usearch::dummy_callback_t{}, prefetch))
        failed = true;
    }
  });
  if (failed) return Error(Code::kInternal, "building the graph: the memory is not enough");
  return {};
}

/// Copies the links of `slot` in a level to `links`, which holds kNoRow.
void CopyLinks(const Builder& builder, std::uint32_t slot, std::size_t level, std::span<RowId> links) {
  std::size_t count = 0;
  for (const auto neighbour : builder.neighbors(slot, level)) {
    if (count < links.size()) links[count++] = static_cast<RowId>(get_key(neighbour));
  }
}

/// Slots by the rows they hold; kNoRow where a row is in none.
std::vector<std::uint32_t> SlotsByRow(const Builder& builder, RowId covered) {
  std::vector<std::uint32_t> slots(covered, kNoRow);
  for (std::uint32_t slot = 0; slot < builder.size(); ++slot) {
    slots[static_cast<RowId>(get_key(builder.at(slot)))] = slot;
  }
  return slots;
}

HnswGraph Flatten(const Builder& builder, RowId covered) {
  HnswGraph graph;
  graph.covered = covered;
  graph.entries = static_cast<RowId>(builder.size());
  graph.levels.resize(builder.max_level());
  auto base = std::make_shared<std::vector<RowId>>(std::size_t{covered} * kBaseLinks, kNoRow);
  const std::vector<std::uint32_t> slots = SlotsByRow(builder, covered);
  for (RowId row = 0; row < covered; ++row) {
    const std::uint32_t slot = slots[row];
    if (slot == kNoRow) continue;
    CopyLinks(builder, slot, 0, std::span(*base).subspan(std::size_t{row} * kBaseLinks, kBaseLinks));
    const std::size_t top = builder.level_of(slot);
    for (std::size_t level = 1; level <= top; ++level) {
      GraphLevel& to = graph.levels[level - 1];
      to.rows.push_back(row);
      to.links.resize(to.links.size() + kUpperLinks, kNoRow);
      CopyLinks(builder, slot, level, std::span(to.links).last(kUpperLinks));
    }
    if (graph.entry == kNoRow || top > builder.level_of(slots[graph.entry])) graph.entry = row;
  }
  graph.base = base->data();
  graph.owner = std::move(base);
  return graph;
}

}  // namespace

Result<HnswGraph> BuildHnswGraph(const RowTable& table, const RowSet* live, const HnswBuildOptions& options) {
  try {
    const RowPlaces places = PlacesOf(table);
    const std::vector<RowId> rows = RowsToInsert(places, live);
    Builder builder(unum::usearch::index_config_t(kUpperLinks, kBaseLinks));
    if (!rows.empty()) {
      if (!builder.reserve(unum::usearch::index_limits_t(rows.size(), options.threads))) {
        return Error(Code::kInternal, "building the graph: the memory is not enough");
      }
      VITRINE_TRY(Insert(builder, places, rows, options));
    }
    return Flatten(builder, table.row_count());
  } catch (const std::exception& error) {
    return Error(Code::kInternal, std::string("building the graph: ") + error.what());
  }
}

}  // namespace vitrine
