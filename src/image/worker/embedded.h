// What people wrote into a picture file: tags, stars, a caption, out of XMP, IPTC and EXIF.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "image/worker/exif.h"
#include "vitrine/types.h"

namespace vitrine::worker {

/// The places where it may stand, as found in a file; each may be empty.
struct Metadata {
  std::span<const std::byte> xmp;   ///< A whole packet.
  std::span<const std::byte> iptc;  ///< IIM records, bare or inside Photoshop's resources.
  Exif exif;
};

/// XMP speaks first; what it leaves open IPTC may fill, then EXIF. Never fails: what cannot be read is
/// absent. Sources: IPTC-NAA IIM 4.2; Adobe Photoshop file formats, image resource blocks.
EmbeddedNote ReadEmbedded(const Metadata& metadata);

}  // namespace vitrine::worker
