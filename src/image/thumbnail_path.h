// Where a library keeps its thumbnails.
#pragma once

#include <string>

#include "base/file.h"
#include "base/hash.h"

namespace vitrine {

/// "<folder>/ab/ab12...ef.jpg": by content, in 256 folders.
inline std::string ThumbnailPath(const std::string& folder, const Sha256Digest& content) {
  const std::string hex = Hex(content);
  return JoinPath(JoinPath(folder, hex.substr(0, 2)), hex + ".jpg");
}

}  // namespace vitrine
