// Layout of a segment, little-endian:
//
//   file header   magic, version, space, generation, dimension, stride, checksum
//   block         header: type, first row, rows, payload length, checksum of the table, link to the header
//                 before, checksum
//                 table: a checksum for each 4 KiB of the payload, zeros up to the next multiple of 4,096
//                 payload: codes [rows, stride], scales [rows], zeros up to a multiple of 64, fine codes
//                 [rows, stride]
//   block ...
//
// The link makes the headers a chain: a block that belongs to another file, or to another place in this one,
// breaks it, even when its own checksums are right. Opening a file reads its headers; a page
// of the payload is held against its checksum by whoever first reads it (page_checks.h).
#include "index/segment_format.h"

#include <bit>
#include <cstring>

#include "base/hash.h"
#include "index/page_checks.h"
#include "index/row_block.h"

namespace vitrine {
namespace {

static_assert(std::endian::native == std::endian::little,
              "segments are little-endian and used as they are mapped");

constexpr char kMagic[] = {'V', 'I', 'T', 'R', 'S', 'E', 'G', '\n'};
constexpr std::uint32_t kVersion = 2;
constexpr std::uint32_t kBlockMagic = 0x4b4c4256;  // "VBLK"
constexpr std::uint32_t kInt8Rows = 1;
constexpr std::size_t kSpaceBytes = 16;
constexpr std::size_t kAlignment = 64;

struct RawFileHeader {
  char magic[8];
  std::uint32_t version;
  std::uint32_t dimension;
  char space[kSpaceBytes];
  std::uint64_t generation;
  std::uint32_t stride;
  std::uint32_t zero[3];
  std::uint64_t checksum;
};
static_assert(sizeof(RawFileHeader) == kHeaderBytes);

struct RawBlockHeader {
  std::uint32_t magic;
  std::uint32_t type;
  std::uint32_t first;
  std::uint32_t rows;
  std::uint64_t payload_bytes;
  std::uint64_t table_checksum;
  std::uint64_t link;
  std::uint64_t zero[2];
  std::uint64_t checksum;
};
static_assert(sizeof(RawBlockHeader) == kHeaderBytes);

constexpr std::size_t kCheckedBytes = kHeaderBytes - sizeof(std::uint64_t);

template <typename Raw>
HeaderBytes Seal(Raw raw) {
  HeaderBytes bytes;
  std::memcpy(bytes.data(), &raw, kHeaderBytes);
  raw.checksum = Checksum64(std::span(bytes).first(kCheckedBytes));
  std::memcpy(bytes.data(), &raw, kHeaderBytes);
  return bytes;
}

template <typename Raw>
bool Unseal(std::span<const std::byte> bytes, Raw& raw) {
  std::memcpy(&raw, bytes.data(), kHeaderBytes);
  return raw.checksum == Checksum64(bytes.first(kCheckedBytes));
}

bool AllZero(std::span<const std::byte> bytes) {
  for (const std::byte byte : bytes) {
    if (byte != std::byte{0}) return false;
  }
  return true;
}

/// Empty when the file is the wanted one, else why not.
std::string CheckFileHeader(std::span<const std::byte> bytes, const SegmentHeader& wanted) {
  RawFileHeader raw;
  if (bytes.size() < kHeaderBytes) return "it is only " + std::to_string(bytes.size()) + " bytes long";
  if (std::memcmp(bytes.data(), kMagic, sizeof kMagic) != 0) return "it is no segment file";
  if (!Unseal(bytes.first(kHeaderBytes), raw)) return "its header is damaged";
  if (raw.version != kVersion) return "its format is version " + std::to_string(raw.version);
  if (std::string_view(raw.space, kSpaceBytes) != wanted.space) return "it belongs to another space";
  if (raw.generation != wanted.generation) return "it is of generation " + std::to_string(raw.generation);
  if (raw.dimension != wanted.dimension || raw.stride != wanted.stride)
    return "its vectors have another length";
  return {};
}

/// Empty when the header is whole, links to `scan` and its payload lies inside the file, else why not.
std::string CheckBlockHeader(const RawBlockHeader& raw, bool whole, const SegmentScan& scan,
                             std::size_t file_bytes, std::size_t stride) {
  if (!whole || raw.magic != kBlockMagic) return "a block header is damaged";
  if (raw.link != scan.link) return "a block belongs to another place or file";
  if (raw.payload_bytes > file_bytes || raw.payload_bytes % kAlignment != 0 ||
      PlaceBlock(scan.end, raw.payload_bytes).end > file_bytes) {
    return "a block is cut off";
  }
  if (raw.type != kInt8Rows) return {};
  if (raw.first != scan.rows || raw.rows == 0 || raw.rows > ~RowId{0} - raw.first) return "rows are missing";
  if (raw.payload_bytes != PayloadBytes(raw.rows, stride)) return "a block has the wrong length";
  return {};
}

/// Takes the block at scan.end; false when there is none or it is not believed.
bool TakeBlock(std::span<const std::byte> bytes, std::size_t stride, SegmentScan& scan) {
  const std::span<const std::byte> rest = bytes.subspan(scan.end);
  if (rest.empty()) return false;
  if (rest.size() < kHeaderBytes) {
    scan.damage = "a block header is cut off";
    return false;
  }
  // A block's header is written after the rest of it: zeros are a block that a writer has not finished.
  if (AllZero(rest.first(kHeaderBytes))) return false;
  RawBlockHeader raw;
  const bool whole = Unseal(rest.first(kHeaderBytes), raw);
  scan.damage = CheckBlockHeader(raw, whole, scan, bytes.size(), stride);
  if (!scan.damage.empty()) return false;
  const BlockPlace place = PlaceBlock(scan.end, raw.payload_bytes);
  if (raw.type == kInt8Rows) {
    scan.blocks.push_back({raw.first, raw.rows, place, raw.table_checksum});
    scan.rows += raw.rows;
  }
  scan.link = raw.checksum;
  scan.end = place.end;
  return true;
}

}  // namespace

HeaderBytes FileHeader(const SegmentHeader& header) {
  RawFileHeader raw{};
  std::memcpy(raw.magic, kMagic, sizeof kMagic);
  raw.version = kVersion;
  raw.dimension = static_cast<std::uint32_t>(header.dimension);
  std::memcpy(raw.space, header.space.data(), kSpaceBytes);
  raw.generation = header.generation;
  raw.stride = static_cast<std::uint32_t>(header.stride);
  return Seal(raw);
}

BlockPlace PlaceBlock(std::size_t header, std::size_t payload_bytes) {
  const std::size_t table = header + kHeaderBytes;
  const std::size_t table_end = table + PagesOf(payload_bytes) * sizeof(std::uint64_t);
  const std::size_t payload = PagesOf(table_end) * kPageBytes;
  return {table, payload, payload + payload_bytes};
}

std::vector<std::byte> PageTable(const BlockPlace& place, std::span<const std::byte> payload) {
  std::vector<std::byte> table(place.payload - place.table);
  const std::vector<std::uint64_t> checksums = ChecksumsOf(payload);
  std::memcpy(table.data(), checksums.data(), checksums.size() * sizeof(std::uint64_t));
  return table;
}

HeaderBytes Int8BlockHeader(RowId first, RowId rows, std::size_t payload_bytes,
                            std::span<const std::byte> table, std::uint64_t link) {
  RawBlockHeader raw{};
  raw.magic = kBlockMagic;
  raw.type = kInt8Rows;
  raw.first = first;
  raw.rows = rows;
  raw.payload_bytes = payload_bytes;
  raw.table_checksum = Checksum64(table);
  raw.link = link;
  return Seal(raw);
}

std::uint64_t LinkOf(std::span<const std::byte, kHeaderBytes> header) {
  std::uint64_t link = 0;
  std::memcpy(&link, header.data() + kCheckedBytes, sizeof link);
  return link;
}

SegmentScan ScanSegment(std::span<const std::byte> bytes, const SegmentHeader& wanted) {
  SegmentScan scan;
  scan.damage = CheckFileHeader(bytes, wanted);
  if (!scan.damage.empty()) return scan;
  scan.end = kHeaderBytes;
  scan.link = LinkOf(bytes.first<kHeaderBytes>());
  while (TakeBlock(bytes, wanted.stride, scan)) {
  }
  return scan;
}

}  // namespace vitrine
