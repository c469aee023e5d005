#include "engine/board_source.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/hash.h"
#include "base/try.h"
#include "base/utf8.h"
#include "engine/board_pictures.h"
#include "image/thumbnail_path.h"

namespace vitrine {
namespace {

Error Unknown(const std::string& content) {
  return Error(Code::kNotFound,
               "the library knows no picture with the content " + Printable(content.substr(0, 64)));
}

}  // namespace

Result<AssetId> LibraryPictureSource::AssetOf(const std::string& content) {
  const std::optional<Sha256Digest> digest = DigestFromHex(content);
  if (!digest) return Unknown(content);
  VITRINE_TRY_ASSIGN(const std::optional<AssetId> asset,
                     reader_.With([&](Catalog& catalog) { return catalog.AssetOfContent(*digest); }));
  if (!asset) return Unknown(content);
  return *asset;
}

Result<SourcePicture> LibraryPictureSource::Describe(const std::string& content) {
  VITRINE_TRY_ASSIGN(const AssetId id, AssetOf(content));
  SourcePicture picture{.content = content};
  VITRINE_TRY(reader_.With([&](Catalog& catalog) -> Status {
    VITRINE_TRY_ASSIGN(const std::vector<AssetRecord> records, catalog.AssetsOf(std::span(&id, 1)));
    if (!records.empty()) {
      const PictureInfo& info = records.front().info;
      picture.name = NameOf(records.front().paths.front());
      picture.width_px = info.width_px;
      picture.height_px = info.height_px;
      picture.format = info.format;
      picture.facts = info.facts;
    }
    VITRINE_TRY_ASSIGN(const Note note, catalog.annotations().NoteOf(id));
    picture.caption = note.caption;
    return {};
  }));
  picture.available = FindOriginal(reader_, id).has_value();
  return picture;
}

Result<UniqueFd> LibraryPictureSource::OpenOriginal(const std::string& content) {
  VITRINE_TRY_ASSIGN(const AssetId id, AssetOf(content));
  VITRINE_TRY_ASSIGN(vitrine::OpenOriginal original, FindOriginal(reader_, id));
  return std::move(original.fd);
}

Result<RgbImage> LibraryPictureSource::Decoded(UniqueFd file, std::int32_t min_edge_px) {
  VITRINE_TRY_ASSIGN(Decoder * decoder, decoder_.Get());
  VITRINE_TRY_ASSIGN(
      DecodedPicture decoded,
      decoder->Decode(std::move(file), {.min_edge_px = std::max(1, min_edge_px), .thumbnail_edge_px = 0}));
  return std::move(decoded.picture);
}

Result<RgbImage> LibraryPictureSource::Pixels(const std::string& content, std::int32_t min_edge_px) {
  auto original = OpenOriginal(content);
  if (original) return Decoded(*std::move(original), min_edge_px);
  if (original.error().code() != Code::kNotFound) return std::move(original).error();
  const std::optional<Sha256Digest> digest = DigestFromHex(content);
  if (!digest) return Unknown(content);
  auto thumbnail = OpenRegularFile(ThumbnailPath(thumbs_folder_, *digest));
  if (!thumbnail) return std::move(original).error();
  return Decoded(*std::move(thumbnail), min_edge_px);
}

Result<std::string> LibraryPictureSource::Jpeg(const std::string& content, std::int32_t edge_px) {
  VITRINE_TRY_ASSIGN(const AssetId id, AssetOf(content));
  auto jpeg =
      renditions_.Rendition(id, std::clamp(edge_px, Renditions::kLeastEdgePx, Renditions::kMostEdgePx));
  if (jpeg || jpeg.error().code() != Code::kNotFound) return jpeg;
  return renditions_.Thumbnail(id);
}

}  // namespace vitrine
