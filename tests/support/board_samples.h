// Items and edits for tests.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "vitrine/boards.h"

namespace vitrine::testing {

inline std::string Content(int number) {
  std::string hex = std::to_string(number);
  return std::string(64 - hex.size(), 'a') + hex;
}

inline BoardItem Picture(const std::string& id, double x = 0, int content = 1) {
  return {.id = id,
          .kind = ItemKind::kPicture,
          .x = x,
          .y = 10,
          .width = 40,
          .height = 30,
          .content = Content(content)};
}

inline BoardItem Note(const std::string& id, const std::string& text) {
  return {.id = id, .kind = ItemKind::kNote, .width = 200, .height = 50, .text = text};
}

/// An edit that puts items and drops ids.
inline BoardEdit Put(std::int64_t base, const std::vector<BoardItem>& items,
                     const std::vector<std::string>& dropped = {}) {
  BoardEdit edit{.base_revision = base, .what = "edit"};
  for (const BoardItem& item : items) edit.changes.push_back({.id = item.id, .item = item});
  for (const std::string& id : dropped) edit.changes.push_back({.id = id, .item = std::nullopt});
  return edit;
}

}  // namespace vitrine::testing
