// Text that may be anything: checking and mending UTF-8, and showing bytes safely to people.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vitrine {

/// True when `bytes` is well-formed UTF-8 (no surrogates, no overlong forms, at most U+10FFFF).
bool IsUtf8(std::string_view bytes);

/// The code points of `bytes`; each byte that belongs to no well-formed sequence becomes U+FFFD.
std::vector<char32_t> DecodeUtf8(std::string_view bytes);

/// Appends one code point in UTF-8; surrogates and values past U+10FFFF become U+FFFD.
void AppendUtf8(std::string& text, char32_t code_point);

/// `bytes` as well-formed UTF-8, with U+FFFD where it was not.
std::string ToValidUtf8(std::string_view bytes);

/// `text` with each letter as its lower-case one (a final sigma as any other), so that spellings that differ
/// in case alone become one: Unicode's simple folding for the Latin, Greek, Cyrillic and Armenian scripts and
/// the full-width letters. Accents stay, "ß" is not "ss". Bytes that are no UTF-8 become U+FFFD.
std::string FoldCase(std::string_view text);

/// The longest front of `text` that has at most `bytes` bytes and does not end inside a character.
std::string_view CutUtf8(std::string_view text, std::size_t bytes);

/// A name in double quotes for messages: valid UTF-8, control characters (terminal escapes among them) shown
/// as \xNN.
std::string Quoted(std::string_view name);

/// The same without the quotes: safe to print to a terminal.
std::string Printable(std::string_view bytes);

/// RFC 4648 base64 with padding.
std::string Base64(std::string_view bytes);

/// Its inverse; empty for a text that is none.
std::optional<std::string> FromBase64(std::string_view text);

}  // namespace vitrine
