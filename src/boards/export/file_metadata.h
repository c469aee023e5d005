// What a picture's file says about the person who took it, and to whom it belongs: for credits, and for
// telling people what they are about to hand over. Looks into the Exif and XMP of JPEG, PNG, WebP and TIFF
// files (most RAW formats among them); every offset is checked. Source: CIPA DC-008 (Exif 2.32), TIFF 6.0.
#pragma once

#include <string>
#include <string_view>

namespace vitrine {

struct FileMetadata {
  int orientation = 1;    ///< 1..8.
  bool place = false;     ///< Where it was taken.
  bool serial = false;    ///< A serial number of body or lens, the owner's name, or a maker's own data,
                          ///< which holds such numbers as a rule.
  std::string artist;     ///< UTF-8, mended.
  std::string copyright;  ///< UTF-8, mended.
  bool IsPrivate() const { return place || serial; }
};

/// Of the bytes of a file. What is damaged counts as not there.
FileMetadata ReadFileMetadata(std::string_view file);

/// Of the TIFF inside an Exif segment, or of a TIFF file.
FileMetadata ReadTiffMetadata(std::string_view tiff);

}  // namespace vitrine
