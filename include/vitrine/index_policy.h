// How the vectors of a library are searched, as its owner asks for it.
#pragma once

#include <cstdint>
#include <string_view>

namespace vitrine {

/// The ways to search. Every one gives the same scores; they differ in what they cost and in what they may
/// miss.
enum class IndexKind : std::uint8_t {
  kAuto,        ///< Whichever suits the number of vectors. The only value that no built index has.
  kExact,       ///< Every vector is scored.
  kCompressed,  ///< One bit a dimension, then the best exactly.
  kIvf,         ///< The same in lists, of which a search reads a few.
  kHnsw,        ///< A graph: fast, large, slow to build. Never chosen, only asked for.
};

/// "auto", "exact", "compressed", "ivf", "hnsw".
std::string_view NameOf(IndexKind kind);

/// What a library's owner asks of its index.
struct IndexPolicy {
  IndexKind kind = IndexKind::kAuto;
  std::uint64_t memory_bytes = 2ull << 30;  ///< Memory that searches should keep warm at most.
  double recall = 0.99;                     ///< Share of the true best k to be found, at least; in (0, 1].

  bool operator==(const IndexPolicy&) const = default;
};

}  // namespace vitrine
