#include "image/worker/decode.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/try.h"
#include "image/worker/bmp.h"
#include "image/worker/jpeg.h"
#include "image/worker/raw.h"
#include "image/worker/sniff.h"
#include "image/worker/vips_loader.h"

namespace vitrine::worker {
namespace {

using protocol::Format;

Result<Raster> DecodeAs(Format format, std::span<const std::byte> file, const Limits& limits) {
  switch (format) {
    case Format::kUnknown:
      return Error(Code::kUnsupported, "not a picture in a format that Vitrine reads");
    case Format::kJpeg:
      return DecodeJpeg(file, limits);
    case Format::kBmp:
      return DecodeBmp(file, limits);
    case Format::kRaw:
      return DecodeRaw(file, limits);
    case Format::kSvg:
      if (!limits.allow_svg) return Error(Code::kUnsupported, "SVG drawings are switched off");
      [[fallthrough]];
    default:
      return DecodeWithVips(format, file, limits);
  }
}

Result<std::string> MakeThumbnail(const RgbImage& picture, const DecodeRequest& request) {
  const std::int32_t edge_px = request.thumbnail_edge_px;
  const std::int32_t long_px = std::max(picture.width_px, picture.height_px);
  if (long_px <= edge_px) return EncodeJpeg(picture, request.thumbnail_quality);
  const auto scaled = [&](std::int32_t px) {
    return std::max(1, static_cast<std::int32_t>((std::int64_t{px} * edge_px + long_px / 2) / long_px));
  };
  return EncodeJpeg(Resize(picture, {scaled(picture.width_px), scaled(picture.height_px)}),
                    request.thumbnail_quality);
}

}  // namespace

Status CheckSize(std::int64_t width_px, std::int64_t height_px, const Limits& limits) {
  if (width_px <= 0 || height_px <= 0) return Error(Code::kCorrupt, "the picture has no size");
  if (static_cast<std::uint64_t>(width_px) <= limits.max_pixels / static_cast<std::uint64_t>(height_px))
    return {};
  return Error(Code::kUnsupported, "the picture is " + std::to_string(width_px) + " x " +
                                       std::to_string(height_px) + " pixels; the limit is " +
                                       std::to_string(limits.max_pixels / 1'000'000) + " megapixels");
}

Result<Decoded> DecodeFile(std::span<const std::byte> file, const Limits& limits) {
  if (file.empty()) return Error(Code::kCorrupt, "the file is empty");
  const Format format = SniffFormat(file);
  VITRINE_TRY_ASSIGN(Raster raster, DecodeAs(format, file, limits));
  const Size target = TargetSize(raster.original, limits.request);
  if (!IsCloseTo({raster.image.width_px, raster.image.height_px}, target, limits.request)) {
    raster.image = Resize(raster.image, {std::min(target.width_px, raster.image.width_px),
                                         std::min(target.height_px, raster.image.height_px)});
  }
  Decoded decoded;
  decoded.picture = Upright(std::move(raster.image), raster.orientation);
  decoded.format = format;
  decoded.original = Upright(raster.original, raster.orientation);
  decoded.facts = std::move(raster.facts);
  decoded.note = std::move(raster.note);
  if (limits.request.thumbnail_edge_px > 0) {
    VITRINE_TRY_ASSIGN(decoded.thumbnail, MakeThumbnail(decoded.picture, limits.request));
  }
  if (limits.request.only_thumbnail) decoded.picture = RgbImage();
  return decoded;
}

}  // namespace vitrine::worker
