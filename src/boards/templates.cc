#include "boards/templates.h"

#include <algorithm>
#include <utility>

#include "base/utf8.h"

namespace vitrine {
namespace {

constexpr std::string_view kPrefix = "template:";
constexpr double kTitlePx = 48;
constexpr double kTextPx = 24;
constexpr std::string_view kPaper = "#fff3c4";

BoardItem Frame(std::string id, double x, double y, double width, double height, std::string title) {
  return {.id = std::move(id),
          .kind = ItemKind::kFrame,
          .x = x,
          .y = y,
          .width = width,
          .height = height,
          .z = -1,
          .text = std::move(title)};
}

BoardItem Note(std::string id, double x, double y, double width, double height, std::string text,
               double font_px = kTextPx) {
  return {.id = std::move(id),
          .kind = ItemKind::kNote,
          .x = x,
          .y = y,
          .width = width,
          .height = height,
          .text = std::move(text),
          .font_px = font_px,
          .colour = std::string(kPaper)};
}

std::vector<BoardItem> Story() {
  std::vector<BoardItem> items{Note("title", 0, 0, 1240, 88, "Story", kTitlePx)};
  const std::pair<const char*, const char*> parts[] = {
      {"beginning", "Beginning"}, {"turn", "Turn"}, {"end", "End"}};
  for (int i = 0; i < 3; ++i) {
    const std::string name = parts[i].first;
    items.push_back(Frame(name, i * 640, 160, 600, 440, parts[i].second));
    items.push_back(Note(name + "-text", i * 640, 624, 600, 96, "What happens, where, how it feels"));
  }
  for (int i = 0; i < 2; ++i) {
    items.push_back({.id = "then-" + std::to_string(i + 1),
                     .kind = ItemKind::kArrow,
                     .x = i * 640 + 604.0,
                     .y = 380,
                     .width = 32,
                     .height = 0});
  }
  return items;
}

std::vector<BoardItem> Palette() {
  return {Note("title", 0, 0, 800, 88, "Palette", kTitlePx),
          Frame("key", 0, 160, 800, 600, "Key picture"),
          Frame("light", 840, 160, 380, 280, "Light"),
          Frame("dark", 840, 480, 380, 280, "Dark"),
          Frame("accent", 1260, 160, 380, 280, "Accent"),
          Frame("material", 1260, 480, 380, 280, "Material"),
          Note("words", 0, 800, 1640, 96, "Words for the mood")};
}

std::vector<BoardItem> Compare() {
  return {Note("title", 0, 0, 1240, 88, "Compare", kTitlePx), Frame("a", 0, 160, 600, 640, "A"),
          Frame("b", 640, 160, 600, 640, "B"), Note("a-for", 0, 824, 600, 96, "For A"),
          Note("b-for", 640, 824, 600, 96, "For B")};
}

std::vector<BoardItem> Grid() {
  std::vector<BoardItem> items;
  for (int row = 0; row < 3; ++row) {
    for (int column = 0; column < 3; ++column) {
      items.push_back(Frame("cell-" + std::to_string(row * 3 + column + 1), column * 424, row * 324, 400, 300,
                            std::to_string(row * 3 + column + 1)));
    }
  }
  return items;
}

}  // namespace

bool NamesTemplate(std::string_view copy_of) { return copy_of.starts_with(kPrefix); }

Result<std::vector<BoardItem>> TemplateItems(std::string_view copy_of) {
  const std::string_view name = copy_of.substr(std::min(kPrefix.size(), copy_of.size()));
  if (name == "story") return Story();
  if (name == "palette") return Palette();
  if (name == "compare") return Compare();
  if (name == "grid") return Grid();
  return Error(Code::kNotFound, "there is no template " + Quoted(name.substr(0, 64)) +
                                    "; there are template:story, template:palette, template:compare and "
                                    "template:grid");
}

FreeSpot BelowAll(const std::vector<BoardItem>& items) {
  if (items.empty()) return {};
  FreeSpot spot{.x = items.front().x, .y = items.front().y};
  for (const BoardItem& item : items) {
    spot.x = std::min({spot.x, item.x, item.x + item.width});
    spot.y = std::max({spot.y, item.y, item.y + item.height});
  }
  spot.y += 2 * kRowGap;
  return spot;
}

}  // namespace vitrine
