// Reads the facts of an exposure from EXIF.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "vitrine/types.h"

namespace vitrine::worker {

/// What EXIF says about a picture.
struct Exif {
  int orientation = 1;                   ///< 1-8 as EXIF numbers them; 1 when absent or nonsense.
  Facts facts;                           ///< Texts as stored, not yet cleaned.
  std::optional<int> rating;             ///< Stars 0-5 as Windows writes them.
  std::string description;               ///< As stored: any encoding.
  std::span<const std::byte> xmp = {};   ///< A packet among the tags of a raw file; inside the bytes read.
  std::span<const std::byte> iptc = {};  ///< IPTC records likewise.
};

/// Reads a TIFF structure (EXIF's own form, and that of most raw files), with or without "Exif\0\0" in front.
/// Never fails: what cannot be read is absent. Source: CIPA DC-008 (Exif 2.32), section 4.6.
Exif ReadExif(std::span<const std::byte> bytes);

/// True when a TIFF file is a camera's raw file: DNG by its version tag, CR2 by its magic, others by a first
/// directory that names a camera and calls its own picture a reduced one.
bool HoldsRawData(std::span<const std::byte> bytes);

/// "Maker Model", without the maker's name twice.
std::string CameraName(std::string_view maker, std::string_view model);

}  // namespace vitrine::worker
