// Which names are worth opening. The one list of picture types by extension, and of the folders that hold no
// pictures of the owner.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace vitrine {

/// What a file is by its name.
enum class NameKind : std::uint8_t {
  kOther,    ///< No picture that Vitrine reads.
  kPicture,  ///< A picture.
  kJpeg,     ///< A picture that may be the developed twin of a RAW.
  kRaw,      ///< A camera's RAW file.
  kDrawing,  ///< An SVG file: a picture only for those who ask for drawings.
};

/// By the extension, upper or lower case.
NameKind KindOfName(std::string_view name);

/// Hidden files and folders (".git", ".Trash-1000", "._IMG.jpg") and what other programs keep: "@eaDir",
/// "node_modules", "$RECYCLE.BIN", "Thumbs.db" and their like.
bool IsJunkName(std::string_view name);

/// A folder with a file of this name wants to be left out.
inline constexpr std::string_view kNoMedia = ".nomedia";

/// The name without its extension, ASCII letters lowered: equal for a RAW and its JPEG twin.
std::string TwinKey(std::string_view name);

}  // namespace vitrine
