// Problem: an index that is quick for ten million vectors is slower and less exact than plain reading for ten
// thousand. Idea: reading costs rows * bytes a row / bandwidth, so each step of compression is worth its
// approximation only where the step before it takes too long or does not fit. At 512 dimensions and some
// 20 GB/s, 200,000 rows of int8 take 5 ms; three million rows of one bit take 10 ms; past that only reading
// less than all helps. The limits are in bytes, so that short vectors stay longer with the simpler kind.
#include "index/index_policy.h"

#include <algorithm>
#include <cmath>

#include "index/quantise.h"

namespace vitrine {
namespace {

/// What one search may read of int8 rows, and of one-bit rows: 200,000 and 3,000,000 rows of 512 dimensions.
constexpr std::uint64_t kMostExactBytes = 200'000ull * 512;
constexpr std::uint64_t kMostCompressedBytes = 3'000'000ull * (512 / 8);
/// Factors and a row number beside the bits of a compressed row.
constexpr std::uint64_t kCompressedExtra = 16;

constexpr RowId kLeastRowsAList = 64;
/// Rows that may be scanned besides an index whatever its size: a millisecond at most.
constexpr RowId kSmallTail = 20'000;
/// Of the rows that an index covers, one part in so many may have gone.
constexpr RowId kDeadShare = 5;

/// And one part in so many may have come. A row of the tail takes seven times as long to read as one of the
/// codes, so a thirty-second makes a scan of all codes a fifth slower; where few of the lists are read it
/// takes less. Codes are built again within seconds a million rows, a graph in the better part of an hour.
RowId TailShare(IndexKind kind) {
  switch (kind) {
    case IndexKind::kIvf:
      return 128;
    case IndexKind::kHnsw:
      return 5;
    default:
      return 32;
  }
}

}  // namespace

std::string_view NameOf(IndexKind kind) {
  switch (kind) {
    case IndexKind::kAuto:
      return "auto";
    case IndexKind::kExact:
      return "exact";
    case IndexKind::kCompressed:
      return "compressed";
    case IndexKind::kIvf:
      return "ivf";
    case IndexKind::kHnsw:
      return "hnsw";
  }
  return "unknown";
}

IndexKind ChooseKind(const IndexPolicy& policy, RowId rows, std::size_t dimension) {
  if (policy.kind != IndexKind::kAuto) return policy.kind;
  if (policy.recall >= 1) return IndexKind::kExact;
  const std::uint64_t stride = StrideOf(dimension);
  const std::uint64_t exact = rows * stride;
  if (exact <= std::min(kMostExactBytes, policy.memory_bytes)) return IndexKind::kExact;
  const std::uint64_t bits = rows * (stride / 8);
  const bool fits = bits + rows * kCompressedExtra <= policy.memory_bytes;
  return bits <= kMostCompressedBytes && fits ? IndexKind::kCompressed : IndexKind::kIvf;
}

std::size_t ListsFor(RowId rows) {
  const double wanted = 4 * std::sqrt(static_cast<double>(rows));
  return std::max<std::size_t>(
      1, std::min<std::size_t>(static_cast<std::size_t>(wanted), rows / kLeastRowsAList));
}

bool ShouldRebuild(IndexKind kind, RowId covered, RowId tail, RowId dead) {
  return tail > std::max(kSmallTail, covered / TailShare(kind)) || dead > covered / kDeadShare;
}

}  // namespace vitrine
