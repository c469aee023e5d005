// Writing many documents: some MB a request, one request at a time, slower where the cluster asks for it.
#pragma once

#include <cstdint>
#include <deque>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "cluster/cluster.h"
#include "vitrine/result.h"

namespace vitrine::cluster {

/// Documents are put under their ids in place of what was there, so doing it again changes nothing. Not
/// thread-safe.
class BulkWriter {
 public:
  BulkWriter(const Cluster& cluster, std::string index) : cluster_(cluster), index_(std::move(index)) {}

  /// Errors: those of Flush().
  Status Put(const std::string& id, const nlohmann::json& document);
  Status Delete(const std::string& id);

  /// Returns when all that was given is acknowledged. A document that a node was too busy for (429) is sent
  /// again after a pause, in smaller requests; what else is refused is an error. Errors: kNoSpace (flood
  /// stage), kTimeout (too busy for minutes), kInternal (a refused document, with the cluster's reason),
  /// those of Cluster::Ask.
  Status Flush();

  std::uint64_t acknowledged() const { return acknowledged_; }

 private:
  static constexpr std::size_t kMostBytes = std::size_t{4} << 20;  ///< Of a request.
  struct Line {
    std::string text;  ///< Action and document, with their line ends.
    bool removes = false;
  };
  Status Add(Line line);
  static std::vector<Line> TakeUpTo(std::size_t bytes, std::deque<Line>& lines);
  Result<std::vector<Line>> SendOnce(std::vector<Line> lines);

  const Cluster& cluster_;
  const std::string index_;
  std::vector<Line> waiting_;
  std::size_t waiting_bytes_ = 0;
  std::size_t most_bytes_ = kMostBytes;
  std::uint64_t acknowledged_ = 0;
};

}  // namespace vitrine::cluster
