// Contents of pictures that a library on a cluster has listed, so that a screen of thumbnails asks once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/hash.h"
#include "vitrine/result.h"
#include "vitrine/types.h"

namespace vitrine {

/// A number means one content as long as the library is of one version: a copy from another original may deal
/// the numbers anew. So what is remembered is that of the version listed last: its last lists, 8 bytes a
/// picture, and some 64 bytes for each picture whose content was asked for. Thread-safe.
class ListedContents {
 public:
  static constexpr std::size_t kLists = 4;
  static constexpr std::size_t kTogether = 1'000;  ///< Pictures a question.

  using Identity = std::pair<AssetId, Sha256Digest>;
  using Ask = std::function<Result<std::vector<Identity>>(std::span<const AssetId>)>;

  /// @param ask   for at most kTogether pictures; called by one thread at a time.
  /// @param most  contents that are remembered, at least kTogether; whoever would exceed it begins anew.
  ListedContents(Ask ask, std::size_t most) : ask_(std::move(ask)), most_(most) {}

  /// Somebody looks at this list of a version.
  void Listed(std::uint64_t version, const std::vector<AssetId>& ids);

  /// Of one that is not known it asks, for all that stand about it in the newest list that has it. Empty for
  /// one that is in no list, or has gone. Errors: those of asking.
  Result<std::optional<Sha256Digest>> Of(AssetId id);

 private:
  std::optional<Sha256Digest> Known(AssetId id) const;
  struct Neighbours {
    std::uint64_t version = 0;
    std::vector<AssetId> ids;
  };
  Neighbours Around(AssetId id) const;
  // Unless another version was listed meanwhile.
  void Remember(std::uint64_t version, std::span<const Identity> pictures);

  const Ask ask_;
  const std::size_t most_;
  std::mutex asking_;         // A screen of thumbnails is asked for at once, and waits for one question.
  mutable std::mutex mutex_;  // Of what follows; taken behind asking_.
  std::uint64_t version_ = 0;
  std::deque<std::vector<AssetId>> lists_;  // Newest first.
  std::unordered_map<AssetId, Sha256Digest> contents_;
};

}  // namespace vitrine
