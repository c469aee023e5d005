// Pictures as JPEG at the sizes of screens.
#pragma once

#include <cstdint>
#include <functional>
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

/// Where renditions are made from. Both are thread-safe.
struct RenditionSources {
  /// Errors: kNotFound (no such picture).
  std::function<Result<Sha256Digest>(AssetId)> content_of;
  /// Errors: those of FindOriginal().
  std::function<Result<OpenOriginal>(AssetId)> original_of;
};

/// Those of a library on this machine.
RenditionSources SourcesIn(SharedReader& reader);

/// Makes and keeps them. Thread-safe; see Gallery for what the calls promise.
class Renditions {
 public:
  static constexpr std::int32_t kLeastEdgePx = 64, kMostEdgePx = 8192;

  /// @param thumbs_folder  where thumbnails are kept, made when there is one.
  Renditions(std::string thumbs_folder, RenditionSources sources, LazyDecoder& decoder)
      : thumbs_folder_(std::move(thumbs_folder)), sources_(std::move(sources)), decoder_(decoder) {}

  Result<std::string> Thumbnail(AssetId id);
  Result<std::string> Rendition(AssetId id, std::int32_t edge_px);

 private:
  Result<std::string> Make(AssetId id, std::int32_t edge_px, std::int32_t quality);

  const std::string thumbs_folder_;
  const RenditionSources sources_;
  LazyDecoder& decoder_;
  RenditionCache cache_{std::size_t{64} << 20};
};

}  // namespace vitrine
