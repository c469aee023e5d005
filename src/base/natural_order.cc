// A run of digits becomes '0', its length without leading zeros, then those digits: of two numbers the longer
// is the larger, and of two of one length the first different digit decides. The '0' in front keeps a number
// where its first digit would have stood among other characters.
#include "base/natural_order.h"

#include <algorithm>

#include "base/utf8.h"

namespace vitrine {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// 254 digits are counted in one byte; each further 254 in one more.
void AppendLength(std::string& key, std::size_t length) {
  for (; length >= 255; length -= 254) key += '\xff';
  key += static_cast<char>(length);
}

}  // namespace

std::string NaturalKey(std::string_view text) {
  const std::string folded = FoldCase(text);
  std::string key;
  key.reserve(folded.size() + 4);
  for (std::size_t at = 0; at < folded.size();) {
    if (!IsDigit(folded[at])) {
      key += folded[at++];
      continue;
    }
    std::size_t end = at;
    while (end < folded.size() && IsDigit(folded[end])) ++end;
    while (at + 1 < end && folded[at] == '0') ++at;
    key += '0';
    AppendLength(key, end - at);
    key.append(folded, at, end - at);
    at = end;
  }
  return key;
}

}  // namespace vitrine
