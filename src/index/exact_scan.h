// The exact index: every allowed row is scored. The judge of all other indexes, and the right one itself up
// to some 200,000 rows.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "index/kernels.h"
#include "index/row_table.h"
#include "index/scan_pool.h"
#include "index/vector_index.h"

namespace vitrine {

/// How an ExactScan works; the answers never depend on it.
struct ScanOptions {
  const Kernel* kernel = nullptr;  ///< nullptr for BestKernel().
  std::size_t threads = 0;         ///< Threads for one search, >= 1; 0 for what the machine has, at most 8.
  std::size_t bytes_per_thread = 2u << 20;  ///< Another thread joins for each so many bytes of codes to read.
};

/// Reads all rows for each search, 64 at a time. Immutable, so thread-safe.
class ExactScan final : public VectorIndex {
 public:
  explicit ExactScan(std::shared_ptr<const RowTable> table, const ScanOptions& options = {});

  std::size_t dimension() const override { return table_->dimension(); }
  RowId row_count() const override { return table_->row_count(); }
  Result<std::vector<std::vector<Neighbour>>> Search(std::span<const float> queries, std::size_t k,
                                                     const RowSet* allowed) const override;
  std::vector<float> Vector(RowId row) const override { return table_->Vector(row); }

 private:
  std::shared_ptr<const RowTable> table_;
  const Kernel* kernel_;
  std::size_t bytes_per_thread_;
  std::unique_ptr<ScanPool> pool_;
};

/// An index over rows held in memory: for tests, benches and small sets.
std::unique_ptr<VectorIndex> IndexInMemory(const EncodedRows& rows, const ScanOptions& options = {});

}  // namespace vitrine
