// A RowSource over rows in memory, which can be told to fail: the catalog's part in tests of the index.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>

#include "index/vector_index.h"
#include "vitrine/result.h"

namespace vitrine {

/// Holds its rows by value. Not thread-safe, as the catalog is not: each thread has its own.
class MemoryRowSource final : public RowSource {
 public:
  explicit MemoryRowSource(EncodedRows rows) : rows_(std::move(rows)) {}

  Result<RowId> RowCount() override {
    if (fail_count) return Error(Code::kIo, "planted: cannot count");
    return static_cast<RowId>(rows_.rows());
  }

  Result<EncodedRows> Read(RowId first, RowId end) override {
    if (fail_at >= first && fail_at < end) return Error(Code::kIo, "planted: cannot read");
    rows_read += end - first;
    EncodedRows part;
    part.dimension = rows_.dimension;
    part.codes.assign(rows_.codes.begin() + static_cast<std::ptrdiff_t>(first * rows_.dimension),
                      rows_.codes.begin() + static_cast<std::ptrdiff_t>(end * rows_.dimension));
    part.scales.assign(rows_.scales.begin() + first, rows_.scales.begin() + end);
    if (spoil) spoil(part);
    return part;
  }

  EncodedRows& rows() { return rows_; }

  /// Puts rows behind those that are there.
  void Append(const EncodedRows& more) {
    rows_.dimension = more.dimension;
    rows_.codes.insert(rows_.codes.end(), more.codes.begin(), more.codes.end());
    rows_.scales.insert(rows_.scales.end(), more.scales.begin(), more.scales.end());
  }

  static constexpr RowId kNever = ~RowId{0};
  bool fail_count = false;                  ///< RowCount() fails.
  RowId fail_at = kNever;                   ///< A Read() of this row fails.
  std::function<void(EncodedRows&)> spoil;  ///< Changes what Read() gives.
  std::size_t rows_read = 0;                ///< Rows given so far.

 private:
  EncodedRows rows_;
};

}  // namespace vitrine
