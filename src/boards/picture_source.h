// What boards are drawn and exported from: the pictures behind the content hashes of their items, whoever
// keeps them. The engine gives them from a library, tests from memory.
#pragma once

#include <cstdint>
#include <string>

#include "base/file.h"
#include "image/pixels.h"
#include "vitrine/result.h"
#include "vitrine/types.h"

namespace vitrine {

/// A picture as it is known, whether or not its file is there now.
struct SourcePicture {
  std::string content;         ///< SHA-256 of the file, 64 hexadecimal digits.
  std::string name;            ///< The last component of its first path, as bytes.
  std::int32_t width_px = 0;   ///< Of the upright picture.
  std::int32_t height_px = 0;  ///< Of the upright picture.
  std::string format;          ///< As PictureInfo has it: "jpeg", "png", ...
  Facts facts;
  std::string caption;     ///< UTF-8; empty for none.
  bool available = false;  ///< The file is there now and unchanged: OpenOriginal() gives it.
};

/// May be called from several threads at a time. Errors of all: kNotFound (nobody knows that picture; the
/// message names it), kIo, kCorrupt.
class PictureSource {
 public:
  virtual ~PictureSource() = default;

  virtual Result<SourcePicture> Describe(const std::string& content) = 0;
  /// The file with exactly this content, for reading from its beginning. Errors also: kNotFound (the file is
  /// gone, its drive away, or something else lies at its path).
  virtual Result<UniqueFd> OpenOriginal(const std::string& content) = 0;
  /// Upright sRGB, at least `min_edge_px` on the short side where the file has that much, and not much more;
  /// from the thumbnail (at most 256 px) where the file is gone. Errors also: kUnsupported, kTimeout.
  virtual Result<RgbImage> Pixels(const std::string& content, std::int32_t min_edge_px) = 0;
  /// The same as a JPEG with a long side of at most `edge_px`, without metadata, never upscaled.
  virtual Result<std::string> Jpeg(const std::string& content, std::int32_t edge_px) = 0;
};

}  // namespace vitrine
