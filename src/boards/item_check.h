// The bounds of what lies on a board (vitrine/boards.h), checked before anything is kept.
#pragma once

#include <cstddef>
#include <string_view>

#include "vitrine/boards.h"
#include "vitrine/result.h"

namespace vitrine {

inline constexpr std::size_t kMostBoardItems = 20'000;
inline constexpr std::size_t kMostItemText = 10'000;
inline constexpr double kFarthest = 1e7;

/// Errors: kInvalidArgument; the message names the item and the field.
Status CheckItem(const BoardItem& item);
/// 1..32 of [a-z0-9_-].
bool IsItemId(std::string_view id);
/// 16 hexadecimal digits.
bool IsBoardId(std::string_view id);
/// 64 lower-case hexadecimal digits.
bool IsContentHash(std::string_view text);
/// Errors: kInvalidArgument.
Status CheckBoardName(std::string_view name);
/// "#rrggbb", or nothing. Errors: kInvalidArgument, naming `what`.
Status CheckColour(std::string_view colour, std::string_view what);

/// The item with what its kind does not use at its default.
BoardItem Canonical(BoardItem item);

}  // namespace vitrine
