#include "image/worker/raw.h"

#include <libraw/libraw.h>

#include <ctime>
#include <memory>
#include <string>
#include <utility>

#include "base/try.h"
#include "image/worker/color.h"
#include "image/worker/embedded.h"
#include "image/worker/jpeg.h"

namespace vitrine::worker {
namespace {

Error RawFailure(int code) {
  const Code kind = code == LIBRAW_NO_THUMBNAIL || code == LIBRAW_UNSUPPORTED_THUMBNAIL ? Code::kUnsupported
                                                                                        : Code::kCorrupt;
  return Error(kind, std::string("the raw file has no preview that can be read: ") + libraw_strerror(code));
}

// LibRaw numbers turns by its own habit.
int OrientationOf(int flip) {
  switch (flip) {
    case 3:
      return 3;
    case 5:
      return 8;
    case 6:
      return 6;
    default:
      return 1;
  }
}

template <typename Number>
std::optional<double> Positive(Number value) {
  return value > 0 ? std::optional<double>(static_cast<double>(value)) : std::nullopt;
}

std::string LocalTime(std::time_t time) {
  std::tm parts = {};
  gmtime_r(&time, &parts);
  char text[32];
  const std::size_t size = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
  return {text, size};
}

// What EXIF left open, LibRaw may know from the maker's own tags.
Facts FactsOf(const libraw_data_t& raw, Facts facts) {
  if (!facts.camera) facts.camera = CameraName(raw.idata.make, raw.idata.model);
  if (!facts.lens && raw.lens.Lens[0] != '\0') facts.lens = raw.lens.Lens;
  if (!facts.exposure_s) facts.exposure_s = Positive(raw.other.shutter);
  if (!facts.f_number) facts.f_number = Positive(raw.other.aperture);
  if (!facts.focal_length_mm) facts.focal_length_mm = Positive(raw.other.focal_len);
  if (!facts.iso && raw.other.iso_speed > 0) facts.iso = static_cast<std::int64_t>(raw.other.iso_speed);
  if (!facts.taken_at && raw.other.timestamp > 0) facts.taken_at = LocalTime(raw.other.timestamp);
  return facts;
}

Result<Raster> DecodePreview(const libraw_thumbnail_t& preview, const Limits& limits) {
  const std::span<const std::byte> bytes(reinterpret_cast<const std::byte*>(preview.thumb), preview.tlength);
  if (preview.tformat == LIBRAW_THUMBNAIL_JPEG) return DecodeJpeg(bytes, limits);
  const Size size = {preview.twidth, preview.theight};
  VITRINE_TRY(CheckSize(size.width_px, size.height_px, limits));
  const std::size_t needed =
      static_cast<std::size_t>(size.width_px) * static_cast<std::size_t>(size.height_px) * 3;
  if (preview.tformat != LIBRAW_THUMBNAIL_BITMAP || bytes.size() < needed) {
    return RawFailure(LIBRAW_UNSUPPORTED_THUMBNAIL);
  }
  const auto* const first = reinterpret_cast<const std::uint8_t*>(bytes.data());
  Raster raster;
  raster.image = {size.width_px, size.height_px, std::vector<std::uint8_t>(first, first + needed)};
  raster.original = size;
  return raster;
}

}  // namespace

Result<Raster> DecodeRaw(std::span<const std::byte> file, const Limits& limits) {
  const auto raw = std::make_unique<LibRaw>();  // Hundreds of kilobytes: too large for a stack.
  if (const int code = raw->open_buffer(const_cast<std::byte*>(file.data()), file.size());
      code != LIBRAW_SUCCESS) {
    return RawFailure(code);
  }
  const libraw_data_t& data = raw->imgdata;
  VITRINE_TRY(CheckSize(data.sizes.width, data.sizes.height, limits));
  if (const int code = raw->unpack_thumb(); code != LIBRAW_SUCCESS) return RawFailure(code);
  VITRINE_TRY_ASSIGN(Raster raster, DecodePreview(data.thumbnail, limits));
  // The size that the preview stands for, not its own; a preview larger than that counts as no larger.
  raster.original = {std::max<std::int32_t>(data.sizes.width, raster.image.width_px),
                     std::max<std::int32_t>(data.sizes.height, raster.image.height_px)};
  raster.orientation = OrientationOf(data.sizes.flip);
  Metadata metadata = {.exif = ReadExif(file)};
  metadata.xmp = metadata.exif.xmp;
  metadata.iptc = metadata.exif.iptc;
  raster.facts = FactsOf(data, metadata.exif.facts);
  raster.note = ReadEmbedded(metadata);
  return raster;
}

}  // namespace vitrine::worker
