// Keeping a file of vectors that nobody has to trust or to mend by hand.
//
// Problem: a search wants all vectors in memory at once, at the cost of a map; the catalog holds them safely
// but slowly. Idea: the file is a cache of the catalog's rows. Opening believes a block only after its
// header, its place and its identity were found right, and asks the catalog for every row that no believed
// block holds. A page of vectors is held against its checksum when it is first read; the search that finds a
// damaged one fails, and opening again with all pages checked puts the catalog's rows in the place of that
// block. So damage of any kind costs time, never an answer.
//
// Why readers never stumble over the one writer, without a lock between them:
//  - A file is never cut. Bytes that somebody may have mapped stay where they are, so no read of a map can
//  fail.
//  - Bytes before the end of the last whole block are never written again. A reader uses none beyond.
//  - An append writes payload and table first and the header last: until then a reader sees 64 zeros, "no
//  block here".
//  - Everything else (damage, another generation, too many small blocks, bytes left by a crash) is a new
//  file, renamed
//    over the old one; who has the old one mapped keeps it.
// Cost: opening reads a page for each block, or once all of the file when asked to; an append writes the new
// rows.
#include "index/segment_store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <utility>

#include "base/file.h"
#include "base/try.h"
#include "index/page_checks.h"
#include "index/quantise.h"
#include "index/row_block.h"
#include "index/segment_format.h"

namespace vitrine {
namespace {

/// Rows of a full block: a few MB, so that reading and laying out one is cheap.
constexpr RowId kBlockRows = 16'384;
/// Smaller blocks that may gather before the file is written anew with full ones. A block costs up to 4 KiB
/// and a step of the scan, so hundreds do no harm; what the limit bounds is how often all rows are written
/// again.
constexpr std::size_t kMostSmallBlocks = 256;
constexpr std::size_t kMostDimensions = 65'536;
constexpr std::string_view kSuffix = ".seg";
constexpr std::string_view kPartSuffix = ".seg.part";
constexpr std::string_view kPrefix = "vectors-";

bool IsSpaceId(std::string_view space) {
  return space.size() == 16 && space.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

Status CheckIdentity(const SegmentIdentity& identity) {
  if (!IsSpaceId(identity.space)) return Error(Code::kInvalidArgument, "a space's name is 16 hex digits");
  if (identity.dimension == 0 || identity.dimension > kMostDimensions) {
    return Error(Code::kInvalidArgument, "vectors of " + std::to_string(identity.dimension) +
                                             " numbers: 1 to " + std::to_string(kMostDimensions) +
                                             " are possible");
  }
  return {};
}

SegmentHeader HeaderFor(const SegmentIdentity& identity) {
  return {identity.space, identity.dimension, StrideOf(identity.dimension), identity.generation};
}

Result<EncodedRows> ReadSource(RowSource& source, RowId first, RowId end, std::size_t dimension) {
  VITRINE_TRY_ASSIGN(EncodedRows rows, source.Read(first, end));
  if (rows.rows() != end - first || !rows.HasShape(dimension)) {
    return Error(Code::kCorrupt, "the catalog's vectors " + std::to_string(first) + " to " +
                                     std::to_string(end) + " do not have the space's shape");
  }
  return rows;
}

/// A segment file as found on disk.
struct Found {
  std::shared_ptr<const MappedFile> map;  ///< Empty when there is no readable file.
  SegmentScan scan;
  std::vector<RowBlock> blocks;  ///< Those believed so far, in row order; damaged ones are missing.
};

RowBlock BlockAt(const Found& found, const FoundBlock& block, std::size_t stride, const std::string& path) {
  const std::span<const std::byte> bytes = found.map->bytes();
  const std::size_t payload_bytes = block.place.end - block.place.payload;
  RowBlock rows = BlockOver(block.first, block.rows, stride, bytes.data() + block.place.payload, found.map);
  rows.checks = std::make_shared<const PageChecks>(
      bytes.subspan(block.place.payload, payload_bytes),
      bytes.subspan(block.place.table, block.place.payload - block.place.table), block.table_checksum, path);
  return rows;
}

/// Has the disk read the headers of all full blocks side by side. Small blocks among them make it guess
/// wrong, which costs nothing.
void ExpectHeaders(std::span<const std::byte> bytes, std::size_t stride) {
  const std::size_t payload = PayloadBytes(kBlockRows, stride);
  for (std::size_t at = kHeaderBytes; at < bytes.size(); at = PlaceBlock(at, payload).end) {
    FetchSoon(bytes.subspan(at, std::min(kHeaderBytes, bytes.size() - at)));
  }
}

Found LookAt(const std::string& path, const SegmentHeader& wanted, Checking checking) {
  Found found;
  auto map = MappedFile::Open(path);
  if (!map) {
    if (map.error().code() != Code::kNotFound) found.scan.damage = map.error().message();
    return found;
  }
  found.map = std::make_shared<const MappedFile>(*std::move(map));
  found.map->Expect(MappedFile::Access::kScattered);
  ExpectHeaders(found.map->bytes(), wanted.stride);
  found.scan = ScanSegment(found.map->bytes(), wanted);
  found.map->Expect(MappedFile::Access::kAny);
  for (const FoundBlock& block : found.scan.blocks) {
    RowBlock rows = BlockAt(found, block, wanted.stride, path);
    if (checking == Checking::kAll && !rows.checks->AllAreWhole()) {
      found.scan.damage = "the vectors of a block are damaged";
    } else {
      found.blocks.push_back(std::move(rows));
    }
  }
  return found;
}

/// Leaves the blocks that can be used for a source of `row_count` rows. The file may hold more: a writer goes
/// on while we read the catalog as it was.
void KeepUsable(RowId row_count, std::vector<RowBlock>& blocks) {
  std::erase_if(blocks, [&](const RowBlock& block) { return block.first >= row_count; });
  for (RowBlock& block : blocks) block.rows = std::min(block.rows, row_count - block.first);
}

/// Holds the last row against the source's. A catalog that was put back from a copy and then went on deals
/// the same row numbers to other pictures; what the file has of its former life is whole, and wrong.
/// Errors: those of the source, kCorrupt (the row's bytes are damaged).
Result<bool> AgreesWithSource(const RowBlock& block, RowSource& source, std::size_t dimension) {
  VITRINE_TRY(VerifyCodes(block, block.end() - 1, block.end(), StrideOf(dimension)));
  VITRINE_TRY(VerifyFine(block, block.end() - 1, block.end(), StrideOf(dimension)));
  VITRINE_TRY_ASSIGN(const EncodedRows truth, ReadSource(source, block.end() - 1, block.end(), dimension));
  const RowBlock expected = [&] {
    const auto payload = LayOut(truth, StrideOf(dimension));
    return BlockOver(0, 1, StrideOf(dimension), payload.get(), payload);
  }();
  if (expected.scales[0] == 0) return true;  // Deleted since: it cannot testify.
  const std::size_t last = block.rows - 1;
  const std::int8_t* codes = block.codes + last * StrideOf(dimension);
  const std::int8_t* fine = block.fine + last * StrideOf(dimension);
  return expected.scales[0] == block.scales[last] && std::equal(codes, codes + dimension, expected.codes) &&
         std::equal(fine, fine + dimension, expected.fine);
}

/// Reads rows [first, end) of the source into memory.
Status AppendFromSource(RowSource& source, RowId first, RowId end, std::size_t dimension,
                        std::vector<RowBlock>& blocks) {
  const std::size_t stride = StrideOf(dimension);
  while (first < end) {
    const RowId rows = std::min(kBlockRows, end - first);
    VITRINE_TRY_ASSIGN(const EncodedRows encoded, ReadSource(source, first, first + rows, dimension));
    const auto payload = LayOut(encoded, stride);
    blocks.push_back(BlockOver(first, rows, stride, payload.get(), payload));
    first += rows;
  }
  return {};
}

/// `usable` with every gap up to `row_count` filled from the source.
Result<std::vector<RowBlock>> FillGaps(std::vector<RowBlock> usable, RowSource& source, RowId row_count,
                                       std::size_t dimension) {
  std::vector<RowBlock> blocks;
  RowId next = 0;
  for (RowBlock& block : usable) {
    VITRINE_TRY(AppendFromSource(source, next, block.first, dimension, blocks));
    next = block.end();
    blocks.push_back(std::move(block));
  }
  VITRINE_TRY(AppendFromSource(source, next, row_count, dimension, blocks));
  return blocks;
}

RowId RowsIn(std::span<const RowBlock> blocks) {
  RowId rows = 0;
  for (const RowBlock& block : blocks) rows += block.rows;
  return rows;
}

/// Writes at a place of its own, and remembers where the next block goes.
class BlockWriter {
 public:
  BlockWriter(int fd, const std::string& path, std::size_t end, std::uint64_t link)
      : fd_(fd), path_(path), end_(end), link_(link) {}

  Status WriteFileHeader(const SegmentHeader& header) {
    const HeaderBytes bytes = FileHeader(header);
    link_ = LinkOf(bytes);
    end_ = kHeaderBytes;
    return WriteAt(0, bytes);
  }

  /// Writes rows [first, end) of the source as blocks.
  Status WriteRows(RowSource& source, RowId first, RowId end, std::size_t dimension) {
    while (first < end) {
      const RowId rows = std::min(kBlockRows, end - first);
      VITRINE_TRY_ASSIGN(const EncodedRows encoded, ReadSource(source, first, first + rows, dimension));
      VITRINE_TRY(WriteBlock(first, encoded));
      first += rows;
    }
    return {};
  }

  Status Sync() {
    if (fsync(fd_) != 0) return ErrnoError("cannot sync", path_, errno);
    return {};
  }

 private:
  Status WriteBlock(RowId first, const EncodedRows& encoded) {
    const auto rows = static_cast<RowId>(encoded.rows());
    const std::size_t stride = StrideOf(encoded.dimension);
    const auto memory = LayOut(encoded, stride);
    const std::span<const std::byte> payload(memory.get(), PayloadBytes(rows, stride));
    const BlockPlace place = PlaceBlock(end_, payload.size());
    const std::vector<std::byte> table = PageTable(place, payload);
    const HeaderBytes header = Int8BlockHeader(first, rows, payload.size(), table, link_);
    VITRINE_TRY(WriteAt(place.payload, payload));
    VITRINE_TRY(WriteAt(place.table, table));
    VITRINE_TRY(WriteAt(end_, header));
    link_ = LinkOf(header);
    end_ = place.end;
    return {};
  }

  Status WriteAt(std::size_t offset, std::span<const std::byte> bytes) {
    if (lseek(fd_, static_cast<off_t>(offset), SEEK_SET) < 0) return ErrnoError("cannot write", path_, errno);
    return WriteAll(fd_, {reinterpret_cast<const char*>(bytes.data()), bytes.size()}, path_);
  }

  int fd_;
  const std::string& path_;
  std::size_t end_;
  std::uint64_t link_;
};

/// True when new blocks may simply be put behind those that are there.
Result<bool> CanAppend(const Found& found, RowSource& source, RowId row_count, std::size_t dimension) {
  const SegmentScan& scan = found.scan;
  if (!found.map || !scan.damage.empty() || scan.end != found.map->bytes().size()) return false;
  if (scan.rows > row_count) return false;
  if (scan.blocks.empty()) return true;
  const auto small = std::count_if(scan.blocks.begin(), scan.blocks.end(),
                                   [](const FoundBlock& block) { return block.rows < kBlockRows; });
  if (scan.rows < row_count && static_cast<std::size_t>(small) >= kMostSmallBlocks) return false;
  Result<bool> agrees = AgreesWithSource(found.blocks.back(), source, dimension);
  if (!agrees && agrees.error().code() == Code::kCorrupt) return false;
  return agrees;
}

Status Append(const std::string& path, const SegmentScan& scan, RowSource& source, RowId row_count,
              std::size_t dimension) {
  const UniqueFd fd(open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!fd) return ErrnoError("cannot open for writing", path, errno);
  BlockWriter writer(fd.get(), path, scan.end, scan.link);
  VITRINE_TRY(writer.WriteRows(source, scan.rows, row_count, dimension));
  return writer.Sync();
}

Status Rewrite(const SegmentIdentity& identity, const std::string& path, RowSource& source, RowId row_count) {
  const std::string part = path + ".part";
  const UniqueFd fd(open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd) return ErrnoError("cannot create", part, errno);
  const auto write_and_rename = [&]() -> Status {
    BlockWriter writer(fd.get(), part, 0, 0);
    VITRINE_TRY(writer.WriteFileHeader(HeaderFor(identity)));
    VITRINE_TRY(writer.WriteRows(source, 0, row_count, identity.dimension));
    VITRINE_TRY(writer.Sync());
    if (rename(part.c_str(), path.c_str()) != 0) return ErrnoError("cannot publish", path, errno);
    return {};
  };
  if (Status done = write_and_rename(); !done) {
    unlink(part.c_str());
    return done;
  }
  return SyncFolder(identity.folder);
}

}  // namespace

std::string FileOfGeneration(std::string_view prefix, std::uint64_t generation, std::string_view suffix) {
  std::array<char, 17> digits;
  std::snprintf(digits.data(), digits.size(), "%016llx", static_cast<unsigned long long>(generation));
  return std::string(prefix) + digits.data() + std::string(suffix);
}

Result<std::shared_ptr<const RowTable>> OpenSegments(const SegmentIdentity& identity, RowSource& source,
                                                     SegmentState* state, Checking checking) {
  VITRINE_TRY(CheckIdentity(identity));
  VITRINE_TRY_ASSIGN(const RowId row_count, source.RowCount());
  const std::string path = JoinPath(identity.folder, FileOfGeneration(kPrefix, identity.generation, kSuffix));
  Found found = LookAt(path, HeaderFor(identity), checking);
  KeepUsable(row_count, found.blocks);
  if (!found.blocks.empty()) {
    const Result<bool> agrees = AgreesWithSource(found.blocks.back(), source, identity.dimension);
    if (!agrees && agrees.error().code() == Code::kCorrupt && checking == Checking::kOnFirstUse) {
      return OpenSegments(identity, source, state, Checking::kAll);
    }
    if (!agrees) return agrees.error();
    if (!*agrees) {
      found.blocks.clear();
      found.scan.damage = "its vectors are not those of the catalog";
    }
  }
  const RowId from_files = RowsIn(found.blocks);
  VITRINE_TRY_ASSIGN(std::vector<RowBlock> blocks,
                     FillGaps(std::move(found.blocks), source, row_count, identity.dimension));
  if (state != nullptr) {
    state->rows_from_files = from_files;
    state->rows_from_source = row_count - from_files;
    state->damage = found.scan.damage.empty() ? "" : path + ": " + found.scan.damage;
  }
  return std::make_shared<const RowTable>(identity.dimension, std::move(blocks));
}

Status PublishSegments(const SegmentIdentity& identity, RowSource& source, Checking checking) {
  VITRINE_TRY(CheckIdentity(identity));
  VITRINE_TRY(MakeFolders(identity.folder));
  VITRINE_TRY_ASSIGN(const RowId row_count, source.RowCount());
  const std::string name = FileOfGeneration(kPrefix, identity.generation, kSuffix);
  const std::string path = JoinPath(identity.folder, name);
  const Found found = LookAt(path, HeaderFor(identity), checking);
  VITRINE_TRY_ASSIGN(const bool append, CanAppend(found, source, row_count, identity.dimension));
  if (!append) {
    VITRINE_TRY(Rewrite(identity, path, source, row_count));
  } else if (found.scan.rows < row_count) {
    VITRINE_TRY(Append(path, found.scan, source, row_count, identity.dimension));
  }
  RemoveOthers(identity.folder, kPrefix, {kSuffix, kPartSuffix}, name);
  return {};
}

}  // namespace vitrine
