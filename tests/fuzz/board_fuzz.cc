// Whatever bytes a board file has: reading never harms, and what it gives keeps its bounds, is written, and
// reads back the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "boards/board_json.h"
#include "boards/item_check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  if (const auto item = vitrine::ItemFromJson(bytes); item && vitrine::CheckItem(*item)) {
    const std::string json = vitrine::ItemToJson(*item, true);
    const auto again = vitrine::ItemFromJson(json);
    if (!again || vitrine::ItemToJson(*again, true) != json) std::abort();
  }
  const auto file = vitrine::BoardFileFromJson(bytes);
  if (!file) return 0;
  for (const vitrine::BoardItem& item : file->board.items) {
    if (!vitrine::CheckItem(item)) std::abort();
  }
  const std::string json = vitrine::BoardFileToJson(*file);
  const auto again = vitrine::BoardFileFromJson(json);
  if (!again || again->board.items != file->board.items || vitrine::BoardFileToJson(*again) != json)
    std::abort();
  return 0;
}
