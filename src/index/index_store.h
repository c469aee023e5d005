// The index file of one vector space: a search structure built from the stored rows, replaced as a whole, and
// rebuilt on any doubt (docs/formats/index.md).
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "index/index_policy.h"
#include "index/row_set.h"
#include "index/row_table.h"
#include "index/segment_store.h"
#include "index/vector_index.h"
#include "vitrine/result.h"

namespace vitrine {

/// What an index is and how far it reaches.
struct VectorIndexReport {
  IndexKind kind = IndexKind::kExact;  ///< What searches use. Never kAuto.
  RowId rows = 0;                      ///< All rows, deleted ones too.
  RowId covered = 0;                   ///< Rows 0 .. covered - 1 are in the structure.
  RowId tail = 0;                      ///< Rows after them, scanned one by one.
  std::uint64_t bytes = 0;             ///< Of the structure, beside the rows; 0 for the exact scan.
  double build_seconds = 0;            ///< Of this call's build; 0 when nothing was built.
  double recall = 1;                   ///< recall@10 as measured when it was built.
  bool built = false;                  ///< This call built it.
  std::string note;                    ///< What a person may want to know; empty when nothing is amiss.
};

/// Opens the index for searching. Never writes. Where the policy asks for a structure and there is no whole
/// file of this space and generation, it is the exact scan, and the report says why: damage costs time, never
/// an answer.
/// Errors: kInvalidArgument (the identity), kIo.
Result<std::unique_ptr<VectorIndex>> OpenIndex(const SegmentIdentity& identity,
                                               std::shared_ptr<const RowTable> table,
                                               const IndexPolicy& policy,
                                               VectorIndexReport* report = nullptr);

/// Brings the file up to the rows: builds anew when there is none, when it is damaged or foreign, when the
/// policy asks for another kind or a higher recall, or when too many rows came or went since
/// (ShouldRebuild()); then publishes it by rename. Removes files that nothing will read any more. One caller
/// at a time per library (the library's writer).
///
/// @param live            rows that may be found; others stay out of the structure.
/// @param sample_queries  unit vectors like those that will be asked, row-major; empty for none.
/// @param anchor          the mean of such vectors, dimension() numbers; empty for none.
/// @param force           builds in any case.
/// Errors: kInvalidArgument (the identity, the policy), kNoSpace, kIo, kCorrupt (the table's own files are
/// damaged: read them anew). After an error the old file is still there.
Result<VectorIndexReport> PublishIndex(const SegmentIdentity& identity,
                                       const std::shared_ptr<const RowTable>& table, const RowSet& live,
                                       const IndexPolicy& policy, std::span<const float> sample_queries,
                                       std::span<const float> anchor, bool force);

}  // namespace vitrine
