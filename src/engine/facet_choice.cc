#include "engine/facet_choice.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <set>
#include <utility>

#include "query/color_names.h"

namespace vitrine {
namespace {

constexpr std::array kOrientations = {"landscape", "portrait", "square", "panorama"};
constexpr std::int8_t kBestRating = 5, kRejected = -1;
constexpr std::int64_t kSecondsPerDay = 86'400;

std::string Padded(int number, std::size_t digits) {
  const std::string text = std::to_string(number);
  return std::string(digits - std::min(digits, text.size()), '0') + text;
}

// The first `depth` levels of an absolute path, or all of it.
std::string_view Top(std::string_view path, std::size_t depth) {
  std::size_t end = 0;
  for (std::size_t level = 0; level < depth && end < path.size(); ++level) {
    end = std::min(path.find('/', end + 1), path.size());
  }
  return path.substr(0, end);
}

std::size_t DepthOf(std::string_view path) { return static_cast<std::size_t>(std::ranges::count(path, '/')); }

std::set<std::string_view> TopsOf(const std::vector<std::string_view>& folders, std::size_t depth) {
  std::set<std::string_view> tops;
  for (const std::string_view folder : folders) tops.insert(Top(folder, depth));
  return tops;
}

}  // namespace

std::string FactQuery(Fact fact) {
  return FormatQuery({.kind = QueryNode::Kind::kFact, .fact = std::move(fact)});
}

FacetChoice DateChoice(int year, unsigned month) {
  std::string date = Padded(year, 4);
  if (month > 0) date += "-" + Padded(static_cast<int>(month), 2);
  return {.label = date, .query = "date:" + date};
}

Month MonthOf(std::int64_t seconds) {
  const std::int64_t days = seconds / kSecondsPerDay - (seconds % kSecondsPerDay < 0 ? 1 : 0);
  const std::chrono::year_month_day day(
      std::chrono::sys_days(std::chrono::days(static_cast<std::int32_t>(days))));
  return {.year = static_cast<int>(day.year()), .month = static_cast<unsigned>(day.month())};
}

FacetChoice TextChoice(Field field, const std::string& text) {
  return {.label = text, .query = FactQuery({.field = field, .text = text})};
}

std::vector<FacetChoice> FolderChoices(const std::vector<std::string_view>& folders, std::size_t most) {
  if (folders.empty()) return {};
  std::size_t deepest = 0;
  for (const std::string_view folder : folders) deepest = std::max(deepest, DepthOf(folder));
  std::size_t common = 0;
  while (common < deepest && TopsOf(folders, common + 1).size() == 1) ++common;
  const std::string_view shared = Top(folders.front(), common);
  std::set<std::string_view> shown = TopsOf(folders, common + 1);
  for (std::size_t depth = common + 2; depth <= deepest; ++depth) {
    std::set<std::string_view> tops = TopsOf(folders, depth);
    if (tops.size() > most) break;
    shown = std::move(tops);
  }
  std::vector<FacetChoice> choices;
  for (const std::string_view folder : shown) {
    const bool is_all = folder == shared;
    if (folder.empty() || (is_all && shown.size() > 1)) continue;
    const std::string_view label =
        is_all ? folder.substr(folder.rfind('/') + 1) : folder.substr(shared.size() + 1);
    choices.push_back({.label = std::string(label),
                       .query = FactQuery({.field = Field::kFolder, .text = std::string(folder)})});
  }
  return choices;
}

std::vector<FacetChoice> ColorChoices() {
  std::vector<FacetChoice> choices;
  for (const NamedColor& color : ColorNames()) {
    if (NameOfColor(color.color) != color.name) continue;
    choices.push_back({.label = std::string(color.name), .query = "color:" + std::string(color.name)});
  }
  return choices;
}

std::vector<FacetChoice> RatingChoices() {
  std::vector<FacetChoice> choices;
  for (std::int8_t rating = kBestRating; rating >= kRejected; --rating) {
    const auto value = static_cast<double>(rating);
    choices.push_back({.label = std::to_string(rating),
                       .query = FactQuery({.field = Field::kRating, .low = value, .high = value})});
  }
  return choices;
}

std::vector<FacetChoice> OrientationChoices() {
  std::vector<FacetChoice> choices;
  for (const char* const word : kOrientations)
    choices.push_back({.label = word, .query = std::string("orientation:") + word});
  return choices;
}

Facet Sorted(Facet facet, std::size_t most) {
  std::ranges::stable_sort(facet.values, [](const FacetValue& x, const FacetValue& y) {
    return x.count != y.count ? x.count > y.count : x.label < y.label;
  });
  if (facet.values.size() > most) facet.values.resize(most);
  return facet;
}

}  // namespace vitrine
