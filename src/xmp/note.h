// What a file says of a picture, made fit for the catalog: paths of tags, limits, and one plain form in
// bytes.
//
// A tag's path is the catalog's: levels joined with '/', a '/' or '\' inside a level preceded by '\'; at most
// 16 levels of at most 255 bytes of UTF-8 without control characters.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "vitrine/result.h"
#include "vitrine/types.h"

namespace vitrine {

inline constexpr std::size_t kMaxTagLevels = 16;
inline constexpr std::size_t kMaxLevelBytes = 255;
inline constexpr std::size_t kMaxCaptionBytes = 64u << 10;
/// Of PackNote's result.
inline constexpr std::size_t kMaxPackedNoteBytes = 256u << 10;

/// The path of a tag whose levels are anything: control characters become blanks, blanks at the ends go,
/// empty levels go, what is over a limit is cut. Empty when nothing is left.
std::string PathOfLevels(std::span<const std::string> levels);

/// The levels of a path, unescaped; empty levels are left out.
std::vector<std::string> LevelsOfPath(std::string_view path);

/// Equal for paths that name one tag: upper and lower case do not count.
std::string TagKey(std::string_view path);

/// Line ends as '\n', no other control character but tabs, no blanks at the ends, at most 64 KiB of UTF-8.
std::string CleanCaption(std::string_view text);

/// -1..5 as XMP writes it ("3", "3.0", "-1"), rounded; nothing for all else.
std::optional<int> RatingOf(std::string_view text);

/// All of the above on a note that comes from anywhere; of tags with one key the first.
EmbeddedNote CleanNote(const EmbeddedNote& note);

/// One plain form of a clean note. Tags that do not fit into kMaxPackedNoteBytes are left out.
std::string PackNote(const EmbeddedNote& note);

/// The note in bytes that anybody may have written; it is cleaned. Errors: kCorrupt.
Result<EmbeddedNote> UnpackNote(std::string_view bytes);

}  // namespace vitrine
