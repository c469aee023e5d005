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
    EncodedRows part{.dimension = rows_.dimension};
    part.Append(rows_, first, end);
    if (spoil) spoil(part);
    return part;
  }

  EncodedRows& rows() { return rows_; }

  /// Puts rows behind those that are there.
  void Append(const EncodedRows& more) { rows_.Append(more, 0, more.rows()); }

  static constexpr RowId kNever = ~RowId{0};
  bool fail_count = false;                  ///< RowCount() fails.
  RowId fail_at = kNever;                   ///< A Read() of this row fails.
  std::function<void(EncodedRows&)> spoil;  ///< Changes what Read() gives.
  std::size_t rows_read = 0;                ///< Rows given so far.

 private:
  EncodedRows rows_;
};

}  // namespace vitrine
