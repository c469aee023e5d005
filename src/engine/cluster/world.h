// The pictures that a cluster proposed for one query, as a small library in memory: the same steps rank them
// and say why as do for a library on this machine.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "cluster/looking.h"
#include "index/exact_scan.h"
#include "query/answering.h"
#include "query/ways.h"
#include "vitrine/result.h"

namespace vitrine {

/// What was counted and chosen for one way before its pictures were asked for.
struct CountedWay {
  std::uint64_t allowed = 0;
  std::vector<std::string> words;  ///< Of the query, those that are worth something.
  std::vector<double> weights;     ///< Of each of them.
  WordWeights worth{0};            ///< After all words were added.
  cluster::WayAsked asked;
};

/// The vectors of the proposed pictures. Notices when a search would need more of them than were proposed.
class ProposedIndex final : public VectorIndex {
 public:
  ProposedIndex(std::unique_ptr<VectorIndex> index, std::size_t depth)
      : index_(std::move(index)), depth_(depth) {}

  std::size_t dimension() const override { return index_->dimension(); }
  RowId row_count() const override { return index_->row_count(); }
  Result<std::vector<std::vector<Neighbour>>> Search(std::span<const float> queries, std::size_t k,
                                                     const RowSet* allowed) const override {
    if (k > depth_) wanted_more_ = true;
    return index_->Search(queries, k, allowed);
  }
  std::vector<float> Vector(RowId row) const override { return index_->Vector(row); }

  bool wanted_more() const { return wanted_more_; }

 private:
  const std::unique_ptr<VectorIndex> index_;
  const std::size_t depth_;
  mutable bool wanted_more_ = false;
};

/// Rows are the proposed pictures of all ways in order of id, each once. Not thread-safe.
class ClusterWorld {
 public:
  /// @param depth  how many were asked for of each way.
  ClusterWorld(std::span<const cluster::WayFound> found, std::size_t dimension, std::size_t depth);

  /// Fills what a way knows of its rows: which it allows, the nearest, the words they hold, the shape of its
  /// scores beside those of `sample`. Errors: those of VectorIndex::Search.
  Status Fill(Way& way, const cluster::WayFound& found, const CountedWay& counted,
              const VectorIndex& sample) const;

  /// @param pictures  how many the library holds.
  AnswerRooms Rooms(Embedder& embedder, std::uint64_t pictures) const;

  bool wanted_more() const { return index_->wanted_more(); }

 private:
  RowId RowOf(const cluster::Proposed& proposed) const { return row_of_.at(proposed.picture.asset.id); }

  std::vector<AssetRecord> assets_;
  std::map<AssetId, RowId> row_of_;
  RowSet live_;
  std::shared_ptr<LibraryFacts> facts_;
  std::unique_ptr<ProposedIndex> index_;
};

}  // namespace vitrine
