// The names by which people ask for arrangements and formats.
#include <array>
#include <cstddef>

#include "vitrine/boards.h"

namespace vitrine {

std::string_view NameOf(Arrangement arrangement) {
  constexpr std::array<std::string_view, 6> kNames = {"meaning",  "colour", "time",
                                                      "clusters", "pack",   "rows"};
  return kNames[static_cast<std::size_t>(arrangement)];
}

std::string_view NameOf(ExportFormat format) {
  constexpr std::array<std::string_view, 8> kNames = {"png",  "pdf",           "html",    "zip",
                                                      "json", "contact-sheet", "credits", "pur"};
  return kNames[static_cast<std::size_t>(format)];
}

}  // namespace vitrine
