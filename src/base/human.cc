#include "base/human.h"

#include <array>
#include <charconv>
#include <cstdio>

namespace vitrine {
namespace {

constexpr std::string_view kUnits = "KMGT";

std::string Fixed(double value, int digits) {
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%.*f", digits, value);
  return text.data();
}

}  // namespace

std::string Thousands(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, 1, ',');
  return digits;
}

std::string BytesText(std::uint64_t bytes) {
  if (bytes < 1024) return std::to_string(bytes) + (bytes == 1 ? " byte" : " bytes");
  auto value = static_cast<double>(bytes) / 1024;
  std::size_t unit = 0;
  // 1023.95 would be shown as 1024.0 of the smaller unit.
  for (; value >= 1023.95 && unit + 1 < kUnits.size(); ++unit) value /= 1024;
  return Fixed(value, 1) + " " + kUnits[unit] + "B";
}

std::string SecondsText(double seconds) {
  if (seconds < 1) return Fixed(seconds, 2);
  return Fixed(seconds, seconds < 100 ? 1 : 0);
}

std::optional<std::uint64_t> ParseBytes(std::string_view text) {
  double value = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (error != std::errc()) return std::nullopt;
  std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
  if (unit.starts_with(' ')) unit.remove_prefix(1);
  if (!unit.empty()) {
    const char letter = static_cast<char>(unit.front() & ~0x20);
    const std::size_t power = kUnits.find(letter);
    if (power == std::string_view::npos) return std::nullopt;
    for (std::size_t i = 0; i <= power; ++i) value *= 1024;
    const std::string_view rest = unit.substr(1);
    if (!rest.empty() && rest != "B" && rest != "b" && rest != "iB") return std::nullopt;
  }
  if (!(value >= 1 && value < 0x1p63)) return std::nullopt;
  return static_cast<std::uint64_t>(value);
}

}  // namespace vitrine
