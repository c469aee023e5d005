#include "boards/export/zip_names.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/utf8.h"

namespace vitrine {
namespace {

constexpr std::size_t kMostBytes = 180;

std::string Cleaned(const std::string& name) {
  std::string clean;
  for (const char32_t letter : DecodeUtf8(name)) {
    const bool control = letter < 0x20 || (letter >= 0x7F && letter < 0xA0);
    // Marks that turn the direction of text make names look like others.
    const bool turns = (letter >= 0x202A && letter <= 0x202E) || (letter >= 0x2066 && letter <= 0x2069);
    const bool reserved = letter < 0x80 && std::string_view("/\\:*?\"<>|").find(static_cast<char>(letter)) !=
                                               std::string_view::npos;
    AppendUtf8(clean, control || turns || reserved ? U'_' : letter);
  }
  while (clean.ends_with('.') || clean.ends_with(' ')) clean.pop_back();
  if (clean.empty() || clean[0] == '.' || clean[0] == ' ') clean.insert(0, 1, '_');
  return clean;
}

bool IsDevice(const std::string& stem) {
  constexpr std::array kNames = {"con", "prn", "aux", "nul", "conin$", "conout$"};
  const std::string folded = FoldCase(stem);
  if (std::ranges::find(kNames, folded) != kNames.end()) return true;
  return folded.size() == 4 && (folded.starts_with("com") || folded.starts_with("lpt")) && folded[3] >= '0' &&
         folded[3] <= '9';
}

}  // namespace

std::string SafeNames::Unique(const std::string& name) {
  std::string clean = Cleaned(name);
  if (IsDevice(clean.substr(0, clean.find('.')))) clean.insert(0, 1, '_');
  const std::size_t dot = clean.rfind('.');
  const bool has_end = dot != std::string::npos && dot > 0 && clean.size() - dot <= 12;
  const std::string end = has_end ? clean.substr(dot) : std::string();
  const std::string stem(CutUtf8(has_end ? std::string_view(clean).substr(0, dot) : clean, kMostBytes));
  std::string unique = stem + end;
  for (std::size_t number = 2; !taken_.insert(FoldCase(unique)).second; ++number) {
    unique = stem + " (" + std::to_string(number) + ")" + end;
  }
  return unique;
}

}  // namespace vitrine
