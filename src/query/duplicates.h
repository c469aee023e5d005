// Which pictures may be copies of one another: cheap proposals that somebody who sees the pixels has to
// confirm (engine/duplicates.h), and the sure ones among them for `is:duplicate`.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "catalog/fact_table.h"
#include "index/row_set.h"
#include "index/vector_index.h"
#include "vitrine/result.h"

namespace vitrine {

/// The hashes (image/sketch.h) of a picture laid in all eight ways: [i] of the picture mirrored left to right
/// if i >= 4, and then turned clockwise i % 4 times by a quarter. [0] is the hash itself.
std::array<std::uint64_t, 8> TurnedHashes(std::uint64_t hash);

/// Bits in which two hashes differ.
int HashDistance(std::uint64_t a, std::uint64_t b);

struct HashNeighbour {
  RowId row = 0;
  int distance = 0;
};

/// Finds hashes that differ in few bits. Thread-safe to read. Memory: 48 bytes a hash.
class HashIndex {
 public:
  static constexpr int kMaxRadius = 11;

  /// @param hashes  by row, 0 where none is known.
  explicit HashIndex(std::span<const std::uint64_t> hashes);

  /// Every row whose hash differs from `hash` in at most `radius` <= kMaxRadius bits, in order of row.
  /// Cost: 4, 68 or 548 look-ups for a radius up to 3, 7 or 11, and what they find.
  std::vector<HashNeighbour> Near(std::uint64_t hash, int radius) const;

 private:
  static constexpr std::size_t kBands = 4;
  static constexpr std::size_t kBuckets = std::size_t{1} << 16;

  struct Entry {
    std::uint64_t hash = 0;
    RowId row = 0;
  };
  struct Band {
    std::vector<std::uint32_t> starts;  // Of each bucket in `entries`, and the end.
    std::vector<Entry> entries;
  };
  std::array<Band, kBands> bands_;
};

/// Two rows that may be one shot, a < b.
struct ProposedPair {
  RowId a = 0;
  RowId b = 0;
  int distance = 64;      ///< Bits in which the hashes differ; 64 when vectors alone propose it.
  std::uint8_t turn = 0;  ///< b laid this way (TurnedHashes) has nearly a's hash.
  float cosine = 0;       ///< Of the vectors; 0 when hashes alone propose it.
};

struct ProposalOptions {
  int radius = 10;           ///< Of the hashes of pictures laid alike.
  int turned_radius = 7;     ///< Of mirrored and turned ones.
  std::size_t nearest = 12;  ///< Vectors looked at around each.
  float least_cosine = 0.75f;
};

/// Called now and then; false ends the work.
using ProposalProgress = std::function<bool(std::uint64_t done, std::uint64_t total)>;

/// Pairs by hashes and by vectors, each once, in order of a and b. Linear in the pictures: of rows with one
/// and the same hash each is paired with the next three only, and no row has more than 24 pairs by hash with
/// rows after it.
/// @param hashes  by row, 0 where none is known; may be shorter than the table.
/// @param live    rows to look at.
/// Errors: those of VectorIndex::Search.
Result<std::vector<ProposedPair>> ProposePairs(std::span<const std::uint64_t> hashes,
                                               const VectorIndex& index, const RowSet& live,
                                               const ProposalOptions& options,
                                               const ProposalProgress& progress);

/// Rows that are copies for sure, or nearly so: with several files of the same bytes, or with a hash at most
/// 3 bits from another's. Crops and edits need a look at the pixels and are not among them. Some 0.1 s for
/// 100,000 pictures.
RowSet DuplicateRows(const FactTable& facts);

/// The same. @param hashes  by row, 0 where none is known. @param copied  rows with several files.
RowSet DuplicateRows(std::span<const std::uint64_t> hashes, RowSet copied);

}  // namespace vitrine
