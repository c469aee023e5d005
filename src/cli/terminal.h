// What the terminal can show: colours, links, pictures.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "cli/context.h"
#include "vitrine/library.h"

namespace vitrine {

/// How pictures can be drawn between lines of text.
enum class PictureProtocol : std::uint8_t {
  kNone,
  kKitty,       ///< Kitty graphics protocol: kitty, Ghostty, Konsole.
  kITerm,       ///< iTerm2 inline images: iTerm2, WezTerm, mintty.
  kHalfBlocks,  ///< Two pixels a character cell in 24-bit colour: anywhere.
};

/// The abilities of standard output, from isatty, TERM, NO_COLOR and what terminals announce in the
/// environment.
struct Terminal {
  bool is_terminal = false;
  bool color = false;
  bool links = false;  ///< OSC 8 hyperlinks.
  PictureProtocol pictures = PictureProtocol::kNone;
  int columns = 80;
};

/// Looks at the process's standard output and environment.
Terminal DetectTerminal(ColorMode mode);

/// The text in a colour or weight (an SGR code such as "1" or "36"), when colour is on.
std::string Styled(const Terminal& terminal, std::string_view sgr, std::string_view text);

/// The text as a link to a file, when links are on. `text` must already be safe to print.
std::string FileLink(const Terminal& terminal, const PathBytes& path, std::string_view text);

/// Draws pixels about `rows` lines high, with a line's end after it (kKitty and kHalfBlocks; else empty).
std::string DrawPixels(const Terminal& terminal, const Library::Preview& preview, int rows);

/// Draws a whole JPEG file (kITerm).
std::string DrawFile(std::string_view jpeg, int rows);

}  // namespace vitrine
