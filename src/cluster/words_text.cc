#include "cluster/words_text.h"

#include "base/utf8.h"
#include "model/text_forms.h"
#include "query/text_pattern.h"

namespace vitrine::cluster {
namespace {

bool IsPrivate(char32_t c) { return c >= 0xE000 && c <= 0xF8FF; }

}  // namespace

std::vector<std::string> TokensOf(std::string_view text) {
  std::vector<std::string> tokens;
  bool inside = false;
  for (const char32_t c : DecodeUtf8(FoldText(text))) {
    const bool part = c < 0x80 ? (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')
                               : IsLetter(c) || IsNumber(c) || IsPrivate(c);
    if (part && !inside) tokens.emplace_back();
    if (part) AppendUtf8(tokens.back(), c);
    inside = part;
  }
  return tokens;
}

std::string TokenText(std::string_view text) {
  std::string joined;
  for (const std::string& token : TokensOf(text)) joined += (joined.empty() ? "" : " ") + token;
  return joined;
}

}  // namespace vitrine::cluster
