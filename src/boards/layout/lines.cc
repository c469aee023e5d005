// Rows that keep an order: justified rows, and reading order by time.
//
// Both are line breaking as in paragraphs (Knuth and Plass, 1981): of all ways to cut the sequence into rows,
// the one with the least sum of the rows' badness, by dynamic programming over where the last row begins. A
// greedy breaker fills rows as they come and leaves the misfit to a few bad ones.
#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>

#include "base/median.h"
#include "boards/layout/arrange.h"
#include "boards/layout/shelves.h"
#include "boards/layout/skyline.h"
#include "boards/layout/steps.h"

namespace vitrine::layout {
namespace {

constexpr double kTallest = 1.5;          // Of the median, for justified rows.
constexpr double kRaggedShare = 1.0 / 3;  // A row that lacks more keeps its gaps.
constexpr double kEventGaps = 4;          // Gaps between events.
constexpr double kLeastPause = 1800;      // Seconds.
constexpr double kMuchLonger = 17;
constexpr std::size_t kAround = 10;

constexpr double kImpossible = std::numeric_limits<double>::infinity();

/// Cuts [0, n) where the sum of badness(first, end) over the rows is least. A row is not widened once it is
/// impossible; a row of one is always possible.
/// @return where each row begins, and n.
std::vector<std::size_t> BreakLines(std::size_t n,
                                    const std::function<double(std::size_t, std::size_t)>& badness) {
  std::vector<double> least(n + 1, kImpossible);
  std::vector<std::size_t> from(n + 1);
  least[n] = 0;
  for (std::size_t first = n; first-- > 0;) {
    for (std::size_t end = first + 1; end <= n; ++end) {
      const double bad = badness(first, end);
      if (bad == kImpossible) break;
      if (bad + least[end] >= least[first]) continue;
      least[first] = bad + least[end];
      from[first] = end;
    }
  }
  std::vector<std::size_t> begins = {0};
  while (begins.back() < n) begins.push_back(from[begins.back()]);
  return begins;
}

double MedianOf(std::span<const Size> sizes, Normalise what) {
  std::vector<double> values;
  for (const Size& size : sizes) {
    values.push_back(what == Normalise::kHeight  ? size.height
                     : what == Normalise::kWidth ? size.width
                                                 : size.width * size.height);
  }
  return Median(std::move(values));
}

/// Rows of equal width; `wide` is that width.
std::vector<Place> JustifiedAt(std::span<const Size> sizes, double wide, double median, double gap) {
  const std::size_t n = sizes.size();
  std::vector<double> aspects(n + 1);  // Summed.
  for (std::size_t i = 0; i < n; ++i) aspects[i + 1] = aspects[i] + sizes[i].width / sizes[i].height;
  const auto height_of = [&](std::size_t first, std::size_t end) {
    return (wide - gap * static_cast<double>(end - first - 1)) / (aspects[end] - aspects[first]);
  };
  const auto badness = [&](std::size_t first, std::size_t end) {
    const double height = height_of(first, end);
    if (end == n && height >= median) return 0.0;
    if (end - first > 1 && height < median / 4) return kImpossible;
    const double off = std::log(height / median);
    return off * off;
  };
  const std::vector<std::size_t> begins = BreakLines(n, badness);
  std::vector<Place> places(n);
  double y = 0;
  for (std::size_t row = 0; row + 1 < begins.size(); ++row) {
    const std::size_t end = begins[row + 1];
    const double tallest = end == n ? median : kTallest * median;
    const double height = std::min(height_of(begins[row], end), tallest);
    double x = 0;
    for (std::size_t i = begins[row]; i < end; ++i) {
      places[i] = {x, y, height * (aspects[i + 1] - aspects[i]), height};
      x += places[i].width + gap;
    }
    y += height + gap;
  }
  return places;
}

/// Where an event begins, in sorted times. NaN times are at the end.
std::vector<bool> EventBegins(std::span<const double> times) {
  const std::size_t n = times.size();
  std::vector<double> logs(n);  // Of the pause before each; of known times only.
  const auto known = static_cast<std::size_t>(
      std::find_if(times.begin(), times.end(), [](double t) { return std::isnan(t); }) - times.begin());
  for (std::size_t i = 1; i < known; ++i) logs[i] = std::log1p(times[i] - times[i - 1]);
  std::vector<bool> begins(n);
  for (std::size_t i = 1; i < n; ++i) {
    if (i >= known) {
      begins[i] = i == known;
      continue;
    }
    const std::size_t first = i > kAround ? i - kAround : 1;
    const std::size_t end = std::min(known, i + kAround + 1);
    double sum = 0;
    for (std::size_t j = first; j < end; ++j) sum += logs[j];
    const double around = sum / static_cast<double>(end - first);
    begins[i] = times[i] - times[i - 1] >= kLeastPause && logs[i] >= std::log(kMuchLonger) + around;
  }
  return begins;
}

/// Pictures in reading order with the gap before each.
struct Line {
  std::vector<Size> sizes;
  std::vector<double> gap_before;  ///< As if in the same row as the one before.
  std::vector<bool> begins_event;
};

std::vector<Place> LayLine(const Line& line, double wide, double gap) {
  const std::size_t n = line.sizes.size();
  std::vector<double> reach(n + 1);  // Of one endless row, up to each picture.
  for (std::size_t i = 0; i < n; ++i) reach[i + 1] = reach[i] + line.gap_before[i] + line.sizes[i].width;
  const auto width_of = [&](std::size_t first, std::size_t end) {
    return reach[end] - reach[first] - line.gap_before[first];
  };
  const auto badness = [&](std::size_t first, std::size_t end) {
    const double lack = (wide - width_of(first, end)) / wide;
    if (end > first + 1 && lack < 0) return kImpossible;
    if (end == n) return 0.0;
    return lack * lack * (line.begins_event[end] ? 0.25 : 1.0);
  };
  const std::vector<std::size_t> begins = BreakLines(n, badness);
  std::vector<Place> places(n);
  double y = 0;
  for (std::size_t row = 0; row + 1 < begins.size(); ++row) {
    const std::size_t first = begins[row];
    const std::size_t end = begins[row + 1];
    const double lack = wide - width_of(first, end);
    const bool ragged = end == n || end == first + 1 || lack > kRaggedShare * wide;
    const double more = ragged ? 0 : std::max(0.0, lack) / static_cast<double>(end - first - 1);
    double height = 0;
    for (std::size_t i = first; i < end; ++i) height = std::max(height, line.sizes[i].height);
    if (row > 0) y += StepUp(line.begins_event[first] ? kEventGaps * gap : gap);
    double x = 0;
    for (std::size_t i = first; i < end; ++i) {
      if (i > first) x += StepUp(line.gap_before[i]) + StepDown(more);
      const Size& size = line.sizes[i];
      places[i] = {x, y + StepDown((height - size.height) / 2), size.width, size.height};
      x += StepUp(size.width);
    }
    y += StepUp(height);
  }
  return places;
}

/// The best of several numbers of rows. lay(width of a row) makes the places.
std::vector<Place> BestWidth(double length, double row_height, double widest, double aspect,
                             const std::function<std::vector<Place>(double)>& lay) {
  const double guess = std::sqrt(length / (aspect * row_height));
  std::vector<Place> best;
  double least = -1;
  for (const double factor : {0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 1.0, 1.05, 1.1}) {
    std::vector<Place> places = lay(std::max(widest, length / std::max(1.0, guess * factor)));
    const double badness = Badness(Extent(places), aspect);
    if (least >= 0 && badness >= least) continue;
    least = badness;
    best = std::move(places);
  }
  return best;
}

}  // namespace

std::vector<Size> Normalised(std::span<const Size> sizes, Normalise what) {
  if (sizes.empty()) return {};
  const double median = MedianOf(sizes, what);
  std::vector<Size> normalised;
  for (const Size& size : sizes) {
    const double scale = what == Normalise::kHeight  ? median / size.height
                         : what == Normalise::kWidth ? median / size.width
                                                     : std::sqrt(median / (size.width * size.height));
    normalised.push_back({size.width * scale, size.height * scale});
  }
  return normalised;
}

std::vector<Place> JustifiedRows(std::span<const Size> sizes, const ArrangeOptions& options) {
  if (sizes.empty()) return {};
  const double median = MedianOf(sizes, Normalise::kHeight);
  double length = 0;
  for (const Size& size : sizes) length += size.width / size.height * median + options.gap;
  return BestWidth(length, median + options.gap, 0, options.aspect,
                   [&](double wide) { return JustifiedAt(sizes, wide, median, options.gap); });
}

std::vector<Place> ArrangeByTime(std::span<const Size> sizes, std::span<const double> taken_at_s,
                                 const ArrangeOptions& options) {
  if (sizes.empty()) return {};
  std::vector<std::size_t> order(sizes.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return taken_at_s[a] < taken_at_s[b] || (!std::isnan(taken_at_s[a]) && std::isnan(taken_at_s[b]));
  });
  std::vector<double> times;
  Line line;
  for (const std::size_t i : order) {
    times.push_back(taken_at_s[i]);
    line.sizes.push_back(sizes[i]);
  }
  line.begins_event = EventBegins(times);
  double length = 0;
  double height = 0;
  double widest = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    line.gap_before.push_back(line.begins_event[i] ? kEventGaps * options.gap : options.gap);
    length += line.gap_before[i] + line.sizes[i].width;
    height += (line.sizes[i].height + options.gap) / static_cast<double>(order.size());
    widest = std::max(widest, line.sizes[i].width);
  }
  const std::vector<Place> laid = BestWidth(length, height, widest, options.aspect,
                                            [&](double wide) { return LayLine(line, wide, options.gap); });
  std::vector<Place> places(sizes.size());
  for (std::size_t i = 0; i < order.size(); ++i) places[order[i]] = laid[i];
  return places;
}

}  // namespace vitrine::layout
