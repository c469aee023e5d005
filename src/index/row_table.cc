// Ranking a few candidates as finely as they are stored.
//
// Problem: a scan over one byte a component finds the ten nearest of 100,000 but swaps near ties, one or two
// in a hundred. A second byte would settle them and double what every search reads. Idea: only the few best
// by the first byte are held against both. Why right: both products with the integer query are exact sums,
// 256 times the first plus the second is exact in 64 bits, and one rounding makes a float of it, so the score
// is the same to the bit whatever found the candidate. That rows beyond KeptFor(k) by the first byte are not
// among the best k is a matter of odds: rounding errors are independent, and the margin is several times what
// they move a rank. Cost: two gathers of rows, the next of which are fetched while one is worked on.
#include "index/row_table.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "base/try.h"
#include "index/rotation.h"
#include "index/top_k.h"

namespace vitrine {
namespace {

/// Rows of one kernel call.
constexpr std::size_t kPiece = 64;

/// A map of up to so many bytes may stay in memory whole. Of a larger one, rows gathered here and there would
/// in time bring in all of it (the system maps 64 KiB around each): after so many gathers it is let go, at
/// the price of touching pages anew, which the system still has.
constexpr std::size_t kMostMappedBytes = std::size_t{5} << 28;
constexpr std::size_t kMostGathers = 8192;

/// A candidate that has a vector.
struct ScanCandidate {
  const RowBlock* block;
  RowId row;
  std::int32_t dot;  ///< Of the codes with the query's.
  float scale;       ///< The row's times the query's.

  Neighbour ByCodes() const { return {row, static_cast<float>(dot) * scale}; }
  Neighbour ByBoth(std::int32_t fine_dot) const {
    const std::int64_t sum = std::int64_t{dot} * kFineSteps + fine_dot;
    return {row, static_cast<float>(static_cast<double>(sum) * (static_cast<double>(scale) / kFineSteps))};
  }
};

void Prefetch(const std::int8_t* row, std::size_t stride) {
  for (std::size_t line = 0; line < stride; line += 64) __builtin_prefetch(row + line);
}

/// Dot products of a query with one plane of the candidates' rows, handed to `take(candidate, dot)`.
template <typename Take>
void DotAll(std::span<ScanCandidate> candidates, const std::int8_t* RowBlock::* plane,
            const std::int16_t* query, std::size_t stride, const Kernel& kernel, const Take& take) {
  const auto row_of = [&](const ScanCandidate& candidate) {
    return candidate.block->*plane + std::size_t{candidate.row - candidate.block->first} * stride;
  };
  std::array<const std::int8_t*, kPiece> rows;
  std::array<std::int32_t, kPiece> dots;
  for (std::size_t first = 0; first < candidates.size(); first += kPiece) {
    const std::span<ScanCandidate> piece =
        candidates.subspan(first, std::min(kPiece, candidates.size() - first));
    std::transform(piece.begin(), piece.end(), rows.begin(), row_of);
    for (std::size_t i = 0; i < std::min<std::size_t>(piece.size(), 4); ++i) Prefetch(rows[i], stride);
    kernel.dot1(query, rows.data(), piece.size(), stride, dots.data());
    for (std::size_t i = 0; i < piece.size(); ++i) take(piece[i], dots[i]);
  }
}

/// Keeps the best `count` by codes, in row order.
void CutTo(std::size_t count, std::vector<ScanCandidate>& candidates) {
  if (candidates.size() <= count) return;
  const auto end = candidates.begin() + static_cast<std::ptrdiff_t>(count);
  std::nth_element(
      candidates.begin(), end, candidates.end(),
      [](const ScanCandidate& a, const ScanCandidate& b) { return Better(a.ByCodes(), b.ByCodes()); });
  candidates.erase(end, candidates.end());
  std::sort(candidates.begin(), candidates.end(),
            [](const ScanCandidate& a, const ScanCandidate& b) { return a.row < b.row; });
}

}  // namespace

std::size_t KeptFor(std::size_t k) { return k + std::max<std::size_t>(16, k / 2); }

RowTable::RowTable(std::size_t dimension, std::vector<RowBlock> blocks)
    : dimension_(dimension), stride_(StrideOf(dimension)), blocks_(std::move(blocks)) {
  for (const RowBlock& block : blocks_) {
    if (block.checks != nullptr) mapped_bytes_ += PayloadBytes(block.rows, stride_);
  }
}

const RowBlock& RowTable::BlockOf(RowId row) const {
  return *std::lower_bound(blocks_.begin(), blocks_.end(), row,
                           [](const RowBlock& block, RowId wanted) { return block.end() <= wanted; });
}

Result<std::vector<Neighbour>> RowTable::BestOf(const EncodedQueries& queries, std::size_t q,
                                                std::span<const RowId> candidates, std::size_t k,
                                                const Kernel& kernel) const {
  std::vector<ScanCandidate> kept;
  kept.reserve(candidates.size());
  const RowBlock* block = nullptr;
  for (const RowId row : candidates) {
    if (block == nullptr || block->end() <= row) block = &BlockOf(row);
    ExpectCodes(*block, row, stride_);
    kept.push_back({block, row, 0, 0});
  }
  for (ScanCandidate& candidate : kept) {
    VITRINE_TRY(VerifyCodes(*candidate.block, candidate.row, candidate.row + 1, stride_));
    candidate.scale = candidate.block->scales[candidate.row - candidate.block->first];
  }
  std::erase_if(kept, [](const ScanCandidate& candidate) { return candidate.scale == 0; });
  for (ScanCandidate& candidate : kept) candidate.scale *= queries.scales[q];
  k = std::min<std::size_t>(k, kept.size());
  DotAll(kept, &RowBlock::codes, queries.query(q), stride_, kernel,
         [](ScanCandidate& candidate, std::int32_t dot) { candidate.dot = dot; });
  CutTo(KeptFor(k), kept);
  for (const ScanCandidate& candidate : kept) ExpectFine(*candidate.block, candidate.row, stride_);
  for (const ScanCandidate& candidate : kept) {
    VITRINE_TRY(VerifyFine(*candidate.block, candidate.row, candidate.row + 1, stride_));
  }
  std::vector<Neighbour> best;
  best.reserve(kept.size());
  DotAll(kept, &RowBlock::fine, queries.query(q), stride_, kernel,
         [&](const ScanCandidate& candidate, std::int32_t dot) { best.push_back(candidate.ByBoth(dot)); });
  std::partial_sort(best.begin(), best.begin() + static_cast<std::ptrdiff_t>(k), best.end(), Better);
  best.resize(k);
  BoundMemory(candidates.size() + kept.size());
  return best;
}

void RowTable::BoundMemory(std::size_t gathered) const {
  if (mapped_bytes_ <= kMostMappedBytes) return;
  if (gathered_.fetch_add(gathered, std::memory_order_relaxed) + gathered < kMostGathers) return;
  gathered_.store(0, std::memory_order_relaxed);
  for (const RowBlock& block : blocks_) {
    if (block.checks != nullptr) block.checks->LetGoOfPayload();
  }
}

Status RowTable::Verify(RowId first, RowId end) const {
  while (first < end) {
    const RowBlock& block = BlockOf(first);
    const RowId next = std::min(end, block.end());
    VITRINE_TRY(VerifyCodes(block, first, next, stride_));
    first = next;
  }
  return {};
}

void RowTable::Rotated(RowId row, std::span<float> out) const {
  const RowBlock& block = BlockOf(row);
  if (!VerifyCodes(block, row, row + 1, stride_) || !VerifyFine(block, row, row + 1, stride_)) {
    std::fill(out.begin(), out.end(), 0.0F);
    return;
  }
  const std::size_t offset = row - block.first;
  const std::int8_t* codes = block.codes + offset * stride_;
  const std::int8_t* fine = block.fine + offset * stride_;
  const float step = block.scales[offset] / static_cast<float>(kFineSteps);
  for (std::size_t i = 0; i < dimension_; ++i) {
    out[i] = static_cast<float>(codes[i] * kFineSteps + fine[i]) * step;
  }
}

std::vector<float> RowTable::Vector(RowId row) const {
  std::vector<float> vector(dimension_);
  Rotated(row, vector);
  double squares = 0;
  for (const float x : vector) squares += static_cast<double>(x) * static_cast<double>(x);
  if (squares == 0) return vector;
  const auto factor = static_cast<float>(1 / std::sqrt(squares));
  for (float& x : vector) x *= factor;
  RotateBack(vector);
  return vector;
}

std::shared_ptr<const RowTable> TableInMemory(const EncodedRows& rows) {
  std::vector<RowBlock> blocks;
  if (rows.rows() > 0) {
    const std::size_t stride = StrideOf(rows.dimension);
    const auto payload = LayOut(rows, stride);
    blocks.push_back(BlockOver(0, static_cast<RowId>(rows.rows()), stride, payload.get(), payload));
  }
  return std::make_shared<const RowTable>(rows.dimension, std::move(blocks));
}

}  // namespace vitrine
