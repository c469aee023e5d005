// Code points as the reference tokenizer sees them: what they are, their lower case, their composed form.
// All functions take well-formed UTF-8 (base/utf8.h mends what is not).
#pragma once

#include <string>
#include <string_view>

namespace vitrine {

/// Takes the first code point off `text`, which is not empty.
char32_t TakeCodePoint(std::string_view& text);

/// \p{L}, \p{N} and \s of the reference's regular expressions.
bool IsLetter(char32_t c);
bool IsNumber(char32_t c);
bool IsSpace(char32_t c);

/// Each code point in lower case on its own: a final sigma as any other, U+0130 as two.
std::string LowerCase(std::string_view text);

/// Unicode's composed canonical form (UAX 15), of the version that the reference has.
std::string ToNfc(std::string_view text);

}  // namespace vitrine
