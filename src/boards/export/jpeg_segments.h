// The segments of a JPEG: to embed its coded picture elsewhere as it is, and to take out what it says about
// the person who made it. Nothing is decoded; every length is checked. Source: ITU-T T.81, annex B.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "vitrine/result.h"

namespace vitrine {

struct JpegInfo {
  std::int32_t width_px = 0, height_px = 0;  ///< As stored, before its orientation is applied.
  int components = 0;
  int bits = 0;
  bool common = false;    ///< Baseline, extended or progressive Huffman coding: what PDF readers understand.
  bool srgb = false;      ///< Has no colour profile, or one that calls itself sRGB.
  std::string_view exif;  ///< The TIFF inside its first Exif segment; empty for none. Points into the file.
};

/// Errors: kCorrupt (no JPEG, or one without a frame or a scan).
Result<JpegInfo> ReadJpegInfo(std::string_view file);

/// The same coded picture, bit for bit, without what it says beside: of the application segments only JFIF
/// (without its thumbnail), colour profile and Adobe's colour transform stay, no comments, nothing behind the
/// end of the picture (where cameras put further pictures with facts of their own).
/// @param orientation  written into a new Exif segment of nothing else; 1 for none.
/// Errors: as ReadJpegInfo.
Result<std::string> StripJpeg(std::string_view file, int orientation);

}  // namespace vitrine
