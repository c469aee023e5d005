#include "engine/board_view.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <limits>
#include <map>

#include "base/try.h"
#include "base/utf8.h"

namespace vitrine {
namespace {

// Top to bottom in bands, left to right within one: the order in which people read.
void SortForReading(const Board& board, std::vector<std::size_t>& items) {
  if (items.empty()) return;
  std::vector<double> heights;
  for (const std::size_t i : items) heights.push_back(board.items[i].height);
  const auto middle = heights.begin() + static_cast<std::ptrdiff_t>(heights.size() / 2);
  std::nth_element(heights.begin(), middle, heights.end());
  const double band = std::max(*middle / 2, 1e-6);
  std::stable_sort(items.begin(), items.end(),
                   [&](std::size_t a, std::size_t b) { return board.items[a].y < board.items[b].y; });
  for (auto first = items.begin(); first != items.end();) {
    const double top = board.items[*first].y;
    const auto end =
        std::find_if(first, items.end(), [&](std::size_t i) { return board.items[i].y >= top + band; });
    std::stable_sort(first, end,
                     [&](std::size_t a, std::size_t b) { return board.items[a].x < board.items[b].x; });
    first = end;
  }
}

std::optional<int> NumberAt(std::string_view text, std::size_t at, std::size_t digits) {
  int number = 0;
  if (text.size() < at + digits) return std::nullopt;
  const std::string_view part = text.substr(at, digits);
  const auto end = std::from_chars(part.begin(), part.end(), number);
  if (end.ec != std::errc{} || end.ptr != part.end()) return std::nullopt;
  return number;
}

}  // namespace

Result<std::vector<std::size_t>> PicturesOf(const Board& board, const std::vector<std::string>& ids,
                                            Looking looking) {
  std::map<std::string_view, std::size_t> by_id;
  for (std::size_t i = 0; i < board.items.size(); ++i) by_id.emplace(board.items[i].id, i);
  std::vector<std::size_t> items;
  for (const std::string& id : ids) {
    const auto found = by_id.find(id);
    if (found == by_id.end()) {
      return Error(Code::kNotFound,
                   "there is no item " + Quoted(id.substr(0, 64)) + " on the board " + Quoted(board.name));
    }
    if (board.items[found->second].kind != ItemKind::kPicture) {
      return Error(Code::kInvalidArgument, "item " + Quoted(id) + " is no picture");
    }
    items.push_back(found->second);
  }
  if (ids.empty()) {
    for (std::size_t i = 0; i < board.items.size(); ++i) {
      if (board.items[i].kind == ItemKind::kPicture) items.push_back(i);
    }
  }
  std::ranges::sort(items);
  items.erase(std::unique(items.begin(), items.end()), items.end());
  if (looking == Looking::kMovable)
    std::erase_if(items, [&](std::size_t i) { return board.items[i].locked; });
  SortForReading(board, items);
  return items;
}

std::vector<AssetId> AssetsOnView(const BoardView& view) {
  std::vector<AssetId> assets;
  for (const AssetRecord& record : view.records) assets.push_back(record.id);
  return assets;
}

void PutVectors(std::span<const std::vector<float>> vectors, std::size_t dimension, BoardView& view) {
  view.vectors = Matrix(vectors.size(), dimension);
  view.embedded.assign(vectors.size(), false);
  for (std::size_t i = 0; i < vectors.size(); ++i) {
    if (vectors[i].empty()) continue;
    std::ranges::copy(vectors[i], view.vectors.row(i).begin());
    view.embedded[i] = true;
  }
}

double SecondsOf(const std::optional<std::string>& taken_at) {
  constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
  if (!taken_at) return kUnknown;
  const auto year = NumberAt(*taken_at, 0, 4);
  const auto month = NumberAt(*taken_at, 5, 2);
  const auto day = NumberAt(*taken_at, 8, 2);
  if (!year || !month || !day) return kUnknown;
  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return kUnknown;
  const auto days = std::chrono::sys_days(date).time_since_epoch().count();
  return 86400.0 * static_cast<double>(days) + 3600.0 * NumberAt(*taken_at, 11, 2).value_or(0) +
         60.0 * NumberAt(*taken_at, 14, 2).value_or(0) + NumberAt(*taken_at, 17, 2).value_or(0);
}

}  // namespace vitrine
