// A set of rows as a bitmap: filters and tombstones.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace vitrine {

/// One bit a row, 64 rows a word. Not thread-safe for writing; any number of readers.
class RowSet {
 public:
  RowSet() = default;
  /// Rows 0 .. size - 1, all in or all out.
  explicit RowSet(std::size_t size, bool value = false)
      : size_(size), words_((size + 63) / 64, value ? ~std::uint64_t{0} : 0) {
    ClearTail();
  }

  std::size_t size() const { return size_; }
  /// A row past the end is not in the set.
  bool Contains(std::size_t row) const { return row < size_ && ((words_[row / 64] >> (row % 64)) & 1) != 0; }
  void Insert(std::size_t row) { words_[row / 64] |= std::uint64_t{1} << (row % 64); }
  void Erase(std::size_t row) { words_[row / 64] &= ~(std::uint64_t{1} << (row % 64)); }

  /// Rows in the set.
  std::size_t Count() const {
    std::size_t count = 0;
    for (const std::uint64_t word : words_) count += static_cast<std::size_t>(std::popcount(word));
    return count;
  }

  /// Rows in the set that are below `end`.
  std::size_t CountBelow(std::size_t end) const {
    if (end >= size_) return Count();
    std::size_t count = 0;
    for (std::size_t i = 0; i < end / 64; ++i) count += static_cast<std::size_t>(std::popcount(words_[i]));
    const std::uint64_t last = words_[end / 64] & ((std::uint64_t{1} << (end % 64)) - 1);
    return count + static_cast<std::size_t>(std::popcount(last));
  }

  /// Bit i is row first + i.
  std::uint64_t Window(std::size_t first) const {
    const std::size_t word = first / 64;
    const std::size_t shift = first % 64;
    const std::uint64_t low = word < words_.size() ? words_[word] >> shift : 0;
    return shift == 0 || word + 1 >= words_.size() ? low : low | (words_[word + 1] << (64 - shift));
  }

  /// Keeps the rows that are also in `other`.
  void IntersectWith(const RowSet& other) {
    for (std::size_t i = 0; i < words_.size(); ++i)
      words_[i] &= i < other.words_.size() ? other.words_[i] : 0;
  }

  /// Adds the rows of `other` that are below size().
  void UniteWith(const RowSet& other) {
    const std::size_t shared = std::min(words_.size(), other.words_.size());
    for (std::size_t i = 0; i < shared; ++i) words_[i] |= other.words_[i];
    ClearTail();
  }

  /// Takes the rows of `other` out.
  void Subtract(const RowSet& other) {
    const std::size_t shared = std::min(words_.size(), other.words_.size());
    for (std::size_t i = 0; i < shared; ++i) words_[i] &= ~other.words_[i];
  }

  /// Rows 64 w .. 64 w + 63 are in where the bit says so; bits past size() must be 0.
  void SetWord(std::size_t w, std::uint64_t bits) { words_[w] = bits; }

  /// Bit i of word w is row 64 w + i; bits past size() are 0.
  std::span<const std::uint64_t> words() const { return words_; }

 private:
  void ClearTail() {
    if (size_ % 64 != 0) words_.back() &= (std::uint64_t{1} << (size_ % 64)) - 1;
  }

  std::size_t size_ = 0;
  std::vector<std::uint64_t> words_;
};

/// Calls use(row) for each row of the set, in ascending order.
template <typename Use>
void ForEachRow(const RowSet& rows, const Use& use) {
  const std::span<const std::uint64_t> words = rows.words();
  for (std::size_t i = 0; i < words.size(); ++i) {
    for (std::uint64_t left = words[i]; left != 0; left &= left - 1) {
      use(static_cast<std::uint32_t>(64 * i + static_cast<std::size_t>(std::countr_zero(left))));
    }
  }
}

}  // namespace vitrine
