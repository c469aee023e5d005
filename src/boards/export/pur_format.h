// The layout of a PureRef 1.10 scene, which PureRef 1.10 and 1.11 write and later ones read: a header of 224
// bytes, embedded PNGs, items (pictures and notes), the last folder, and a table from items to PNGs. Numbers
// are big-endian; strings are a length in bytes and UTF-16. Source: the public notes of PureRef-format.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace vitrine::pur {

inline constexpr std::size_t kHeaderBytes = 224;
inline constexpr std::size_t kItemCountAt = 12, kPictureCountAt = 14, kTableAt = 16, kProgramAt = 24,
                             kChecksumAt = 40, kIdCountAt = 108, kCanvasAt = 112, kZoomXAt = 144,
                             kZoomYAt = 176, kZoomStepAt = 208;
inline constexpr std::size_t kCheckedFrom = 108;  ///< The MD5 is of what follows.
inline constexpr std::size_t kReferenceBytes = 20;
inline constexpr std::uint32_t kNullString = 0xFFFFFFFF;
inline constexpr std::uint32_t kLinkSlot = 0xFFFFFFFF;  ///< In place of a PNG: the file lies elsewhere.
inline constexpr std::string_view kPictureClass = "GraphicsImageItem", kNoteClass = "GraphicsTextItem";
inline constexpr std::string_view kBruteForce = "BruteForceLoaded";  ///< A source without a name after it.
inline constexpr std::string_view kPngSignature = "\x89PNG\r\n\x1A\n";
/// What a note of scale 1 is taken to be set in; the format does not say.
inline constexpr double kNoteFontPx = 24;

}  // namespace vitrine::pur
