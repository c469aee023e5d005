// Which pictures of a library on a cluster have a duplicate, as `is:duplicate` means it.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cluster/cluster.h"
#include "vitrine/result.h"
#include "vitrine/types.h"

namespace vitrine {

/// Reads the hash and the files of every picture, and judges them as a library on this machine does
/// (DuplicateRows); for as long as nothing changes on the cluster, once. Memory: some 60 bytes a picture
/// while it reads. Thread-safe: who asks meanwhile waits, and is given the same.
class DuplicatePictures {
 public:
  static constexpr std::size_t kMost = 1'000'000;  ///< Beyond, requests with all of them are too large.

  /// @param index  (or alias) of the pictures. The cluster outlives this.
  DuplicatePictures(const cluster::Cluster& cluster, std::string index)
      : cluster_(cluster), index_(std::move(index)) {}

  /// In order of id. Errors: kUnsupported (more than kMost), kIo (a shard does not answer, so that some
  /// would be overlooked), those of Cluster::Ask.
  Result<std::vector<AssetId>> Find();

 private:
  Result<std::vector<AssetId>> Read() const;

  const cluster::Cluster& cluster_;
  const std::string index_;
  std::mutex mutex_;  // Of what follows.
  std::optional<std::uint64_t> version_;
  std::vector<AssetId> found_;
};

}  // namespace vitrine
