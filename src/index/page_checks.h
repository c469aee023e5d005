// Checksums of a mapped payload's pages, held against the bytes when somebody first needs them; the table of
// these checksums likewise.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace vitrine {

/// Bytes of a page; the last one of a payload may be shorter.
inline constexpr std::size_t kPageBytes = 4096;

/// Pages of a payload, the last one counted whatever its length.
constexpr std::size_t PagesOf(std::size_t payload_bytes) {
  return (payload_bytes + kPageBytes - 1) / kPageBytes;
}

/// XXH3-64 of each page, in order.
std::vector<std::uint64_t> ChecksumsOf(std::span<const std::byte> payload);

/// Remembers which pages were found right. Thread-safe: two who meet at a page both check it.
class PageChecks {
 public:
  /// @param payload, table   mapped; they must outlive this. `table` begins with the ChecksumsOf() the
  ///                         payload as it was written.
  /// @param table_checksum   what all of `table` is held against before it is used.
  /// @param file             its path, for people.
  PageChecks(std::span<const std::byte> payload, std::span<const std::byte> table,
             std::uint64_t table_checksum, std::string file);

  const std::string& file() const { return file_; }

  /// True when the pages that hold these bytes of the payload are as they were written.
  bool AreWhole(const void* first, std::size_t bytes) const {
    if (bytes == 0) return true;
    const auto offset = static_cast<std::size_t>(static_cast<const std::byte*>(first) - payload_.data());
    const std::size_t end = (offset + bytes - 1) / kPageBytes + 1;
    for (std::size_t page = offset / kPageBytes; page < end; ++page) {
      if (!IsKnownWhole(page) && !Check(page)) return false;
    }
    return true;
  }

  /// The same for the whole payload.
  bool AllAreWhole() const { return AreWhole(payload_.data(), payload_.size()); }

  /// These bytes of the payload will be asked about next: has the disk begin with pages nobody has seen yet.
  void Expect(const void* first, std::size_t bytes) const;

  /// Takes the payload out of this process's memory; what was found right stays known.
  void LetGoOfPayload() const;

 private:
  bool IsKnownWhole(std::size_t page) const {
    return ((whole_[page / 64].load(std::memory_order_relaxed) >> (page % 64)) & 1) != 0;
  }
  bool Check(std::size_t page) const;

  bool TableIsWhole() const;

  std::span<const std::byte> payload_;
  std::span<const std::byte> table_;
  std::uint64_t table_checksum_;
  // Relaxed: a bit says something about bytes that nobody writes, and nothing is ordered by it.
  mutable std::vector<std::atomic<std::uint64_t>> whole_;
  mutable std::atomic<bool> table_is_whole_ = false;
  std::string file_;
};

}  // namespace vitrine
