// Numbers, comparisons and spans of a query: "800", ">800", "100..800", "1/250", ">5MB".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace vitrine {

/// Both ends included; infinite where open.
struct NumberSpan {
  double low = 0, high = 0;
  bool operator==(const NumberSpan&) const = default;
};

/// The two ends of a span as text, an empty one where it is open. A value alone is both ends.
struct SpanText {
  std::string_view low, high;
  bool low_open = false, high_open = false;  ///< The end itself is outside (> and <).
};

enum class NumberKind : std::uint8_t {
  kPlain,    ///< >= 0, "mm" and "s" may follow; held to the precision of a float, as the columns are.
  kSeconds,  ///< The same, "1/250" too.
  kRating,   ///< Whole, -1..5.
};

/// Cuts at "..", or behind ">=", "<=", ">", "<", "=".
SpanText SplitSpan(std::string_view text);

/// Digits with at most one point, perhaps a minus in front; the whole text.
std::optional<double> ReadDecimal(std::string_view text);
/// Shortest text that reads as the same number.
std::string DecimalText(double number);

std::optional<NumberSpan> ReadNumberSpan(std::string_view text, NumberKind kind);
std::string NumberSpanText(const NumberSpan& span, NumberKind kind);

/// A span of sizes; `unit` becomes "bytes", "px" or "mp". KB, MB, GB, TB are powers of 1024. Bytes and
/// megapixels alone mean what rounds to them: 12mp is 11.5mp..12.5mp, 1.5MB is 1.45MB..1.55MB.
std::optional<NumberSpan> ReadSizeSpan(std::string_view text, std::string& unit);
std::string SizeSpanText(const NumberSpan& span, const std::string& unit);

/// Shortest number of percent that reads as this share.
std::string PercentText(float share);
std::string PercentText(double share);

}  // namespace vitrine
