// Spans of days as people write them.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace vitrine {

/// Seconds of the local clock since 1970-01-01 at midnight: from `low` to before `high`, both at a midnight,
/// or infinite.
struct DaySpan {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
  bool operator==(const DaySpan&) const = default;
};

/// A year, month or day ("2023", "2023-06", "2023-06-01"), or one of today, yesterday, this-week, this-month,
/// this-year, last-week, last-month, last-year (also with a space), last:30d (days, w, m, y: so many, today
/// included). Weeks begin on Monday. Years 1 to 9999. Empty when it is none of them.
std::optional<DaySpan> ReadDays(std::string_view text, std::int64_t now_s);

/// The shortest of "2023", "2023-06", "2023-06-01" that begins at this midnight.
std::string FirstDayText(double low);
/// The shortest of them that ends at this midnight.
std::string LastDayText(double high);

}  // namespace vitrine
