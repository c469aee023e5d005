#include "engine/renditions.h"

#include "base/try.h"
#include "base/utf8.h"
#include "image/thumbnail_path.h"

namespace vitrine {
namespace {

constexpr std::int32_t kThumbnailEdgePx = 256, kThumbnailQuality = 80, kScreenQuality = 88;
constexpr std::uint64_t kMaxThumbnailBytes = 1 << 20;

// Whole, as far as its ends say: a power cut may have left a part.
bool IsWholeJpeg(std::string_view bytes) {
  return bytes.size() > 4 && bytes.starts_with("\xff\xd8\xff") && bytes.ends_with("\xff\xd9");
}

}  // namespace

std::optional<std::string> RenditionCache::Find(const Key& key) {
  const std::lock_guard lock(mutex_);
  const auto found = at_.find(key);
  if (found == at_.end()) return std::nullopt;
  entries_.splice(entries_.begin(), entries_, found->second);
  return found->second->jpeg;
}

void RenditionCache::Keep(const Key& key, const std::string& jpeg) {
  const std::lock_guard lock(mutex_);
  if (jpeg.size() > budget_bytes_ || at_.contains(key)) return;
  entries_.push_front({key, jpeg});
  at_.emplace(key, entries_.begin());
  bytes_ += jpeg.size();
  while (bytes_ > budget_bytes_) {
    bytes_ -= entries_.back().jpeg.size();
    at_.erase(entries_.back().key);
    entries_.pop_back();
  }
}

RenditionSources SourcesIn(SharedReader& reader) {
  return {.content_of = [&reader](AssetId id) -> Result<Sha256Digest> {
            VITRINE_TRY_ASSIGN(const std::optional<Sha256Digest> content,
                               reader.With([&](Catalog& catalog) { return catalog.ContentOf(id); }));
            if (!content) return NoSuchPicture(id);
            return *content;
          },
          .original_of = [&reader](AssetId id) { return FindOriginal(reader, id); }};
}

Result<std::string> Renditions::Make(AssetId id, std::int32_t edge_px, std::int32_t quality) {
  VITRINE_TRY_ASSIGN(OpenOriginal original, sources_.original_of(id));
  VITRINE_TRY_ASSIGN(Decoder * decoder, decoder_.Get());
  auto decoded = decoder->Decode(
      std::move(original.fd),
      {.min_edge_px = 1, .thumbnail_edge_px = edge_px, .thumbnail_quality = quality, .only_thumbnail = true});
  if (!decoded) {
    return std::move(decoded).error().Annotate("cannot show " + Quoted(original.file.path));
  }
  return std::move(decoded->thumbnail);
}

Result<std::string> Renditions::Thumbnail(AssetId id) {
  VITRINE_TRY_ASSIGN(const Sha256Digest content, sources_.content_of(id));
  const std::string path = ThumbnailPath(thumbs_folder_, content);
  Result<std::string> kept = ReadFile(path, kMaxThumbnailBytes);
  if (kept && IsWholeJpeg(*kept)) return kept;
  VITRINE_TRY_ASSIGN(std::string made, Make(id, kThumbnailEdgePx, kThumbnailQuality));
  // What cannot be kept is made again the next time.
  if (MakeFolders(std::string(FolderOf(path)))) {
    static_cast<void>(WriteFileAtomically(path, made, Durability::kCache));
  }
  return made;
}

Result<std::string> Renditions::Rendition(AssetId id, std::int32_t edge_px) {
  if (edge_px < kLeastEdgePx || edge_px > kMostEdgePx) {
    return Error(Code::kInvalidArgument,
                 "the long side of a rendition is 64 to 8192 pixels, not " + std::to_string(edge_px));
  }
  VITRINE_TRY_ASSIGN(const Sha256Digest content, sources_.content_of(id));
  const RenditionCache::Key key(content, edge_px);
  if (std::optional<std::string> kept = cache_.Find(key)) return *std::move(kept);
  VITRINE_TRY_ASSIGN(std::string made, Make(id, edge_px, kScreenQuality));
  cache_.Keep(key, made);
  return made;
}

}  // namespace vitrine
