// The graph index: few rows read a query, so the quickest at moderate recall, for many links, a long build
// and slower filters. Never chosen by itself (index_policy.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "index/exact_scan.h"
#include "index/hnsw_graph.h"
#include "index/index_file.h"
#include "index/row_set.h"
#include "index/row_table.h"
#include "index/scan_pool.h"
#include "index/vector_index.h"

namespace vitrine {

/// How to build one.
struct HnswOptions {
  std::size_t build_expansion = 128;  ///< Candidates from which a row's links are chosen.
  double recall = 0.99;               ///< recall@10 wanted against the exact scan, in (0, 1].
  /// Queries like those to come, row-major float32 [n, dimension], L2 norm 1: they decide how far searches
  /// walk. Empty: stored rows stand in.
  std::vector<float> sample_queries;
  std::size_t threads =
      0;  ///< 0 for what the machine has, at most 8. With 1 the same rows give the same graph.
};

/// One point of the measured trade.
struct HnswPoint {
  std::uint32_t expansion = 0;  ///< Rows kept on a walk.
  float scored = 0;             ///< Rows scored a query, on average.
  float recall = 0;             ///< recall@10 against the exact scan, over the sample queries.
};

/// Searches rows [0, covered_rows()) of a table. Immutable, so thread-safe.
class HnswIndex final : public VectorIndex {
 public:
  /// Use BuildHnsw() or OpenHnsw(). The setting is the cheapest point of `curve` (rising, not empty) that
  /// reaches `recall`, or its last.
  HnswIndex(std::shared_ptr<const RowTable> table, std::shared_ptr<const HnswGraph> graph,
            std::vector<HnswPoint> curve, double recall, std::size_t threads);

  std::size_t dimension() const override { return table_->dimension(); }
  RowId row_count() const override { return covered_rows(); }
  /// As promised by VectorIndex. Where the allowed rows are fewer than a walk would read, they are scored one
  /// by one; a walk that came back with too few is repeated as an exact scan. Several queries share the
  /// threads. Errors besides: kCorrupt (a part of the file is damaged; make it again).
  Result<std::vector<std::vector<Neighbour>>> Search(std::span<const float> queries, std::size_t k,
                                                     const RowSet* allowed) const override;
  std::vector<float> Vector(RowId row) const override { return table_->Vector(row); }

  RowId covered_rows() const { return graph_->covered; }
  RowId entries() const { return graph_->entries; }
  /// Bytes of links; a search touches them beside the rows.
  std::size_t bytes() const { return graph_->bytes(); }
  double measured_recall() const { return static_cast<double>(setting_.recall); }
  std::size_t expansion() const { return setting_.expansion; }

  const HnswGraph& graph() const { return *graph_; }
  const RowTable& table() const { return *table_; }
  const std::vector<HnswPoint>& curve() const { return curve_; }

 private:
  struct Request;
  Result<std::vector<Neighbour>> SearchOne(const Request& request, std::size_t q) const;
  Result<std::vector<std::vector<Neighbour>>> SearchExactly(std::span<const float> queries, std::size_t k,
                                                            const RowSet* allowed) const;

  std::shared_ptr<const RowTable> table_;
  std::shared_ptr<const HnswGraph> graph_;
  std::vector<HnswPoint> curve_;
  HnswPoint setting_;
  ExactScan exact_;
  std::unique_ptr<ScanPool> pool_;
};

/// Builds an index over the rows of `live` (nullptr: all) that have a scale above 0, and measures how far
/// searches must walk. Cost: some 4,000 dot products a row. Errors: kInvalidArgument (options), kInternal
/// (the memory is not enough), and those of the table.
Result<std::unique_ptr<HnswIndex>> BuildHnsw(std::shared_ptr<const RowTable> table, const RowSet* live,
                                             const HnswOptions& options);

/// Publishes an index (index_file.h). Errors: kNoSpace, kIo, kCorrupt (it was opened from a file that is
/// damaged).
Status SaveHnsw(const HnswIndex& index, const IndexFileIdentity& identity, const std::string& path);

/// How to open one.
struct HnswOpenOptions {
  double recall = 0.99;     ///< The cheapest measured setting that reached this; the best one if none did.
  std::size_t threads = 0;  ///< 0 for what the machine has, at most 8.
};

/// Maps a published index. The upper levels are read and checked; the base's links are checked as walks first
/// touch them. Errors: as IndexFile::Open.
Result<std::unique_ptr<HnswIndex>> OpenHnsw(const std::string& path, const IndexFileIdentity& identity,
                                            std::shared_ptr<const RowTable> table,
                                            const HnswOpenOptions& options = {});

}  // namespace vitrine
