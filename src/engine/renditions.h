// Pictures as JPEG at the sizes of screens.
#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "engine/lazy_decoder.h"
#include "engine/originals.h"
#include "engine/reader.h"
#include "vitrine/result.h"

namespace vitrine {

/// The renditions used last, within a budget of bytes. Thread-safe.
class RenditionCache {
 public:
  explicit RenditionCache(std::size_t budget_bytes) : budget_bytes_(budget_bytes) {}

  using Key = std::pair<Sha256Digest, std::int32_t>;
  std::optional<std::string> Find(const Key& key);
  /// One larger than the budget is not kept.
  void Keep(const Key& key, const std::string& jpeg);

 private:
  struct Entry {
    Key key;
    std::string jpeg;
  };
  const std::size_t budget_bytes_;
  std::mutex mutex_;
  std::size_t bytes_ = 0;
  std::list<Entry> entries_;  // Used last first.
  std::map<Key, std::list<Entry>::iterator> at_;
};

/// Makes and keeps them. Thread-safe; see Gallery for what the calls promise.
class Renditions {
 public:
  static constexpr std::int32_t kLeastEdgePx = 64, kMostEdgePx = 8192;

  /// All outlive it.
  Renditions(const std::string& library_folder, LazyDecoder& decoder)
      : thumbs_folder_(JoinPath(library_folder, "thumbs")), reader_(library_folder), decoder_(decoder) {}

  Result<std::string> Thumbnail(AssetId id);
  Result<std::string> Rendition(AssetId id, std::int32_t edge_px);

 private:
  Result<Sha256Digest> ContentOf(AssetId id);
  Result<std::string> Make(AssetId id, std::int32_t edge_px, std::int32_t quality);

  const std::string thumbs_folder_;
  SharedReader reader_;
  LazyDecoder& decoder_;
  RenditionCache cache_{std::size_t{64} << 20};
};

}  // namespace vitrine
