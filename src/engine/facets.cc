// Candidates are found by counting in the columns, which is cheap and nearly right. What is said of them is
// what the filter of searches says: a camera's name also finds longer names that hold it, a tag also stands
// for those below it, and a count that forgets this would not be that of the list one gets.
#include "engine/facets.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "base/utf8.h"
#include "catalog/annotations.h"
#include "query/color_names.h"
#include "query/fact_rows.h"
#include "query/language.h"

namespace vitrine {
namespace {

constexpr std::array kOrientations = {"landscape", "portrait", "square", "panorama"};
constexpr std::int8_t kBestRating = 5, kRejected = -1;
constexpr std::int64_t kSecondsPerDay = 86'400;

struct Day {
  int year = 0;
  unsigned month = 0;
};

Day DayOf(std::int64_t seconds) {
  const std::int64_t days = seconds / kSecondsPerDay - (seconds % kSecondsPerDay < 0 ? 1 : 0);
  const std::chrono::year_month_day day(
      std::chrono::sys_days(std::chrono::days(static_cast<std::int32_t>(days))));
  return {.year = static_cast<int>(day.year()), .month = static_cast<unsigned>(day.month())};
}

std::string Padded(int number, std::size_t digits) {
  const std::string text = std::to_string(number);
  return std::string(digits - std::min(digits, text.size()), '0') + text;
}

std::string FactQuery(Fact fact) {
  return FormatQuery({.kind = QueryNode::Kind::kFact, .fact = std::move(fact)});
}

class FacetCounter {
 public:
  FacetCounter(const LibraryFacts& facts, const RowSet& rows, std::size_t most)
      : facts_(facts), table_(*facts.table), rows_(rows), most_(most) {}

  Facet Tags() const;
  Facet Dates() const;
  Facet Texts(const char* field, Field fact, const TextColumn& column) const;
  Facet Folders() const;
  Facet Colors() const;
  Facet Ratings() const;
  Facet Orientations() const;

 private:
  // Appends a value that some rows have; false when none has, or the query cannot be written.
  bool Add(Facet& facet, std::string label, std::string query) const {
    const auto node = ParseQuery(query);
    if (!node || node->kind != QueryNode::Kind::kFact) return false;
    auto rows = RowsOfFacts(facts_, *node);
    if (!rows) return false;
    rows->IntersectWith(rows_);
    const std::uint64_t count = rows->Count();
    if (count == 0) return false;
    facet.values.push_back(
        {.label = ToValidUtf8(std::move(label)), .query = std::move(query), .count = count});
    return true;
  }

  // Most frequent first, at most so many.
  Facet Sorted(Facet facet) const {
    std::ranges::stable_sort(facet.values, [](const FacetValue& x, const FacetValue& y) {
      return x.count != y.count ? x.count > y.count : x.label < y.label;
    });
    if (facet.values.size() > most_) facet.values.resize(most_);
    return facet;
  }

  std::map<std::string, RowSet> RowsByTag() const;
  std::vector<const PathBytes*> FoldersInUse() const;

  const LibraryFacts& facts_;
  const FactTable& table_;
  const RowSet& rows_;
  const std::size_t most_;
};

// Every tag, and every tag above one, with the rows of all below it.
std::map<std::string, RowSet> FacetCounter::RowsByTag() const {
  std::map<std::string, std::pair<std::string, RowSet>> by_folded;
  for (const TagRows& tag : table_.tags) {
    RowSet here = rows_;
    here.IntersectWith(tag.accepted);
    const auto levels = TagPath::Levels(tag.path);
    if (!levels || here.Count() == 0) continue;
    for (std::size_t depth = 1; depth <= levels->size(); ++depth) {
      const std::string path = TagPath::Join(std::span(*levels).first(depth));
      const auto [entry, is_new] = by_folded.try_emplace(TagPath::Folded(path), path, here);
      if (!is_new) entry->second.second.UniteWith(here);
    }
  }
  std::map<std::string, RowSet> rows;
  for (auto& [folded, named] : by_folded) rows.emplace(std::move(named.first), std::move(named.second));
  return rows;
}

Facet FacetCounter::Tags() const {
  std::vector<std::pair<std::size_t, std::string>> candidates;
  for (const auto& [path, rows] : RowsByTag()) candidates.emplace_back(rows.Count(), path);
  std::ranges::stable_sort(candidates, [](const auto& x, const auto& y) { return x.first > y.first; });
  if (candidates.size() > most_) candidates.resize(most_);
  Facet facet{.field = "tag", .values = {}};
  for (const auto& [count, path] : candidates) {
    Add(facet, path, FactQuery({.field = Field::kTag, .text = path}));
  }
  return Sorted(std::move(facet));
}

Facet FacetCounter::Dates() const {
  std::map<int, std::array<bool, 13>, std::greater<>> months_of;
  ForEachRow(rows_, [&](RowId row) {
    if (table_.taken_at_s[row] == FactTable::kNoTime) return;
    const Day day = DayOf(table_.taken_at_s[row]);
    months_of[day.year][day.month] = true;
  });
  Facet facet{.field = "date", .values = {}};
  const auto add = [&](const std::string& date) { Add(facet, date, "date:" + date); };
  if (months_of.size() == 1) {
    const auto& [year, months] = *months_of.begin();
    for (unsigned month = 12; month >= 1 && facet.values.size() < most_; --month) {
      if (months[month]) add(Padded(year, 4) + "-" + Padded(static_cast<int>(month), 2));
    }
    return facet;
  }
  for (const auto& [year, months] : months_of) {
    if (facet.values.size() == most_) break;
    add(Padded(year, 4));
  }
  return facet;
}

Facet FacetCounter::Texts(const char* field, Field fact, const TextColumn& column) const {
  std::vector<std::size_t> counts(column.texts.size());
  ForEachRow(rows_, [&](RowId row) { ++counts[column.codes[row]]; });
  std::vector<std::size_t> codes;
  for (std::size_t code = 1; code < counts.size(); ++code) {
    if (counts[code] > 0) codes.push_back(code);
  }
  std::ranges::stable_sort(codes, [&](std::size_t x, std::size_t y) { return counts[x] > counts[y]; });
  if (codes.size() > most_) codes.resize(most_);
  Facet facet{.field = field, .values = {}};
  for (const std::size_t code : codes) {
    Add(facet, column.texts[code], FactQuery({.field = fact, .text = column.texts[code]}));
  }
  return Sorted(std::move(facet));
}

std::vector<const PathBytes*> FacetCounter::FoldersInUse() const {
  std::vector<bool> used(table_.folders.size());
  ForEachRow(rows_, [&](RowId row) {
    for (const PlacedName& place : table_.places.Of(row)) used[place.folder] = true;
  });
  std::vector<const PathBytes*> folders;
  for (std::size_t i = 0; i < used.size(); ++i) {
    if (used[i]) folders.push_back(&table_.folders[i]);
  }
  return folders;
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

std::set<std::string_view> TopsOf(const std::vector<const PathBytes*>& folders, std::size_t depth) {
  std::set<std::string_view> tops;
  for (const PathBytes* folder : folders) tops.insert(Top(*folder, depth));
  return tops;
}

// The deepest level below what all have in common that has few enough folders, but one level at least.
Facet FacetCounter::Folders() const {
  Facet facet{.field = "folder", .values = {}};
  const std::vector<const PathBytes*> folders = FoldersInUse();
  if (folders.empty()) return facet;
  std::size_t deepest = 0;
  for (const PathBytes* folder : folders) deepest = std::max(deepest, DepthOf(*folder));
  std::size_t common = 0;
  while (common < deepest && TopsOf(folders, common + 1).size() == 1) ++common;
  const std::string_view shared = Top(*folders.front(), common);
  std::set<std::string_view> shown = TopsOf(folders, common + 1);
  for (std::size_t depth = common + 2; depth <= deepest; ++depth) {
    std::set<std::string_view> tops = TopsOf(folders, depth);
    if (tops.size() > most_) break;
    shown = std::move(tops);
  }
  for (const std::string_view folder : shown) {
    const bool is_all = folder == shared;
    if (folder.empty() || (is_all && shown.size() > 1)) continue;
    const std::string_view label =
        is_all ? folder.substr(folder.rfind('/') + 1) : folder.substr(shared.size() + 1);
    Add(facet, std::string(label), FactQuery({.field = Field::kFolder, .text = std::string(folder)}));
  }
  return Sorted(std::move(facet));
}

Facet FacetCounter::Colors() const {
  Facet facet{.field = "color", .values = {}};
  for (const NamedColor& color : ColorNames()) {
    if (NameOfColor(color.color) != color.name) continue;
    Add(facet, std::string(color.name), "color:" + std::string(color.name));
  }
  return Sorted(std::move(facet));
}

Facet FacetCounter::Ratings() const {
  Facet facet{.field = "rating", .values = {}};
  for (std::int8_t rating = kBestRating; rating >= kRejected && facet.values.size() < most_; --rating) {
    Add(facet, std::to_string(rating),
        FactQuery({.field = Field::kRating,
                   .low = static_cast<double>(rating),
                   .high = static_cast<double>(rating)}));
  }
  return facet;
}

Facet FacetCounter::Orientations() const {
  Facet facet{.field = "orientation", .values = {}};
  for (const char* const word : kOrientations) Add(facet, word, std::string("orientation:") + word);
  return Sorted(std::move(facet));
}

}  // namespace

std::vector<Facet> FacetsOf(const LibraryFacts& facts, const RowSet& rows, std::size_t most) {
  const FacetCounter counter(facts, rows, most);
  const FactTable& table = *facts.table;
  std::vector<Facet> facets;
  for (Facet& facet : std::array{
           counter.Tags(), counter.Dates(), counter.Texts("camera", Field::kCamera, table.camera),
           counter.Texts("lens", Field::kLens, table.lens), counter.Folders(), counter.Colors(),
           counter.Texts("type", Field::kType, table.format), counter.Ratings(), counter.Orientations()}) {
    if (!facet.values.empty()) facets.push_back(std::move(facet));
  }
  return facets;
}

}  // namespace vitrine
