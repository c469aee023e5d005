// Layout, little-endian (docs/formats/index.md):
//
//   header    identity, covered rows, witnesses, length and checksum of the table, checksum
//   table     for each section name, offset, length; then one checksum for each 64 KiB of each section
//   sections  each at a multiple of 4,096 bytes
//
// Opening has to be quick for a file of any size, and no byte may be used unchecked. So the header vouches
// for the table, the table for every chunk, and a chunk is held against its checksum when it is first used. A
// bitmap remembers which were; two threads may check the same chunk at once, which does no harm.
//
// Witnesses are checksums of a few rows, evenly spaced over those that the index covers. An index file that
// is whole but was made from other rows under the same numbers (a catalog put back from a copy goes on
// dealing numbers) is found out by them. A row deleted since, scale 0, matches anything.
#include "index/index_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/hash.h"
#include "base/try.h"
#include "base/utf8.h"

namespace vitrine {
namespace {

static_assert(std::endian::native == std::endian::little, "index files are used as they are mapped");

constexpr char kMagic[] = {'V', 'I', 'T', 'R', 'V', 'I', 'X', '\n'};
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kSpaceBytes = 16;
constexpr std::size_t kNameBytes = 16;
constexpr std::size_t kWitnesses = 8;
constexpr std::size_t kChunkBytes = std::size_t{64} << 10;
constexpr std::size_t kSectionAlignment = 4096;
constexpr std::size_t kMostSections = 64;

struct RawHeader {
  char magic[8];
  std::uint32_t version;
  std::uint32_t kind;
  char space[kSpaceBytes];
  std::uint64_t generation;
  std::uint32_t dimension;
  std::uint32_t covered;
  std::uint32_t sections;
  std::uint32_t zero;
  std::uint64_t table_bytes;
  std::uint64_t table_checksum;
  std::uint64_t file_bytes;
  std::uint64_t witnesses[kWitnesses];
  std::uint64_t checksum;
};
static_assert(sizeof(RawHeader) == 152);

struct RawSection {
  char name[kNameBytes];
  std::uint64_t offset;
  std::uint64_t length;
};
static_assert(sizeof(RawSection) == 32);

std::size_t RoundUp(std::size_t n, std::size_t to) { return (n + to - 1) / to * to; }
std::size_t ChunksOf(std::size_t length) { return (length + kChunkBytes - 1) / kChunkBytes; }

std::uint64_t ChecksumOf(const RawHeader& header) {
  return Checksum64(std::as_bytes(std::span(&header, 1)).first(sizeof header - sizeof header.checksum));
}

/// The row of witness w among `covered` rows. REQUIRES: covered > 0.
RowId WitnessRow(std::size_t w, RowId covered) {
  return static_cast<RowId>(std::uint64_t{covered - 1} * w / (kWitnesses - 1));
}

/// 0 for a row of scale 0.
std::uint64_t WitnessOf(const RowTable& table, RowId row) {
  const RowBlock& block = table.BlockOf(row);
  const std::size_t offset = row - block.first;
  if (block.scales[offset] == 0) return 0;
  const std::span codes(block.codes + offset * table.stride(), table.dimension());
  return std::max<std::uint64_t>(1, Checksum64(std::as_bytes(codes)));
}

Error Damaged(const std::string& path, const std::string& how) {
  return Error(Code::kCorrupt, "the search index " + Quoted(path) + " " + how);
}

/// One checksum for each chunk of a section whose bytes come in pieces.
std::vector<std::uint64_t> ChunkChecksums(const IndexSection& section) {
  std::vector<std::uint64_t> sums;
  std::vector<std::byte> chunk;
  const auto finish = [&](std::span<const std::byte> bytes) { sums.push_back(Checksum64(bytes)); };
  for (std::span<const std::byte> piece : section.pieces) {
    while (!piece.empty()) {
      if (chunk.empty() && piece.size() >= kChunkBytes) {
        finish(piece.first(kChunkBytes));
        piece = piece.subspan(kChunkBytes);
        continue;
      }
      const std::size_t part = std::min(piece.size(), kChunkBytes - chunk.size());
      chunk.insert(chunk.end(), piece.begin(), piece.begin() + static_cast<std::ptrdiff_t>(part));
      piece = piece.subspan(part);
      if (chunk.size() == kChunkBytes) {
        finish(chunk);
        chunk.clear();
      }
    }
  }
  if (!chunk.empty()) finish(chunk);
  return sums;
}

std::size_t LengthOf(const IndexSection& section) {
  std::size_t length = 0;
  for (const auto& piece : section.pieces) length += piece.size();
  return length;
}

/// The table's bytes, and where the file ends.
std::pair<std::vector<std::byte>, std::size_t> MakeTable(std::span<const IndexSection> sections) {
  std::vector<RawSection> raw(sections.size());
  std::vector<std::uint64_t> sums;
  std::size_t chunks = 0;
  for (const IndexSection& section : sections) chunks += ChunksOf(LengthOf(section));
  std::size_t end = sizeof(RawHeader) + sections.size() * sizeof(RawSection) + chunks * sizeof(std::uint64_t);
  for (std::size_t i = 0; i < sections.size(); ++i) {
    std::memcpy(raw[i].name, sections[i].name.data(), sections[i].name.size());
    raw[i].offset = RoundUp(end, kSectionAlignment);
    raw[i].length = LengthOf(sections[i]);
    end = raw[i].offset + raw[i].length;
    const std::vector<std::uint64_t> part = ChunkChecksums(sections[i]);
    sums.insert(sums.end(), part.begin(), part.end());
  }
  std::vector<std::byte> table(raw.size() * sizeof(RawSection) + sums.size() * sizeof(std::uint64_t));
  if (!raw.empty()) std::memcpy(table.data(), raw.data(), raw.size() * sizeof(RawSection));
  if (!sums.empty()) {
    std::memcpy(table.data() + raw.size() * sizeof(RawSection), sums.data(),
                sums.size() * sizeof(std::uint64_t));
  }
  return {std::move(table), end};
}

RawHeader MakeHeader(IndexFileKind kind, const IndexFileIdentity& identity, const RowTable& rows,
                     RowId covered) {
  RawHeader header{};
  std::memcpy(header.magic, kMagic, sizeof kMagic);
  header.version = kVersion;
  header.kind = static_cast<std::uint32_t>(kind);
  std::memcpy(header.space, identity.space.data(), kSpaceBytes);
  header.generation = identity.generation;
  header.dimension = static_cast<std::uint32_t>(identity.dimension);
  header.covered = covered;
  for (std::size_t w = 0; w < kWitnesses && covered > 0; ++w) {
    header.witnesses[w] = WitnessOf(rows, WitnessRow(w, covered));
  }
  return header;
}

/// Writes bytes one after the other.
class Output {
 public:
  Output(int fd, const std::string& path) : fd_(fd), path_(path) {}

  Status Write(std::span<const std::byte> bytes) {
    offset_ += bytes.size();
    return WriteAll(fd_, {reinterpret_cast<const char*>(bytes.data()), bytes.size()}, path_);
  }

  Status PadTo(std::size_t offset) {
    static constexpr std::array<std::byte, kSectionAlignment> kZeros{};
    return Write(std::span(kZeros).first(offset - offset_));
  }

  std::size_t offset() const { return offset_; }

 private:
  int fd_;
  const std::string& path_;
  std::size_t offset_ = 0;
};

Status WriteContents(int fd, const std::string& path, RawHeader header,
                     std::span<const IndexSection> sections) {
  const auto [table, end] = MakeTable(sections);
  header.sections = static_cast<std::uint32_t>(sections.size());
  header.table_bytes = table.size();
  header.table_checksum = Checksum64(table);
  header.file_bytes = end;
  header.checksum = ChecksumOf(header);
  Output output(fd, path);
  VITRINE_TRY(output.Write(std::as_bytes(std::span(&header, 1))));
  VITRINE_TRY(output.Write(table));
  for (const IndexSection& section : sections) {
    VITRINE_TRY(output.PadTo(RoundUp(output.offset(), kSectionAlignment)));
    for (const auto& piece : section.pieces) VITRINE_TRY(output.Write(piece));
  }
  return {};
}

Status VerifyWitnesses(const RowTable& table, RowId covered) {
  for (std::size_t w = 0; w < kWitnesses && covered > 0; ++w) {
    const RowId row = WitnessRow(w, covered);
    ExpectCodes(table.BlockOf(row), row, table.stride());
  }
  for (std::size_t w = 0; w < kWitnesses && covered > 0; ++w) {
    const RowId row = WitnessRow(w, covered);
    VITRINE_TRY(table.Verify(row, row + 1));
  }
  return {};
}

Status CheckWhatIsWritten(const IndexFileIdentity& identity, const RowTable& table, RowId covered,
                          std::span<const IndexSection> sections) {
  bool sound = identity.space.size() == kSpaceBytes && identity.dimension == table.dimension() &&
               covered <= table.row_count() && sections.size() <= kMostSections;
  for (const IndexSection& section : sections) {
    sound = sound && !section.name.empty() && section.name.size() <= kNameBytes;
  }
  if (!sound) return Error(Code::kInvalidArgument, "an index file that does not fit its rows");
  return {};
}

}  // namespace

Status WriteIndexFile(const std::string& path, IndexFileKind kind, const IndexFileIdentity& identity,
                      const RowTable& table, RowId covered, std::span<const IndexSection> sections) {
  VITRINE_TRY(CheckWhatIsWritten(identity, table, covered, sections));
  VITRINE_TRY(VerifyWitnesses(table, covered));
  const std::string part = path + ".part";
  const UniqueFd fd(open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd) return ErrnoError("cannot create", part, errno);
  const auto write_and_rename = [&]() -> Status {
    VITRINE_TRY(WriteContents(fd.get(), part, MakeHeader(kind, identity, table, covered), sections));
    if (fsync(fd.get()) != 0) return ErrnoError("cannot sync", part, errno);
    if (rename(part.c_str(), path.c_str()) != 0) return ErrnoError("cannot publish", path, errno);
    return {};
  };
  if (Status done = write_and_rename(); !done) {
    unlink(part.c_str());
    return done;
  }
  return SyncFolder(std::string(FolderOf(path)));
}

Result<std::shared_ptr<const IndexFile>> IndexFile::Open(const std::string& path, IndexFileKind kind,
                                                         const IndexFileIdentity& identity,
                                                         const RowTable& table) {
  VITRINE_TRY_ASSIGN(MappedFile map, MappedFile::Open(path));
  std::shared_ptr<IndexFile> file(new IndexFile);
  file->path_ = path;
  file->map_ = std::move(map);
  VITRINE_TRY(file->ReadHeader(kind, identity, table));
  return std::shared_ptr<const IndexFile>(std::move(file));
}

Status IndexFile::ReadHeader(IndexFileKind kind, const IndexFileIdentity& identity, const RowTable& table) {
  RawHeader header;
  const std::span<const std::byte> bytes = map_.bytes();
  if (bytes.size() < sizeof header) return Damaged(path_, "is cut short");
  std::memcpy(&header, bytes.data(), sizeof header);
  if (std::memcmp(header.magic, kMagic, sizeof kMagic) != 0) return Damaged(path_, "is no index");
  if (header.checksum != ChecksumOf(header)) return Damaged(path_, "has a damaged header");
  if (header.version != kVersion) return Damaged(path_, "is of another version");
  if (header.kind != static_cast<std::uint32_t>(kind)) return Damaged(path_, "is of another kind");
  if (std::string_view(header.space, kSpaceBytes) != identity.space ||
      header.generation != identity.generation || header.dimension != identity.dimension ||
      header.dimension != table.dimension()) {
    return Damaged(path_, "belongs to other vectors");
  }
  if (header.file_bytes != bytes.size() || header.table_bytes > bytes.size() - sizeof header) {
    return Damaged(path_, "is cut short");
  }
  const std::span<const std::byte> of_table = bytes.subspan(sizeof header, header.table_bytes);
  if (Checksum64(of_table) != header.table_checksum) return Damaged(path_, "has a damaged table");
  if (header.covered > table.row_count()) return Damaged(path_, "covers more rows than there are");
  VITRINE_TRY(VerifyWitnesses(table, header.covered));
  for (std::size_t w = 0; w < kWitnesses && header.covered > 0; ++w) {
    const RowId row = WitnessRow(w, header.covered);
    const std::uint64_t now = WitnessOf(table, row);
    if (now != 0 && header.witnesses[w] != 0 && now != header.witnesses[w]) {
      return Damaged(path_, "was made from other rows");
    }
  }
  covered_ = header.covered;
  return ReadTable(of_table, header.sections);
}

Status IndexFile::ReadTable(std::span<const std::byte> bytes, std::size_t sections) {
  if (sections > kMostSections || bytes.size() < sections * sizeof(RawSection)) {
    return Damaged(path_, "has a damaged table");
  }
  std::size_t chunks = 0;
  std::size_t end = sizeof(RawHeader) + bytes.size();
  for (std::size_t i = 0; i < sections; ++i) {
    RawSection raw;
    std::memcpy(&raw, bytes.data() + i * sizeof raw, sizeof raw);
    const std::size_t size = map_.bytes().size();
    if (raw.offset % kSectionAlignment != 0 || raw.offset < end || raw.offset > size ||
        raw.length > size - raw.offset) {
      return Damaged(path_, "has a damaged table");
    }
    end = raw.offset + raw.length;
    places_.push_back({std::string(raw.name, strnlen(raw.name, kNameBytes)), raw.offset, raw.length, chunks});
    chunks += ChunksOf(raw.length);
  }
  const std::span<const std::byte> sums = bytes.subspan(sections * sizeof(RawSection));
  if (sums.size() != chunks * sizeof(std::uint64_t)) return Damaged(path_, "has a damaged table");
  checksums_.resize(chunks);
  if (chunks > 0) std::memcpy(checksums_.data(), sums.data(), sums.size());
  verified_ = std::make_unique<std::atomic<std::uint64_t>[]>(chunks / 64 + 1);
  return {};
}

Result<std::span<const std::byte>> IndexFile::Section(std::string_view name) const {
  VITRINE_TRY_ASSIGN(const std::span<const std::byte> bytes, UncheckedSection(name));
  VITRINE_TRY(Verify(bytes));
  return bytes;
}

Result<std::span<const std::byte>> IndexFile::UncheckedSection(std::string_view name) const {
  for (const Place& place : places_) {
    if (place.name == name) return map_.bytes().subspan(place.offset, place.length);
  }
  return Damaged(path_, "has no section " + Quoted(name));
}

Status IndexFile::Verify(std::span<const std::byte> bytes) const {
  if (bytes.empty()) return {};
  const auto offset = static_cast<std::size_t>(bytes.data() - map_.bytes().data());
  for (const Place& place : places_) {
    if (offset < place.offset || offset >= place.offset + place.length) continue;
    const std::size_t first = (offset - place.offset) / kChunkBytes;
    const std::size_t last = (offset - place.offset + bytes.size() - 1) / kChunkBytes;
    for (std::size_t chunk = first; chunk <= last; ++chunk) VITRINE_TRY(VerifyChunk(place, chunk));
  }
  return {};
}

Status IndexFile::VerifyChunk(const Place& place, std::size_t chunk) const {
  const std::size_t bit = place.first_chunk + chunk;
  std::atomic<std::uint64_t>& word = verified_[bit / 64];
  const std::uint64_t mask = std::uint64_t{1} << (bit % 64);
  if ((word.load(std::memory_order_relaxed) & mask) != 0) return {};
  const std::size_t start = chunk * kChunkBytes;
  const std::size_t length = std::min(kChunkBytes, place.length - start);
  if (Checksum64(map_.bytes().subspan(place.offset + start, length)) != checksums_[bit]) {
    return Damaged(path_, "is damaged in section " + Quoted(place.name));
  }
  word.fetch_or(mask, std::memory_order_relaxed);
  return {};
}

}  // namespace vitrine
