// The first half of a search in an inverted index: estimates for the entries of the probed lists, and the
// best of them.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "index/inverted_lists.h"
#include "index/quantise.h"
#include "index/row_set.h"
#include "index/scan_pool.h"
#include "index/sign_kernels.h"

namespace vitrine {

/// A row with its estimated score.
struct ScanCandidate {
  float estimate = 0;
  RowId row = 0;
};

/// Higher estimate first, ties by smaller row: total, so the best are one set however the work was divided.
inline bool Likelier(const ScanCandidate& a, const ScanCandidate& b) {
  return a.estimate != b.estimate ? a.estimate > b.estimate : a.row < b.row;
}

/// What a scan is to do.
struct ScanPlan {
  std::size_t probes = 1;  ///< Lists for each query, those whose centroids score best.
  std::size_t skip = 0;    ///< Of these, how many of the best to leave out: they were scanned before.
  std::size_t keep = 100;  ///< Candidates to keep for each query, >= 1.
  const RowSet* allowed = nullptr;  ///< Rows that may be candidates; nullptr for all.
};

/// The best `keep` candidates of each query, in no order. Errors: kCorrupt (a block fails its checksum).
Result<std::vector<std::vector<ScanCandidate>>> ScanLists(const InvertedLists& lists,
                                                          const EncodedQueries& queries, const ScanPlan& plan,
                                                          const SignKernel& kernel, ScanPool& pool);

/// The query's products with all centroids.
std::vector<float> CentroidScores(const InvertedLists& lists, const EncodedQueries& queries, std::size_t q);

}  // namespace vitrine
