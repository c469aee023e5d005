#include "query/color_names.h"

#include <algorithm>
#include <array>

namespace vitrine {
namespace {

// Not the corners of the colour cube, which no lit surface shows: the middle of what people call so in
// pictures.
constexpr std::array<NamedColor, 26> kNames = {{
    {"red", {0xc8, 0x28, 0x28}},    {"orange", {0xe8, 0x80, 0x20}},    {"yellow", {0xe6, 0xcc, 0x3c}},
    {"green", {0x4a, 0x8c, 0x3c}},  {"teal", {0x22, 0x80, 0x80}},      {"cyan", {0x46, 0xc8, 0xd2}},
    {"blue", {0x32, 0x6e, 0xb4}},   {"navy", {0x1e, 0x2d, 0x5a}},      {"purple", {0x78, 0x3c, 0x96}},
    {"violet", {0x96, 0x78, 0xd2}}, {"magenta", {0xc8, 0x32, 0x96}},   {"pink", {0xe6, 0x96, 0xaa}},
    {"brown", {0x78, 0x50, 0x32}},  {"beige", {0xd7, 0xc3, 0xa0}},     {"gold", {0xc8, 0x9b, 0x32}},
    {"olive", {0x73, 0x73, 0x32}},  {"maroon", {0x6e, 0x1e, 0x28}},    {"lime", {0x9b, 0xd2, 0x3c}},
    {"sky", {0x87, 0xb9, 0xe1}},    {"turquoise", {0x3c, 0xb4, 0xaa}}, {"cream", {0xf2, 0xe8, 0xcf}},
    {"skin", {0xd2, 0xa0, 0x82}},   {"black", {0x12, 0x12, 0x12}},     {"grey", {0x80, 0x80, 0x80}},
    {"white", {0xf5, 0xf5, 0xf5}},  {"gray", {0x80, 0x80, 0x80}},
}};

}  // namespace

std::span<const NamedColor> ColorNames() { return kNames; }

std::optional<Rgb8> ColorOf(std::string_view name) {
  const auto found = std::ranges::find(kNames, name, &NamedColor::name);
  if (found == kNames.end()) return std::nullopt;
  return found->color;
}

std::string_view NameOfColor(Rgb8 color) {
  const auto found = std::ranges::find(kNames, color, &NamedColor::color);
  return found == kNames.end() ? std::string_view() : found->name;
}

}  // namespace vitrine
