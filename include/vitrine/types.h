// Plain values that every part of Vitrine speaks in. No behaviour lives here.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace vitrine {

/// A picture by its content: two files with the same bytes are one asset. Positive; stable for the life of a
/// library.
enum class AssetId : std::int64_t {};

/// The name of a file as the operating system gives it: bytes without NUL, not necessarily UTF-8.
using PathBytes = std::string;

/// What a picture file says about itself. Every field is optional: absent means the file does not say.
/// Texts are UTF-8, at most 255 bytes, without control characters.
struct Facts {
  std::optional<std::string>
      taken_at;  ///< Local time of the exposure, "2024-06-01T17:03:22" (ISO 8601, no zone).
  std::optional<std::string> camera;  ///< Maker and model, "FUJIFILM X-T5".
  std::optional<std::string> lens;    ///< "XF33mmF1.4 R LM WR".
  std::optional<double> exposure_s;   ///< Shutter time in seconds, > 0.
  std::optional<double> f_number;     ///< Aperture, > 0.
  std::optional<double> focal_length_mm;
  std::optional<std::int64_t> iso;
  std::optional<double> latitude;   ///< Degrees north, -90..90.
  std::optional<double> longitude;  ///< Degrees east, -180..180.
};

/// What of a list of hits stands under one hit.
enum class Grouping : std::uint8_t {
  kNone,
  kSimilar,  ///< Near-duplicates, and bursts of one moment.
  kDay,      ///< What was taken on one day.
};

/// One colour of a picture.
struct Swatch {
  std::uint8_t red = 0, green = 0, blue = 0;  ///< sRGB.
  float share = 0;                            ///< Of the picture's area, 0..1.
  bool operator==(const Swatch&) const = default;
};

/// What is measured on a picture's pixels (image/sketch.h). Without colours it says nothing.
struct Sketch {
  std::vector<Swatch> palette;  ///< Largest share first, at most 16.
  std::uint64_t hash = 0;       ///< Perceptual: like pictures differ in few bits. 0 where none is known.
  float sharpness = 0;          ///< 0 or more; the larger the sharper.
  bool operator==(const Sketch&) const = default;
};

/// What a picture's own metadata, or its sidecar, says in the owner's words.
struct EmbeddedNote {
  std::vector<std::string> tags;       ///< As TagPath (catalog/annotations.h) spells them: "places/beach".
  std::optional<std::int32_t> rating;  ///< -1 (rejected), 0..5.
  std::string caption;                 ///< UTF-8; empty for none.
  bool operator==(const EmbeddedNote&) const = default;
};

/// The size and kind of an original picture.
struct PictureInfo {
  std::int32_t width_px = 0;   ///< Of the upright picture (orientation applied).
  std::int32_t height_px = 0;  ///< Of the upright picture.
  std::string format;  ///< "jpeg", "png", "webp", "gif", "tiff", "bmp", "heif", "avif", "jxl", "svg", "raw".
  Facts facts;
};

}  // namespace vitrine
