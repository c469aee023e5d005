// Contents of pictures that a library on a cluster has listed, so that a screen of thumbnails asks nothing.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/hash.h"
#include "vitrine/types.h"

namespace vitrine {

/// A number means one content as long as the library is of one version: a copy from another original may deal
/// the numbers anew. So what is remembered is that of the version listed last. Some 64 bytes a picture.
/// Thread-safe.
class ListedContents {
 public:
  /// @param most  pictures that are remembered; whoever would exceed it begins anew.
  explicit ListedContents(std::size_t most) : most_(most) {}

  using Identity = std::pair<AssetId, Sha256Digest>;

  void Remember(std::uint64_t version, std::span<const Identity> pictures) {
    const std::lock_guard lock(mutex_);
    if (version != version_ || contents_.size() + pictures.size() > most_) contents_.clear();
    version_ = version;
    for (const Identity& picture : pictures.first(std::min(pictures.size(), most_)))
      contents_.insert_or_assign(picture.first, picture.second);
  }

  std::optional<Sha256Digest> Find(AssetId id) const {
    const std::lock_guard lock(mutex_);
    const auto at = contents_.find(id);
    return at == contents_.end() ? std::nullopt : std::optional(at->second);
  }

  /// Those of a list of this version that are not known, in order.
  std::vector<AssetId> Unknown(std::uint64_t version, std::span<const AssetId> ids) const {
    const std::lock_guard lock(mutex_);
    std::vector<AssetId> unknown;
    for (const AssetId id : ids) {
      if (version != version_ || !contents_.contains(id)) unknown.push_back(id);
    }
    return unknown;
  }

 private:
  const std::size_t most_;
  mutable std::mutex mutex_;  // Of what follows.
  std::uint64_t version_ = 0;
  std::unordered_map<AssetId, Sha256Digest> contents_;
};

}  // namespace vitrine
