#include "image/worker/vips_loader.h"

#include <vips/vips.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

#include "base/try.h"
#include "image/worker/embedded.h"

namespace vitrine::worker {
namespace {

using protocol::Format;

struct Unref {
  void operator()(VipsImage* image) const { g_object_unref(image); }
};
using Image = std::unique_ptr<VipsImage, Unref>;

constexpr double kFullSize = 1.0;

Size SizeOf(VipsImage* image) { return {vips_image_get_width(image), vips_image_get_height(image)}; }

// What libvips says went wrong, first line only; it keeps its messages until told to forget them.
Error VipsFailure(std::string_view doing) {
  std::string message = vips_error_buffer();
  vips_error_clear();
  if (const std::size_t end = message.find('\n'); end != std::string::npos) message.resize(end);
  return Error(Code::kCorrupt, std::string(doing) + (message.empty() ? "" : ": " + message));
}

// Runs one libvips operation that fills an output image.
template <typename Operation>
Result<Image> Make(std::string_view doing, Operation operation) {
  VipsImage* out = nullptr;
  if (operation(&out) != 0) return VipsFailure(doing);
  return Image(out);
}

// Opens the header; pixels come when they are asked for. `scale` is for the formats that can decode smaller.
int Load(Format format, void* data, std::size_t bytes, double scale, VipsImage** out) {
  const auto sequential = VIPS_ACCESS_SEQUENTIAL;
  const auto strict = VIPS_FAIL_ON_ERROR;
  switch (format) {
    case Format::kPng:
      return vips_pngload_buffer(data, bytes, out, "access", sequential, "fail_on", strict, nullptr);
    case Format::kGif:
      return vips_gifload_buffer(data, bytes, out, "access", sequential, "fail_on", strict, nullptr);
    case Format::kTiff:
      return vips_tiffload_buffer(data, bytes, out, "access", sequential, "fail_on", strict, nullptr);
    case Format::kJxl:
      return vips_jxlload_buffer(data, bytes, out, "access", sequential, "fail_on", strict, nullptr);
    case Format::kHeif:
    case Format::kAvif:
      return vips_heifload_buffer(data, bytes, out, "access", sequential, "fail_on", strict, nullptr);
    case Format::kWebp:
      return vips_webpload_buffer(data, bytes, out, "access", sequential, "fail_on", strict, "scale", scale,
                                  nullptr);
    case Format::kSvg:
      return vips_svgload_buffer(data, bytes, out, "scale", scale, nullptr);
    default:
      vips_error("vitrine", "no loader");
      return -1;
  }
}

// A block of metadata that a loader kept; it lives as long as the image.
std::span<const std::byte> BlobOf(VipsImage* image, const char* name) {
  const void* data = nullptr;
  std::size_t bytes = 0;
  if (vips_image_get_typeof(image, name) == 0) return {};
  if (vips_image_get_blob(image, name, &data, &bytes) != 0) {
    vips_error_clear();
    return {};
  }
  return {static_cast<const std::byte*>(data), bytes};
}

// libheif and libjxl turn pictures upright themselves; turning by EXIF as well would turn them twice.
bool IsUprightAlready(Format format) {
  return format == Format::kHeif || format == Format::kAvif || format == Format::kJxl ||
         format == Format::kSvg;
}

// The number that stands for white in a picture's own samples.
double WhiteOf(VipsInterpretation interpretation) {
  switch (interpretation) {
    case VIPS_INTERPRETATION_CMYK:
      return 0;
    case VIPS_INTERPRETATION_RGB16:
    case VIPS_INTERPRETATION_GREY16:
      return 65535;
    case VIPS_INTERPRETATION_scRGB:
      return 1;
    default:
      return 255;
  }
}

Result<Image> FlattenOnWhite(Image image) {
  if (vips_image_hasalpha(image.get()) == FALSE) return image;
  const std::unique_ptr<VipsArrayDouble, void (*)(VipsArrayDouble*)> white(
      vips_array_double_newv(1, WhiteOf(vips_image_get_interpretation(image.get()))),
      [](VipsArrayDouble* array) { vips_area_unref(VIPS_AREA(array)); });
  return Make("transparency cannot be flattened", [&](VipsImage** out) {
    return vips_flatten(image.get(), out, "background", white.get(), nullptr);
  });
}

// By whole factors, each output pixel the mean of its box: what is left is less than twice the target.
Result<Image> Shrink(Image image, Size target) {
  const int horizontal = std::max(1, vips_image_get_width(image.get()) / target.width_px);
  const int vertical = std::max(1, vips_image_get_height(image.get()) / target.height_px);
  if (horizontal == 1 && vertical == 1) return image;
  return Make("the picture cannot be reduced",
              [&](VipsImage** out) { return vips_shrink(image.get(), out, horizontal, vertical, nullptr); });
}

// A conversion by the embedded profile where there is one that says anything, and it works.
Image ByProfile(Image image) {
  const bool cmyk = vips_image_get_interpretation(image.get()) == VIPS_INTERPRETATION_CMYK;
  const void* data = nullptr;
  std::size_t bytes = 0;
  if (vips_image_get_typeof(image.get(), VIPS_META_ICC_NAME) != 0) {
    vips_image_get_blob(image.get(), VIPS_META_ICC_NAME, &data, &bytes);
  }
  if (!cmyk && (bytes == 0 || IsSrgbProfile({static_cast<const std::byte*>(data), bytes}))) return image;
  VipsImage* converted = nullptr;
  if (vips_icc_transform(image.get(), &converted, "srgb", "embedded", TRUE, "input_profile",
                         cmyk ? "cmyk" : "srgb", nullptr) != 0) {
    vips_error_clear();
    return image;
  }
  return Image(converted);
}

// Three 8-bit bands of sRGB in memory: here the pixels are really read.
Result<RgbImage> Finish(Image image) {
  image = ByProfile(std::move(image));
  VITRINE_TRY_ASSIGN(image, Make("colours cannot be converted", [&](VipsImage** out) {
                       return vips_colourspace(image.get(), out, VIPS_INTERPRETATION_sRGB, nullptr);
                     }));
  VITRINE_TRY_ASSIGN(image, Make("samples cannot be converted", [&](VipsImage** out) {
                       return vips_cast_uchar(image.get(), out, nullptr);
                     }));
  if (vips_image_get_bands(image.get()) < 3)
    return Error(Code::kUnsupported, "a picture without colour bands");
  if (vips_image_get_bands(image.get()) > 3) {
    VITRINE_TRY_ASSIGN(image, Make("bands cannot be chosen", [&](VipsImage** out) {
                         return vips_extract_band(image.get(), out, 0, "n", 3, nullptr);
                       }));
  }
  std::size_t bytes = 0;
  const std::unique_ptr<void, decltype(&g_free)> pixels(vips_image_write_to_memory(image.get(), &bytes),
                                                        &g_free);
  if (!pixels) return VipsFailure("the picture is damaged");
  const std::span values(static_cast<const std::uint8_t*>(pixels.get()), bytes);
  const Size size = SizeOf(image.get());
  return RgbImage{size.width_px, size.height_px, {values.begin(), values.end()}};
}

// WebP decodes at any smaller size, SVG at any size; twice the target keeps the final reduction honest.
double LoadScale(Format format, Size original, Size target) {
  if (format != Format::kWebp && format != Format::kSvg) return kFullSize;
  const double scale = 2.0 * std::max(static_cast<double>(target.width_px) / original.width_px,
                                      static_cast<double>(target.height_px) / original.height_px);
  return std::min(kFullSize, scale);
}

}  // namespace

Result<Raster> DecodeWithVips(Format format, std::span<const std::byte> file, const Limits& limits) {
  void* const data = const_cast<std::byte*>(file.data());
  const auto load = [&](double scale) {
    return Make("the " + protocol::FormatName(format) + " file cannot be read",
                [&](VipsImage** out) { return Load(format, data, file.size(), scale, out); });
  };
  VITRINE_TRY_ASSIGN(Image image, load(kFullSize));
  Raster raster;
  raster.original = SizeOf(image.get());
  VITRINE_TRY(CheckSize(raster.original.width_px, raster.original.height_px, limits));
  Metadata metadata = {.xmp = BlobOf(image.get(), VIPS_META_XMP_NAME),
                       .iptc = BlobOf(image.get(), VIPS_META_IPTC_NAME),
                       .exif = ReadExif(BlobOf(image.get(), VIPS_META_EXIF_NAME))};
  raster.note = ReadEmbedded(metadata);
  raster.facts = std::move(metadata.exif.facts);
  if (!IsUprightAlready(format)) raster.orientation = vips_image_get_orientation(image.get());
  const Size target = TargetSize(raster.original, limits.request);
  if (const double scale = LoadScale(format, raster.original, target); scale < kFullSize) {
    VITRINE_TRY_ASSIGN(image, load(scale));
  }
  VITRINE_TRY_ASSIGN(image, FlattenOnWhite(std::move(image)));
  VITRINE_TRY_ASSIGN(image, Shrink(std::move(image), target));
  VITRINE_TRY_ASSIGN(raster.image, Finish(std::move(image)));
  return raster;
}

Result<RgbImage> ConvertWithVips(const Samples& samples, std::span<const std::byte> profile) {
  Image image(vips_image_new_from_memory(samples.values.data(), samples.values.size(), samples.size.width_px,
                                         samples.size.height_px, samples.bands, VIPS_FORMAT_UCHAR));
  if (!image) return VipsFailure("cannot convert colours");
  VITRINE_TRY_ASSIGN(image, Make("cannot convert colours", [&](VipsImage** out) {
                       const auto space =
                           samples.bands == 4 ? VIPS_INTERPRETATION_CMYK : VIPS_INTERPRETATION_sRGB;
                       return vips_copy(image.get(), out, "interpretation", space, nullptr);
                     }));
  if (!profile.empty()) {
    vips_image_set_blob_copy(image.get(), VIPS_META_ICC_NAME, profile.data(), profile.size());
  }
  return Finish(std::move(image));
}

Status StartVips() {
  // libvips would speed some operations up with code made at run time; no memory may become executable here.
  setenv("VIPS_NOVECTOR", "1", 1);
  if (vips_init("vitrine-decode") != 0) return Error(Code::kInternal, VipsFailure("libvips").message());
  vips_concurrency_set(1);
  vips_cache_set_max(0);
  // Warnings are for developers; GLib would look for a system journal to tell them to.
  g_log_set_writer_func(
      [](GLogLevelFlags, const GLogField*, gsize, gpointer) { return G_LOG_WRITER_HANDLED; }, nullptr,
      nullptr);
  vips_block_untrusted_set(TRUE);
  // Two loaders that libvips does not vouch for are let in again: users have these files, and this is the
  // sandbox.
  vips_operation_block_set("VipsForeignLoadJxl", FALSE);
  vips_operation_block_set("VipsForeignLoadSvg", FALSE);
  return {};
}

}  // namespace vitrine::worker
