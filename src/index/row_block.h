// A run of consecutive rows as the scan reads them: codes padded to the stride, then the scales, then what
// only the best few are ranked by.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "index/page_checks.h"
#include "index/vector_index.h"

namespace vitrine {

/// Rows first .. first + rows - 1. Row first + i has codes[i * stride ...] and fine[i * stride ...] (zeros
/// past the dimension) and scales[i].
struct RowBlock {
  RowId first = 0;
  RowId rows = 0;
  const std::int8_t* codes = nullptr;                  ///< [rows, stride], aligned to kRowAlignment bytes.
  const float* scales = nullptr;                       ///< [rows], each finite and >= 0.
  const std::int8_t* fine = nullptr;                   ///< [rows, stride], aligned as the codes.
  std::shared_ptr<const void> owner;                   ///< Keeps the memory or the map alive.
  std::shared_ptr<const PageChecks> checks = nullptr;  ///< Of a map; nullptr for memory, which needs none.

  RowId end() const { return first + rows; }
};

/// Makes sure, before the first use, that the codes and scales, or the fine codes, of rows [begin, end) are
/// what was written. REQUIRES: they are rows of the block. Errors: kCorrupt, naming the file.
Status VerifyCodes(const RowBlock& block, RowId begin, RowId end, std::size_t stride);
Status VerifyFine(const RowBlock& block, RowId begin, RowId end, std::size_t stride);

/// Says that a row's codes, or fine codes, will be verified next: those still on the disk come side by side
/// instead of one after the other. REQUIRES: a row of the block.
void ExpectCodes(const RowBlock& block, RowId row, std::size_t stride);
void ExpectFine(const RowBlock& block, RowId row, std::size_t stride);

/// Bytes of a block's codes, scales and fine codes with the padding between them: what a segment file stores.
std::size_t PayloadBytes(RowId rows, std::size_t stride);

/// Where the scales begin in that payload, and where the fine codes do.
std::size_t ScalesOffset(RowId rows, std::size_t stride);
std::size_t FineOffset(RowId rows, std::size_t stride);

/// Lays rows out as one aligned payload of PayloadBytes(), zeros in every gap and for
/// fine codes that are not there. A scale that is negative or no
/// finite number becomes 0.
std::shared_ptr<std::byte[]> LayOut(const EncodedRows& rows, std::size_t stride);

/// A block over such a payload.
RowBlock BlockOver(RowId first, RowId rows, std::size_t stride, const std::byte* payload,
                   std::shared_ptr<const void> owner);

}  // namespace vitrine
