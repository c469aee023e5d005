#include "query/date_syntax.h"

#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <string>

namespace vitrine {
namespace {

using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::year_month_day;

constexpr double kDay = 86400;

double Seconds(sys_days day) { return static_cast<double>(day.time_since_epoch().count()) * kDay; }

sys_days DayOf(double seconds) { return sys_days(days(static_cast<int>(seconds / kDay))); }

DaySpan Span(sys_days low, sys_days high) { return {.low = Seconds(low), .high = Seconds(high)}; }

// Digits alone, `count` of them at most and at least one.
std::optional<unsigned> Digits(std::string_view text, std::size_t count) {
  unsigned number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || text.size() > count) return std::nullopt;
  return number;
}

std::optional<DaySpan> ReadCalendar(std::string_view text) {
  std::array<unsigned, 3> parts = {0, 1, 1};
  std::size_t count = 0;
  for (; count < parts.size(); ++count) {
    const std::size_t dash = count < 2 ? text.find('-') : std::string_view::npos;
    const std::optional<unsigned> part = Digits(text.substr(0, dash), count == 0 ? 4 : 2);
    if (!part || (count == 0 && text.substr(0, dash).size() != 4)) return std::nullopt;
    parts[count] = *part;
    if (dash == std::string_view::npos) break;
    text.remove_prefix(dash + 1);
  }
  const year_month_day first(std::chrono::year(static_cast<int>(parts[0])), std::chrono::month(parts[1]),
                             std::chrono::day(parts[2]));
  if (!first.ok() || parts[0] == 0) return std::nullopt;
  if (count == 0) return Span(first, first + std::chrono::years(1));
  if (count == 1) return Span(first, first + std::chrono::months(1));
  return Span(first, sys_days(first) + days(1));
}

// The day so many months before; the last of its month where that month is shorter.
sys_days MonthsBefore(year_month_day day, int months) {
  const year_month_day then = day - std::chrono::months(months);
  if (then.ok()) return then;
  return year_month_day(then.year() / then.month() / std::chrono::last);
}

std::optional<DaySpan> ReadLast(std::string_view text, sys_days today) {
  if (text.size() < 2) return std::nullopt;
  const std::optional<unsigned> count = Digits(text.substr(0, text.size() - 1), 4);
  if (!count || *count == 0) return std::nullopt;
  const int number = static_cast<int>(*count);
  const sys_days end = today + days(1);
  switch (text.back()) {
    case 'd':
      return Span(end - days(number), end);
    case 'w':
      return Span(end - days(7 * number), end);
    case 'm':
      return Span(MonthsBefore(today, number) + days(1), end);
    case 'y':
      return number > 1000 ? std::nullopt
                           : std::optional(Span(MonthsBefore(today, 12 * number) + days(1), end));
    default:
      return std::nullopt;
  }
}

std::string CalendarText(year_month_day day, int parts) {
  std::array<char, 32> text{};
  const int year = static_cast<int>(day.year());
  const unsigned month = static_cast<unsigned>(day.month()), of_month = static_cast<unsigned>(day.day());
  if (parts == 1) std::snprintf(text.data(), text.size(), "%04d", year);
  if (parts == 2) std::snprintf(text.data(), text.size(), "%04d-%02u", year, month);
  if (parts == 3) std::snprintf(text.data(), text.size(), "%04d-%02u-%02u", year, month, of_month);
  return text.data();
}

int PartsOf(year_month_day first) {
  if (first.day() != std::chrono::day(1)) return 3;
  return first.month() == std::chrono::January ? 1 : 2;
}

}  // namespace

std::optional<DaySpan> ReadDays(std::string_view text, std::int64_t now_s) {
  const sys_days today = std::chrono::floor<days>(std::chrono::sys_seconds(std::chrono::seconds(now_s)));
  const year_month_day date(today);
  const sys_days monday = today - (std::chrono::weekday(today) - std::chrono::Monday);
  const sys_days month = date.year() / date.month() / 1;
  const sys_days year = date.year() / 1 / 1;
  std::string word(text);
  for (char& c : word) c = c == ' ' ? '-' : c;
  if (word == "today") return Span(today, today + days(1));
  if (word == "yesterday") return Span(today - days(1), today);
  if (word == "this-week") return Span(monday, monday + days(7));
  if (word == "last-week") return Span(monday - days(7), monday);
  if (word == "this-month") return Span(month, date.year() / date.month() / 1 + std::chrono::months(1));
  if (word == "last-month") return Span(date.year() / date.month() / 1 - std::chrono::months(1), month);
  if (word == "this-year") return Span(year, (date.year() + std::chrono::years(1)) / 1 / 1);
  if (word == "last-year") return Span((date.year() - std::chrono::years(1)) / 1 / 1, year);
  if (word.starts_with("last:") || word.starts_with("last-")) return ReadLast(word.substr(5), today);
  return ReadCalendar(text);
}

std::string FirstDayText(double low) {
  const year_month_day first(DayOf(low));
  return CalendarText(first, PartsOf(first));
}

std::string LastDayText(double high) {
  const year_month_day last(DayOf(high) - days(1));
  return CalendarText(last, PartsOf(year_month_day(DayOf(high))));
}

}  // namespace vitrine
