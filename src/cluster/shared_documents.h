// A small index whose documents several machines write: each is replaced only upon what was read of it, by
// the cluster's sequence numbers, so that of two who change one at the same moment one begins anew.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "cluster/cluster.h"
#include "vitrine/result.h"

namespace vitrine::cluster {

/// Of a document as it was read. The default: there is none yet.
struct Version {
  std::int64_t seq_no = -1, primary_term = 0;
  bool exists() const { return seq_no >= 0; }
};

/// When searches see what is written.
enum class SeenBySearches : std::uint8_t { kLater, kAtOnce };

struct SharedDocument {
  std::string id;
  nlohmann::json source;
  Version version;
};

/// Sleeps for 50 to 250 ms, by chance: of those who stood in each other's way, each waits for a
/// time of its own.
void GiveWay();

/// Errors of all: those of Cluster::Ask.
class SharedDocuments {
 public:
  /// @param cluster  outlives it.
  SharedDocuments(const Cluster& cluster, std::string index) : cluster_(cluster), index_(std::move(index)) {}

  const Cluster& cluster() const { return cluster_; }
  const std::string& index() const { return index_; }

  /// Makes the index unless it is there. @param body  settings and mappings.
  Status Ensure(const nlohmann::json& body) const;

  /// Those that are there, in order, as they are now, whatever searches see; none without the index. Errors
  /// also: kIo (a shard gives no answer).
  Result<std::vector<SharedDocument>> Read(std::span<const std::string> ids) const;
  Result<std::optional<SharedDocument>> Read(const std::string& id) const;

  /// Writes a document in place of what was read of it. Empty: somebody else wrote it meanwhile, and nothing
  /// has happened. REQUIRES: what two writers write differs (by a token of their own), or it does not matter
  /// whose it is: a write whose answer was lost is known again by what stands there.
  Result<std::optional<Version>> Replace(const std::string& id, const nlohmann::json& source,
                                         const Version& upon,
                                         SeenBySearches seen = SeenBySearches::kLater) const;

 private:
  const Cluster& cluster_;
  const std::string index_;
};

}  // namespace vitrine::cluster
