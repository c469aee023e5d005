// The fixed parts of a board's web page: its rules of style, its one script, and how text becomes markup.
#pragma once

#include <string>
#include <string_view>

namespace vitrine {

/// Text as it stands between tags or inside a quoted attribute. Anything but UTF-8 is mended; control
/// characters that HTML does not allow become U+FFFD.
std::string EscapeHtml(std::string_view text);

/// The rules that do not depend on the board.
std::string_view HtmlStyle();
/// Pans and zooms. Without it the page shows the whole board, fitted to the window.
std::string_view HtmlScript();

/// "12.5", "0.0003": at most six digits behind the point, whatever the locale.
std::string CssNumber(double value);

}  // namespace vitrine
