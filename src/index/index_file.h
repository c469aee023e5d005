// The container of a published search structure: a header, a table, and named sections, each checked before a
// byte of it is used (docs/formats/index.md). Like a segment it is a cache: any doubt is an error of code
// kCorrupt, and the caller makes the file again.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "index/row_table.h"
#include "vitrine/result.h"

namespace vitrine {

/// Which vectors an index file belongs to.
struct IndexFileIdentity {
  std::string space;  ///< 16 hex digits.
  std::size_t dimension = 0;
  std::uint64_t generation = 0;  ///< Row numbers mean something within one generation only.
};

/// What the sections hold.
enum class IndexFileKind : std::uint32_t { kInverted = 1, kHnsw = 2 };

/// A section to be written: its name (1 to 16 bytes) and its bytes, which need not lie in one piece.
struct IndexSection {
  std::string name;
  std::vector<std::span<const std::byte>> pieces;
};

/// Writes the file beside `path` as "<path>.part", syncs it, renames it over `path` and syncs the folder:
/// readers see the old file or the new one.
///
/// @param table    the rows that the index was built from; a few of them become the file's witnesses.
/// @param covered  rows [0, covered) were there when it was built.
/// Errors: kInvalidArgument (a name, the identity), kNoSpace, kIo. After an error nothing is left behind.
Status WriteIndexFile(const std::string& path, IndexFileKind kind, const IndexFileIdentity& identity,
                      const RowTable& table, RowId covered, std::span<const IndexSection> sections);

/// A mapped index file. Opening reads header and table only; a section's bytes are checked in chunks of 64
/// KiB when they are first asked for. Thread-safe.
class IndexFile {
 public:
  /// Errors: kNotFound, kIo, kCorrupt (damaged, cut, foreign, of another kind, space, dimension or
  /// generation, or its witnesses are not the rows of `table`: a catalog put back from a copy deals its row
  /// numbers anew).
  static Result<std::shared_ptr<const IndexFile>> Open(const std::string& path, IndexFileKind kind,
                                                       const IndexFileIdentity& identity,
                                                       const RowTable& table);

  /// Rows that the index covers: [0, covered()).
  RowId covered() const { return covered_; }
  /// Bytes of the file.
  std::uint64_t bytes() const { return map_.bytes().size(); }

  /// A section with every checksum checked. It lies at a multiple of 4,096 bytes and stays as long as the
  /// file. Errors: kCorrupt (no such section, damaged).
  Result<std::span<const std::byte>> Section(std::string_view name) const;

  /// A section none of whose bytes may be used before Verify() said so. Errors: kCorrupt (no such section).
  Result<std::span<const std::byte>> UncheckedSection(std::string_view name) const;

  /// Checks the chunks that hold `bytes`, a part of a section; remembers them, so that a second time is
  /// cheap. Errors: kCorrupt.
  Status Verify(std::span<const std::byte> bytes) const;

 private:
  struct Place {
    std::string name;
    std::size_t offset = 0;
    std::size_t length = 0;
    std::size_t first_chunk = 0;  ///< Of checksums_.
  };

  IndexFile() = default;
  Status ReadHeader(IndexFileKind kind, const IndexFileIdentity& identity, const RowTable& table);
  Status ReadTable(std::span<const std::byte> bytes, std::size_t sections);
  Status VerifyChunk(const Place& place, std::size_t chunk) const;

  std::string path_;
  MappedFile map_;
  RowId covered_ = 0;
  std::vector<Place> places_;                               ///< In order of their offsets.
  std::vector<std::uint64_t> checksums_;                    ///< One for each chunk of each section.
  std::unique_ptr<std::atomic<std::uint64_t>[]> verified_;  ///< One bit for each chunk.
};

}  // namespace vitrine
