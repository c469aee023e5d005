#include "index/page_checks.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/file.h"
#include "base/hash.h"

namespace vitrine {
namespace {

std::span<const std::byte> PageAt(std::span<const std::byte> payload, std::size_t page) {
  const std::size_t first = page * kPageBytes;
  return payload.subspan(first, std::min(kPageBytes, payload.size() - first));
}

}  // namespace

std::vector<std::uint64_t> ChecksumsOf(std::span<const std::byte> payload) {
  std::vector<std::uint64_t> checksums(PagesOf(payload.size()));
  for (std::size_t page = 0; page < checksums.size(); ++page) {
    checksums[page] = Checksum64(PageAt(payload, page));
  }
  return checksums;
}

PageChecks::PageChecks(std::span<const std::byte> payload, std::span<const std::byte> table,
                       std::uint64_t table_checksum, std::string file)
    : payload_(payload),
      table_(table),
      table_checksum_(table_checksum),
      whole_((PagesOf(payload.size()) + 63) / 64),
      file_(std::move(file)) {}

void PageChecks::Expect(const void* first, std::size_t bytes) const {
  const auto offset = static_cast<std::size_t>(static_cast<const std::byte*>(first) - payload_.data());
  if (bytes == 0 || IsKnownWhole(offset / kPageBytes)) return;
  if (!table_is_whole_.load(std::memory_order_relaxed)) FetchSoon(table_);
  FetchSoon(payload_.subspan(offset, bytes));
}

void PageChecks::LetGoOfPayload() const { LetGo(payload_); }

bool PageChecks::TableIsWhole() const {
  if (table_is_whole_.load(std::memory_order_relaxed)) return true;
  if (Checksum64(table_) != table_checksum_) return false;
  table_is_whole_.store(true, std::memory_order_relaxed);
  return true;
}

bool PageChecks::Check(std::size_t page) const {
  if (!TableIsWhole()) return false;
  std::uint64_t expected = 0;
  std::memcpy(&expected, table_.data() + page * sizeof expected, sizeof expected);
  if (Checksum64(PageAt(payload_, page)) != expected) return false;
  whole_[page / 64].fetch_or(std::uint64_t{1} << (page % 64), std::memory_order_relaxed);
  return true;
}

}  // namespace vitrine
