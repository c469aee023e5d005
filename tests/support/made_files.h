// Picture files made for tests: JPEGs with and without what cameras write beside the picture.
#pragma once

#include <optional>
#include <string>

#include "image/pixels.h"

namespace vitrine::testing {

/// Baseline, 4:2:0.
std::string MakeJpeg(const RgbImage& image, int quality = 90);

struct MadeExif {
  int orientation = 1;
  bool place = false, serial = false;
  std::string artist, copyright;
};
/// A TIFF, little-endian.
std::string MakeExif(const MadeExif& exif);
/// The JPEG with an Exif segment, an XMP packet with a place, a comment and bytes after its end.
std::string WithMetadata(const std::string& jpeg, const MadeExif& exif);

}  // namespace vitrine::testing
