#include "model/token_model.h"

#include <algorithm>

namespace vitrine {

std::vector<std::int64_t> FallbackBytes(const TokenIds& ids) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::vector<std::int64_t> bytes;
  for (std::size_t byte = 0; byte < 256; ++byte) {
    const auto found = ids.find(std::string("<0x") + kDigits[byte >> 4] + kDigits[byte & 15] + ">");
    bytes.push_back(found != ids.end() ? found->second : kNoToken);
  }
  return bytes;
}

bool HasBytes(const std::vector<std::int64_t>& bytes, std::string_view text) {
  return !bytes.empty() && std::ranges::all_of(text, [&bytes](char byte) {
    return bytes[static_cast<unsigned char>(byte)] != kNoToken;
  });
}

}  // namespace vitrine
