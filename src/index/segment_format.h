// The bytes of a segment file (docs/formats/segment.md). Knows layout and checksums; touches no file.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "index/vector_index.h"

namespace vitrine {

inline constexpr std::size_t kHeaderBytes = 64;  ///< Of the file header and of each block header.

/// What the file header says.
struct SegmentHeader {
  std::string space;  ///< 16 hex digits.
  std::size_t dimension = 0;
  std::size_t stride = 0;
  std::uint64_t generation = 0;
};

using HeaderBytes = std::array<std::byte, kHeaderBytes>;

HeaderBytes FileHeader(const SegmentHeader& header);

/// The header of a block of int8 rows. `link` is the checksum of the header before it: the last eight bytes
/// of the file header or of the previous block's.
HeaderBytes Int8BlockHeader(RowId first, RowId rows, std::span<const std::byte> payload, std::uint64_t link);

/// The checksum that ends a header.
std::uint64_t LinkOf(std::span<const std::byte, kHeaderBytes> header);

/// A block of int8 rows found in a file; its header was whole.
struct FoundBlock {
  RowId first = 0;
  RowId rows = 0;
  std::size_t payload_offset = 0;
  bool payload_whole = false;  ///< The payload's checksum was right.
};

/// What a walk over a file's bytes found.
struct SegmentScan {
  std::vector<FoundBlock> blocks;  ///< In row order, without gaps from row 0.
  RowId rows = 0;                  ///< Rows that the blocks cover.
  std::size_t end = 0;             ///< Where the next block's header belongs.
  std::uint64_t link = 0;          ///< Of the last whole header.
  std::string
      damage;  ///< Why the file, or what follows a place in it, is not believed; empty if all is well.
};

/// Checks everything: header, identity, continuity of rows, lengths, checksums. Reads nothing outside `bytes`
/// and uses no value before its checksum was found right. Does not fail: what is not whole is not among the
/// blocks, or is marked.
SegmentScan ScanSegment(std::span<const std::byte> bytes, const SegmentHeader& wanted);

}  // namespace vitrine
