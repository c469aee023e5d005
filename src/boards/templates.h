// Boards to begin with: frames and notes that say what goes where.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "vitrine/boards.h"
#include "vitrine/result.h"

namespace vitrine {

/// True for "template:...", whatever follows.
bool NamesTemplate(std::string_view copy_of);

/// The items of "template:story", "template:palette", "template:compare" or "template:grid".
/// Errors: kNotFound (none of that name; the message lists them).
Result<std::vector<BoardItem>> TemplateItems(std::string_view copy_of);

/// The height in board units in which pictures are laid first.
inline constexpr double kRowHeight = 240;
inline constexpr double kRowGap = 24;

/// Free space below everything on a board (or the origin of an empty one): where pictures that come are laid.
struct FreeSpot {
  double x = 0, y = 0;
};
FreeSpot BelowAll(const std::vector<BoardItem>& items);

}  // namespace vitrine
