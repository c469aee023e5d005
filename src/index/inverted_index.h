// The 1-bit index: one bit a number, scanned at the speed of memory, and the best candidates scored again by
// the rows themselves. With one list every entry is scanned (the "compressed" kind, up to some 3 million
// rows); with many, only the lists whose centroids are nearest to the query (the "ivf" kind).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "index/index_file.h"
#include "index/row_set.h"
#include "index/row_table.h"
#include "index/vector_index.h"

namespace vitrine {

struct InvertedLists;  // inverted_lists.h
class ExactScan;
struct SignKernel;  // sign_kernels.h
class ScanPool;

/// How to build one.
struct InvertedOptions {
  std::size_t lists = 1;       ///< 1 scans all; 4 * sqrt(rows) suits millions. Cut to rows / 64.
  double recall = 0.99;        ///< recall@10 wanted against the exact scan, in (0, 1].
  std::size_t query_bits = 4;  ///< Of a query's number, 4 to 8.
  /// Queries like those to come, row-major float32 [n, dimension], L2 norm 1: sentences, when sentences will
  /// be asked. They decide how much is probed and rescored. Empty: stored rows stand in.
  std::vector<float> sample_queries;
  /// The mean of such queries [dimension]; the part of a query along it is scored without error. Empty: the
  /// mean of the sample queries, or of the rows.
  std::vector<float> anchor;
  std::size_t threads = 0;  ///< 0 for what the machine has, at most 8.
  std::uint64_t seed = 1;   ///< Of the samples that clustering takes. The same seed builds the same index.
};

/// One point of the measured trade: so much work, so much recall.
struct RecallPoint {
  std::uint32_t probes = 0;      ///< Lists to scan for the nearest 10.
  std::uint32_t probes_100 = 0;  ///< Lists that hold as large a share of the nearest 100.
  std::uint32_t rescored = 0;    ///< Candidates scored by their rows, for k = 10.
  float recall = 0;              ///< recall@10 against the exact scan, over the sample queries.
};

/// Searches rows [0, covered_rows()) of a table. Immutable, so thread-safe.
class InvertedIndex final : public VectorIndex {
 public:
  /// Use BuildInverted() or OpenInverted().
  InvertedIndex(std::shared_ptr<const RowTable> table, std::shared_ptr<const InvertedLists> lists,
                double recall, std::size_t threads, const SignKernel* kernel = nullptr);
  ~InvertedIndex() override;

  std::size_t dimension() const override { return table_->dimension(); }
  RowId row_count() const override { return covered_rows(); }
  /// As promised by VectorIndex; a row counts as present when its scale in the table is above 0. Rows from
  /// covered_rows() on are not seen. Errors besides: kCorrupt (a part of the file is damaged; make it again).
  Result<std::vector<std::vector<Neighbour>>> Search(std::span<const float> queries, std::size_t k,
                                                     const RowSet* allowed) const override;
  std::vector<float> Vector(RowId row) const override { return table_->Vector(row); }

  RowId covered_rows() const;
  /// Bytes of codes, factors, row numbers and centroids: what a search may touch beside the rows.
  std::size_t bytes() const;
  /// recall@10 measured when the index was built, at the setting that is in use.
  double measured_recall() const { return setting_.recall; }
  std::size_t lists() const;
  std::size_t probes() const { return setting_.probes; }
  std::size_t rescored() const { return setting_.rescored; }

  const std::shared_ptr<const InvertedLists>& data() const { return lists_; }
  const RowTable& table() const { return *table_; }

 private:
  /// Reads every allowed row.
  Result<std::vector<std::vector<Neighbour>>> SearchExactly(std::span<const float> queries, std::size_t k,
                                                            const RowSet* allowed) const;
  /// Scans the nearest `probes` lists, and more where these do not hold enough.
  Result<std::vector<std::vector<Neighbour>>> SearchSome(std::span<const float> queries, std::size_t k,
                                                         const RowSet* allowed, std::size_t probes) const;
  /// Lists to probe for k hits where the filter leaves the given share of rows.
  std::size_t ProbesFor(std::size_t k, double share) const;
  /// Candidates to rescore for k hits.
  std::size_t CandidatesFor(std::size_t k) const;

  std::shared_ptr<const RowTable> table_;
  std::shared_ptr<const InvertedLists> lists_;
  RecallPoint setting_;
  const SignKernel* kernel_;
  std::uint64_t entries_;
  std::unique_ptr<ScanPool> pool_;
  std::unique_ptr<ExactScan> exact_;
};

/// Threads of a search or a build: `asked`, or for 0 what the machine has, at most 8.
std::size_t SearchThreads(std::size_t asked);

/// Builds an index over the rows [0, table->row_count()) that are in `live` (nullptr: all) and have a scale
/// above 0. Cost: one pass over the rows for the codes, one exact scan for the sample queries, and with many
/// lists some 500 dot products a row. Errors: kInvalidArgument (options), and those of the table.
Result<std::unique_ptr<InvertedIndex>> BuildInverted(std::shared_ptr<const RowTable> table,
                                                     const RowSet* live, const InvertedOptions& options);

/// Publishes an index (index_file.h). Errors: kNoSpace, kIo, kCorrupt (it was opened from a file that is
/// damaged).
Status SaveInverted(const InvertedIndex& index, const IndexFileIdentity& identity, const std::string& path);

/// How to open one.
struct InvertedOpenOptions {
  double recall = 0.99;     ///< The cheapest measured setting that reached this; the best one if none did.
  std::size_t threads = 0;  ///< 0 for what the machine has, at most 8.
};

/// Maps a published index. Reads headers, list lengths and settings; codes are checked as searches first
/// touch them. Errors: as IndexFile::Open; kCorrupt also when it covers more rows than the table has.
Result<std::unique_ptr<InvertedIndex>> OpenInverted(const std::string& path,
                                                    const IndexFileIdentity& identity,
                                                    std::shared_ptr<const RowTable> table,
                                                    const InvertedOpenOptions& options = {});

}  // namespace vitrine
