#include "index/index_store.h"

#include <utility>

#include "index/exact_scan.h"

namespace vitrine {
namespace {

VectorIndexReport ReportOfExact(const RowTable& table) {
  return {.kind = IndexKind::kExact, .rows = table.row_count(), .covered = 0, .tail = table.row_count()};
}

}  // namespace

Result<std::unique_ptr<VectorIndex>> OpenIndex(const SegmentIdentity& /*identity*/,
                                               std::shared_ptr<const RowTable> table,
                                               const IndexPolicy& /*policy*/, VectorIndexReport* report) {
  if (report != nullptr) *report = ReportOfExact(*table);
  return std::unique_ptr<VectorIndex>(std::make_unique<ExactScan>(std::move(table)));
}

Result<VectorIndexReport> PublishIndex(const SegmentIdentity& /*identity*/,
                                       std::shared_ptr<const RowTable> table, const RowSet& /*live*/,
                                       const IndexPolicy& /*policy*/,
                                       std::span<const float> /*sample_queries*/,
                                       std::span<const float> /*anchor*/, bool /*force*/) {
  return ReportOfExact(*table);
}

}  // namespace vitrine
