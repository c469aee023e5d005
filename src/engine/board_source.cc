#include "engine/board_source.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/hash.h"
#include "base/try.h"
#include "base/utf8.h"
#include "image/thumbnail_path.h"

namespace vitrine {
namespace {

Error Unknown(const std::string& content) {
  return Error(Code::kNotFound,
               "the library knows no picture with the content " + Printable(content.substr(0, 64)));
}

}  // namespace

Result<KnownPicture> LibraryPictureSource::Known(const std::string& content) {
  const std::optional<Sha256Digest> digest = DigestFromHex(content);
  if (!digest) return Unknown(content);
  VITRINE_TRY_ASSIGN(std::optional<KnownPicture> known, rooms_.known(*digest));
  if (!known) return Unknown(content);
  return *std::move(known);
}

Result<SourcePicture> LibraryPictureSource::Describe(const std::string& content) {
  VITRINE_TRY_ASSIGN(const KnownPicture known, Known(content));
  SourcePicture picture{.content = content};
  if (!known.record.paths.empty()) {
    const PictureInfo& info = known.record.info;
    picture.name = NameOf(known.record.paths.front());
    picture.width_px = info.width_px;
    picture.height_px = info.height_px;
    picture.format = info.format;
    picture.facts = info.facts;
  }
  picture.caption = known.caption;
  picture.available = rooms_.files.original_of(known.record.id).has_value();
  return picture;
}

Result<UniqueFd> LibraryPictureSource::OpenOriginal(const std::string& content) {
  VITRINE_TRY_ASSIGN(const KnownPicture known, Known(content));
  VITRINE_TRY_ASSIGN(vitrine::OpenOriginal original, rooms_.files.original_of(known.record.id));
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
  auto thumbnail = OpenRegularFile(ThumbnailPath(rooms_.thumbs_folder, *digest));
  if (!thumbnail) return std::move(original).error();
  return Decoded(*std::move(thumbnail), min_edge_px);
}

Result<std::string> LibraryPictureSource::Jpeg(const std::string& content, std::int32_t edge_px) {
  VITRINE_TRY_ASSIGN(const KnownPicture known, Known(content));
  const AssetId id = known.record.id;
  auto jpeg =
      renditions_.Rendition(id, std::clamp(edge_px, Renditions::kLeastEdgePx, Renditions::kMostEdgePx));
  if (jpeg || jpeg.error().code() != Code::kNotFound) return jpeg;
  return renditions_.Thumbnail(id);
}

}  // namespace vitrine
