// What a gallery asks of a cluster: pictures in order, what is known of some, counts.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/hash.h"
#include "cluster/cluster.h"
#include "cluster/looking.h"
#include "cluster/picture_doc.h"
#include "vitrine/gallery.h"
#include "vitrine/result.h"

namespace vitrine::cluster {

/// Pictures in columns, as Listing has them.
struct Timeline {
  std::vector<AssetId> ids;
  std::vector<float> widths_px, heights_px;
  std::vector<std::int64_t> taken_at_s;  ///< Or Listing::kNoTime.
  std::uint64_t total = 0;               ///< How many pass the filter; ids may be fewer.
};

/// Asks about one index (or alias) of a library. Not thread-safe for `missing`. Errors of all: those of
/// Cluster::Ask, kCorrupt.
class Browsing {
 public:
  Browsing(const Cluster& cluster, std::string index) : cluster_(cluster), index_(std::move(index)) {}

  /// The first `most` pictures that pass the filter, as they were when it began (a point in time of the
  /// cluster). @param page  pictures a request, 1 .. IndexMeta::window.
  Result<Timeline> InOrder(const nlohmann::json& filter, Order order, std::size_t most, std::size_t page);

  /// Another number whenever a search would see another document, below 2^53: made of how many there are and
  /// of the numbers of their last changes (_seq_no). Counted by each shard once for each time it refreshes.
  Result<std::uint64_t> Version();

  /// What is known of pictures, in the order asked; those that are unknown are left out. Without vectors and
  /// texts.
  Result<std::vector<PictureCopy>> Pictures(std::span<const AssetId> ids);
  /// The contents of those that are there, in any order.
  Result<std::vector<std::pair<AssetId, Sha256Digest>>> Contents(std::span<const AssetId> ids);
  /// One path of each, the first in byte order.
  Result<std::vector<PathBytes>> Paths(std::span<const AssetId> ids);

  /// The ids of the pictures of these documents (their contents in hex), in order; 0 for one that is not
  /// there. Sees what is acknowledged, whatever searches see.
  Result<std::vector<AssetId>> IdsOf(std::span<const std::string> documents);
  /// Of each picture its unit vector, in the order asked; empty for one that is unknown.
  Result<std::vector<std::vector<float>>> Vectors(std::span<const AssetId> ids, std::size_t dimension);

  /// The aggregations over the pictures that pass the filter: the object `aggregations` of the answer.
  Result<nlohmann::json> Aggregate(const nlohmann::json& filter, const nlohmann::json& aggregations);

  /// Of all that was asked so far.
  const MissingShards& missing() const { return missing_; }

 private:
  using Json = nlohmann::json;
  Result<Json> Search(const Json& body, const std::string& path);
  Status Read(const std::string& view, const Json& filter, Order order, std::size_t most, std::size_t page,
              Timeline& timeline);
  Result<std::vector<Json>> Hits(std::span<const AssetId> ids, Json body);
  Result<std::vector<Json>> Documents(std::span<const AssetId> ids, const Json& fields);

  const Cluster& cluster_;
  const std::string index_;
  MissingShards missing_;
};

}  // namespace vitrine::cluster
