#include "query/number_syntax.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

namespace vitrine {
namespace {

constexpr double kOpen = std::numeric_limits<double>::infinity();
constexpr float kFloatOpen = std::numeric_limits<float>::infinity();
constexpr double kLargest = 1e15;  // Past it a double does not hold every whole number.
// Sizes; ten times so many bytes are still exact.
constexpr double kLargestBytes = 9e14, kLargestCount = 1e9;

struct ByteUnit {
  std::string_view name;
  double bytes;
};
constexpr std::array<ByteUnit, 5> kByteUnits = {
    {{"TB", 0x1p40}, {"GB", 0x1p30}, {"MB", 0x1p20}, {"KB", 0x1p10}, {"B", 1}}};

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
  return lower;
}

std::string FloatText(float number) {
  std::array<char, 64> text{};
  const auto [end, error] =
      std::to_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  return {text.data(), end};
}

// One number of a kind, without comparison.
std::optional<double> ReadOne(std::string_view text, NumberKind kind) {
  if (kind != NumberKind::kRating) {
    if (text.ends_with("mm")) text.remove_suffix(2);
    if (text.ends_with('s')) text.remove_suffix(1);
  }
  double divisor = 1;
  if (kind == NumberKind::kSeconds && text.starts_with("1/")) {
    const std::optional<double> below = ReadDecimal(text.substr(2));
    if (!below || !(*below > 0)) return std::nullopt;
    divisor = *below;
    text = "1";
  }
  const std::optional<double> number = ReadDecimal(text);
  if (!number) return std::nullopt;
  if (kind == NumberKind::kRating) {
    const bool rating = *number >= -1 && *number <= 5 && *number == std::floor(*number);
    return rating ? number : std::nullopt;
  }
  if (!(*number >= 0)) return std::nullopt;
  return static_cast<double>(static_cast<float>(*number / divisor));
}

// The next number up or down that the columns can hold.
double Next(double number, NumberKind kind, double direction) {
  if (kind == NumberKind::kRating) return number + direction;
  const float toward = direction > 0 ? kFloatOpen : -kFloatOpen;
  return static_cast<double>(std::nextafter(static_cast<float>(number), toward));
}

std::string OneText(double number, NumberKind kind) {
  if (kind == NumberKind::kRating) return std::to_string(static_cast<int>(number));
  const auto value = static_cast<float>(number);
  if (kind == NumberKind::kSeconds && number > 0 && number < 0.5) {
    const double below = std::round(1 / number);
    if (static_cast<float>(1 / below) == value) return "1/" + DecimalText(below);
  }
  return FloatText(value);
}

// Characters that say something: zeros at the end of a number do not.
std::size_t Significant(const std::string& text) {
  const std::size_t digits = std::min(text.find_first_not_of("0123456789."), text.size());
  const std::size_t last = text.substr(0, digits).find_last_not_of('0');
  return last == std::string::npos ? text.size() : text.size() - (digits - 1 - last);
}

// ">=end", or ">before" where that is rounder and the same.
template <typename Text>
std::string OpenText(std::string_view sign, double end, double before, Text text) {
  const std::string included = text(end), excluded = text(before);
  const bool rounder = Significant(excluded) < Significant(included) && !excluded.starts_with('-');
  return std::string(sign) + (rounder ? excluded : "=" + included);
}

struct Size {
  double value = 0;
  double low = 0, high = 0;  // What rounds to it: half of its last digit less and more.
  std::string unit;
};

// "5MB", "12.2mp", "1920px"; the unit may be missing.
std::optional<Size> ReadOneSize(std::string_view text) {
  const std::size_t digits = std::min(text.find_first_not_of("0123456789."), text.size());
  const std::optional<double> number = ReadDecimal(text.substr(0, digits));
  if (!number || *number < 0) return std::nullopt;
  const std::size_t point = text.substr(0, digits).find('.');
  const std::size_t decimals = point == std::string_view::npos ? 0 : digits - point - 1;
  if (decimals > 6) return std::nullopt;
  const double scale = std::pow(10.0, static_cast<double>(decimals));
  const double tens = std::round(*number * scale) * 10;
  const auto size = [&](double times, const std::string& unit) {
    return Size{.value = *number * times,
                .low = std::max(0.0, tens - 5) / (scale * 10) * times,
                .high = (tens + 5) / (scale * 10) * times,
                .unit = unit};
  };
  const std::string unit = Lower(text.substr(digits));
  if (unit.empty()) return size(1, unit);
  if (unit == "px" || unit == "mp")
    return *number <= kLargestCount ? std::optional(size(1, unit)) : std::nullopt;
  for (const ByteUnit& known : kByteUnits) {
    const std::string name = Lower(known.name);
    const bool same =
        unit == name || (name.size() == 2 && (unit == name.substr(0, 1) || unit == name.substr(0, 1) + "ib"));
    if (same && *number * known.bytes <= kLargestBytes) return size(known.bytes, "bytes");
  }
  return std::nullopt;
}

// Bytes and pixels are whole numbers: the first one at or past an end, seen from outside.
double Inward(double end, const std::string& unit, double direction) {
  if (unit == "mp") return end;
  return direction > 0 ? std::ceil(end) : std::floor(end);
}

// The first size past an end that is not in the span itself.
double NextSize(double end, const std::string& unit, double direction) {
  if (unit == "mp") return std::nextafter(end, direction * kOpen);
  return direction > 0 ? std::floor(end) + 1 : std::ceil(end) - 1;
}

std::string SizeText(double value, const std::string& unit) {
  if (unit != "bytes") return DecimalText(value) + unit;
  for (const ByteUnit& known : kByteUnits) {
    const double number = std::round(value / known.bytes * 1000) / 1000;
    if (number >= 1 && number * known.bytes == value) return DecimalText(number) + std::string(known.name);
  }
  return DecimalText(value) + "B";
}

}  // namespace

SpanText SplitSpan(std::string_view text) {
  SpanText span;
  if (text.starts_with(">=")) {
    span.low = text.substr(2);
  } else if (text.starts_with("<=")) {
    span.high = text.substr(2);
  } else if (text.starts_with('>')) {
    span.low = text.substr(1);
    span.low_open = true;
  } else if (text.starts_with('<')) {
    span.high = text.substr(1);
    span.high_open = true;
  } else if (const std::size_t dots = text.find(".."); dots != std::string_view::npos) {
    span.low = text.substr(0, dots);
    span.high = text.substr(dots + 2);
  } else {
    if (text.starts_with('=')) text.remove_prefix(1);
    span.low = span.high = text;
  }
  return span;
}

std::optional<double> ReadDecimal(std::string_view text) {
  double number = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (error != std::errc() || end != text.data() + text.size() || !(std::abs(number) <= kLargest)) {
    return std::nullopt;
  }
  return number;
}

std::string DecimalText(double number) {
  std::array<char, 400> text{};
  const auto [end, error] =
      std::to_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  return {text.data(), end};
}

std::optional<NumberSpan> ReadNumberSpan(std::string_view text, NumberKind kind) {
  const SpanText ends = SplitSpan(text);
  const std::optional<double> low = ReadOne(ends.low, kind), high = ReadOne(ends.high, kind);
  if ((!ends.low.empty() && !low) || (!ends.high.empty() && !high) || (!low && !high)) return std::nullopt;
  NumberSpan span{.low = -kOpen, .high = kOpen};
  if (low) span.low = ends.low_open ? Next(*low, kind, 1) : *low;
  if (high) span.high = ends.high_open ? Next(*high, kind, -1) : *high;
  const bool rating = kind == NumberKind::kRating;
  if (!(span.low <= span.high) || span.high < (rating ? -1 : 0) || (rating && span.low > 5))
    return std::nullopt;
  return span;
}

std::string NumberSpanText(const NumberSpan& span, NumberKind kind) {
  const auto text = [&](double number) { return OneText(number, kind); };
  if (std::isinf(span.high)) return OpenText(">", span.low, Next(span.low, kind, -1), text);
  if (std::isinf(span.low)) return OpenText("<", span.high, Next(span.high, kind, 1), text);
  if (span.low == span.high) return text(span.low);
  return text(span.low) + ".." + text(span.high);
}

std::optional<NumberSpan> ReadSizeSpan(std::string_view text, std::string& unit) {
  const SpanText ends = SplitSpan(text);
  std::optional<Size> low = ReadOneSize(ends.low), high = ReadOneSize(ends.high);
  if ((!ends.low.empty() && !low) || (!ends.high.empty() && !high) || (!low && !high)) return std::nullopt;
  // "2..5MB": the unit of the second is that of both.
  if (low && high && low->unit.empty() && !high->unit.empty()) {
    const std::size_t letters = ends.high.find_first_not_of("0123456789.");
    low = ReadOneSize(std::string(ends.low) + std::string(ends.high.substr(letters)));
  }
  unit = low ? low->unit : high->unit;
  if (unit.empty() || (low && high && low->unit != high->unit)) return std::nullopt;
  const bool alone = low && high && ends.low.data() == ends.high.data();
  if (alone && !(unit == "px")) {
    low->value = low->low;
    high->value = high->high;
  }
  NumberSpan span{.low = -kOpen, .high = kOpen};
  if (low) span.low = ends.low_open ? NextSize(low->value, unit, 1) : Inward(low->value, unit, 1);
  if (high) span.high = ends.high_open ? NextSize(high->value, unit, -1) : Inward(high->value, unit, -1);
  if (!(span.low <= span.high) || span.high < 0) return std::nullopt;
  return span;
}

std::string SizeSpanText(const NumberSpan& span, const std::string& unit) {
  const auto text = [&](double value) { return SizeText(value, unit); };
  if (std::isinf(span.high)) return OpenText(">", span.low, NextSize(span.low, unit, -1), text);
  if (std::isinf(span.low)) return OpenText("<", span.high, NextSize(span.high, unit, 1), text);
  if (span.low == span.high && unit == "px") return text(span.low);
  return text(span.low) + ".." + text(span.high);
}

std::string PercentText(float share) {
  const double percent = static_cast<double>(share) * 100;
  for (int digits = 0; digits < 9; ++digits) {
    const double scale = std::pow(10.0, digits);
    const double rounded = std::round(percent * scale) / scale;
    if (static_cast<float>(rounded / 100) == share) return DecimalText(rounded);
  }
  return DecimalText(percent);
}

std::string PercentText(double share) {
  const double percent = share * 100;
  for (int digits = 0; digits < 14; ++digits) {
    const double scale = std::pow(10.0, digits);
    const double rounded = std::round(percent * scale) / scale;
    if (rounded / 100 == share) return DecimalText(rounded);
  }
  return DecimalText(percent);
}

}  // namespace vitrine
