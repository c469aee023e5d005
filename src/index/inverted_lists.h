// What an inverted index consists of, in memory or mapped: entries in blocks of 64, list after list.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "index/index_file.h"
#include "index/inverted_index.h"
#include "index/kmeans.h"
#include "index/row_table.h"
#include "index/sign_codes.h"

namespace vitrine {

/// The lists. Immutable once built.
struct InvertedLists {
  std::size_t dimension = 0;
  std::size_t query_bits = kLeastPlanes;
  RowId covered = 0;                       ///< Rows [0, covered) were there when it was built.
  std::vector<float> anchor;               ///< [dimension], in the rotated basis.
  Centroids centroids;                     ///< One for each list.
  std::vector<std::uint32_t> counts;       ///< Entries of each list; in each, rows ascend.
  std::vector<std::uint64_t> first_block;  ///< [lists + 1]: where the blocks of each list begin.
  const std::byte* blocks = nullptr;       ///< Aligned to 64 bytes.
  std::shared_ptr<const void> owner;       ///< Keeps the blocks alive.
  std::shared_ptr<const IndexFile> file;   ///< Checks blocks before their first use; null when built here.
  std::vector<RecallPoint> curve;          ///< Measured settings, the cheapest first, recall rising.

  std::size_t lists() const { return counts.size(); }
  std::uint64_t block_count() const { return first_block.back(); }
  std::uint64_t entries() const {
    std::uint64_t sum = 0;
    for (const std::uint32_t count : counts) sum += count;
    return sum;
  }
};

/// Blocks that `count` entries fill.
inline std::uint64_t BlocksFor(std::uint64_t count) { return (count + kSignRows - 1) / kSignRows; }

}  // namespace vitrine
