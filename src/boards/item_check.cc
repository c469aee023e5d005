#include "boards/item_check.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "base/try.h"
#include "base/utf8.h"

namespace vitrine {
namespace {

constexpr std::int64_t kLargestZ = (std::int64_t{1} << 53) - 1;  // What a double holds exactly.

bool IsHex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

Error Bad(const BoardItem& item, std::string_view field, std::string_view why) {
  return Error(Code::kInvalidArgument,
               "item " + Quoted(item.id) + ": " + std::string(field) + " " + std::string(why));
}

// Texts reach XML, PDF and terminals: of the control characters only tabs and line breaks may stand in them.
bool HasControls(std::string_view text) {
  return std::ranges::any_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\n' && c != '\t') || byte == 0x7f;
  });
}

Status CheckBox(const BoardItem& item) {
  const std::pair<const char*, double> lengths[] = {
      {"x", item.x}, {"y", item.y}, {"width", item.width}, {"height", item.height}};
  for (const auto& [field, value] : lengths) {
    if (!(std::abs(value) <= kFarthest)) return Bad(item, field, "must lie between -1e7 and 1e7");
  }
  if (item.kind != ItemKind::kArrow) {
    if (!(item.width > 0)) return Bad(item, "width", "must be more than 0");
    if (!(item.height > 0)) return Bad(item, "height", "must be more than 0");
  }
  if (!(std::abs(item.rotation_deg) <= 180))
    return Bad(item, "rotation_deg", "must lie between -180 and 180");
  return {};
}

Status CheckPicture(const BoardItem& item) {
  if (!IsContentHash(item.content)) {
    return Bad(item, "content", "must be the SHA-256 of a picture, 64 hexadecimal digits in lower case");
  }
  const CropShares& crop = item.crop;
  const bool inside = crop.left >= 0 && crop.top >= 0 && crop.right <= 1 && crop.bottom <= 1;
  if (!inside || !(crop.left < crop.right) || !(crop.top < crop.bottom)) {
    return Bad(item, "crop", "must be [left, top, right, bottom] within 0..1, with something between them");
  }
  return {};
}

}  // namespace

bool IsItemId(std::string_view id) {
  return !id.empty() && id.size() <= 32 && std::ranges::all_of(id, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

bool IsBoardId(std::string_view id) { return id.size() == 16 && std::ranges::all_of(id, IsHex); }

bool IsContentHash(std::string_view text) { return text.size() == 64 && std::ranges::all_of(text, IsHex); }

Status CheckBoardName(std::string_view name) {
  const bool bounded = !name.empty() && name.size() <= 255;
  const bool printable =
      std::ranges::none_of(name, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
  if (bounded && printable && IsUtf8(name)) return {};
  return Error(Code::kInvalidArgument,
               "a board's name must be 1 to 255 bytes of UTF-8 without control characters");
}

Status CheckColour(std::string_view colour, std::string_view what) {
  const bool valid =
      colour.size() == 7 && colour.front() == '#' &&
      std::ranges::all_of(colour.substr(1), [](char c) { return IsHex(c) || (c >= 'A' && c <= 'F'); });
  if (colour.empty() || valid) return {};
  return Error(Code::kInvalidArgument, std::string(what) + " must be a colour like #ffe08a, or nothing");
}

Status CheckItem(const BoardItem& item) {
  if (!IsItemId(item.id)) {
    return Error(Code::kInvalidArgument,
                 "an item's id must be 1 to 32 of a-z, 0-9, _ and -, not " + Quoted(item.id.substr(0, 64)));
  }
  VITRINE_TRY(CheckBox(item));
  if (std::abs(item.z) > kLargestZ) return Bad(item, "z", "must lie between -(2^53 - 1) and 2^53 - 1");
  if (!(item.opacity >= 0 && item.opacity <= 1)) return Bad(item, "opacity", "must lie between 0 and 1");
  if (!item.group.empty() && !IsItemId(item.group)) {
    return Bad(item, "group", "must be 1 to 32 of a-z, 0-9, _ and -, or nothing");
  }
  if (item.kind == ItemKind::kPicture) VITRINE_TRY(CheckPicture(item));
  if (item.text.size() > kMostItemText) return Bad(item, "text", "must have at most 10,000 bytes");
  if (!IsUtf8(item.text) || HasControls(item.text)) {
    return Bad(item, "text", "must be UTF-8 without control characters but tabs and line breaks");
  }
  if (!(item.font_px >= 4 && item.font_px <= 1000))
    return Bad(item, "font_px", "must lie between 4 and 1000");
  return CheckColour(item.colour, "item " + Quoted(item.id) + ": colour");
}

BoardItem Canonical(BoardItem item) {
  const BoardItem defaults;
  const bool picture = item.kind == ItemKind::kPicture;
  const bool note_or_frame = item.kind == ItemKind::kNote || item.kind == ItemKind::kFrame;
  if (!picture) {
    item.content.clear();
    item.asset = {};
    item.crop = defaults.crop;
    item.flip_x = item.flip_y = item.grey = false;
  } else {
    item.colour.clear();
  }
  if (item.kind == ItemKind::kArrow) item.text.clear();
  if (!note_or_frame) item.font_px = defaults.font_px;
  for (char& digit : item.colour)
    digit = digit >= 'A' && digit <= 'F' ? static_cast<char>(digit + 32) : digit;
  // Minus zero is equal to zero but written otherwise.
  for (double* value : {&item.x, &item.y, &item.width, &item.height, &item.rotation_deg, &item.opacity,
                        &item.crop.left, &item.crop.top, &item.crop.right, &item.crop.bottom}) {
    if (*value == 0) *value = 0;
  }
  return item;
}

}  // namespace vitrine
