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

/// Where the parts of a block lie in the file.
struct BlockPlace {
  std::size_t table = 0;    ///< Behind the header.
  std::size_t payload = 0;  ///< At a multiple of kPageBytes, so that a page of it is one of the memory's.
  std::size_t end = 0;      ///< Where the next header belongs.
};

/// The place of a block whose header lies at `header`.
BlockPlace PlaceBlock(std::size_t header, std::size_t payload_bytes);

/// The bytes between a block's header and its payload: a checksum for each page (ChecksumsOf()), then zeros.
std::vector<std::byte> PageTable(const BlockPlace& place, std::span<const std::byte> payload);

/// The header of a block of int8 rows. `link` is the checksum of the header before it: the last eight bytes
/// of the file header or of the previous block's.
HeaderBytes Int8BlockHeader(RowId first, RowId rows, std::size_t payload_bytes,
                            std::span<const std::byte> table, std::uint64_t link);

/// The checksum that ends a header.
std::uint64_t LinkOf(std::span<const std::byte, kHeaderBytes> header);

/// A block of int8 rows found in a file; its header was whole.
struct FoundBlock {
  RowId first = 0;
  RowId rows = 0;
  BlockPlace place;
  std::uint64_t table_checksum = 0;  ///< Of the page table. Neither that nor the payload was looked at.
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

/// Checks headers: their checksums, identity, continuity of rows, lengths. Reads nothing else, nothing
/// outside `bytes`, and uses no value before its checksum was found right. Does not fail: what is not
/// believed is not among the blocks.
SegmentScan ScanSegment(std::span<const std::byte> bytes, const SegmentHeader& wanted);

}  // namespace vitrine
