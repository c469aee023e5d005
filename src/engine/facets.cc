// Candidates are found by counting in the columns, which is cheap and nearly right. What is said of them is
// what the filter of searches says: a camera's name also finds longer names that hold it, a tag also stands
// for those below it, and a count that forgets this would not be that of the list one gets.
#include "engine/facets.h"

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <utility>

#include "base/utf8.h"
#include "catalog/annotations.h"
#include "engine/facet_choice.h"
#include "query/fact_rows.h"
#include "query/language.h"

namespace vitrine {
namespace {

class FacetCounter {
 public:
  FacetCounter(const LibraryFacts& facts, const RowSet& rows, std::size_t most)
      : facts_(facts), table_(*facts.table), rows_(rows), most_(most) {}

  Facet Tags() const;
  Facet Dates() const;
  Facet Texts(const char* field, Field fact, const TextColumn& column) const;
  Facet Folders() const;
  Facet Ratings() const;
  // These choices, counted; those without pictures are left out.
  Facet Of(const char* field, std::vector<FacetChoice> choices) const {
    Facet facet{.field = field, .values = {}};
    for (FacetChoice& choice : choices) Add(facet, std::move(choice));
    return facet;
  }

 private:
  // Appends a value that some rows have.
  void Add(Facet& facet, FacetChoice choice) const {
    const auto node = ParseQuery(choice.query);
    if (!node || node->kind != QueryNode::Kind::kFact) return;
    auto rows = RowsOfFacts(facts_, *node);
    if (!rows) return;
    rows->IntersectWith(rows_);
    const std::uint64_t count = rows->Count();
    if (count == 0) return;
    facet.values.push_back(
        {.label = ToValidUtf8(std::move(choice.label)), .query = std::move(choice.query), .count = count});
  }

  std::map<std::string, RowSet> RowsByTag() const;

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
    Add(facet, TextChoice(Field::kTag, path));
  }
  return Sorted(std::move(facet), most_);
}

Facet FacetCounter::Dates() const {
  std::map<int, std::array<bool, 13>, std::greater<>> months_of;
  ForEachRow(rows_, [&](RowId row) {
    if (table_.taken_at_s[row] == FactTable::kNoTime) return;
    const Month month = MonthOf(table_.taken_at_s[row]);
    months_of[month.year][month.month] = true;
  });
  Facet facet{.field = "date", .values = {}};
  if (months_of.size() == 1) {
    const auto& [year, months] = *months_of.begin();
    for (unsigned month = 12; month >= 1 && facet.values.size() < most_; --month) {
      if (months[month]) Add(facet, DateChoice(year, month));
    }
    return facet;
  }
  for (const auto& [year, months] : months_of) {
    if (facet.values.size() == most_) break;
    Add(facet, DateChoice(year));
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
    Add(facet, TextChoice(fact, column.texts[code]));
  }
  return Sorted(std::move(facet), most_);
}

Facet FacetCounter::Folders() const {
  std::vector<bool> used(table_.folders.size());
  ForEachRow(rows_, [&](RowId row) {
    for (const PlacedName& place : table_.places.Of(row)) used[place.folder] = true;
  });
  std::vector<std::string_view> folders;
  for (std::size_t i = 0; i < used.size(); ++i) {
    if (used[i]) folders.push_back(table_.folders[i]);
  }
  return Sorted(Of("folder", FolderChoices(folders, most_)), most_);
}

Facet FacetCounter::Ratings() const {
  Facet facet = Of("rating", RatingChoices());
  if (facet.values.size() > most_) facet.values.resize(most_);
  return facet;
}

}  // namespace

std::vector<Facet> FacetsOf(const LibraryFacts& facts, const RowSet& rows, std::size_t most) {
  const FacetCounter counter(facts, rows, most);
  const FactTable& table = *facts.table;
  std::vector<Facet> facets;
  for (Facet& facet :
       std::array{counter.Tags(), counter.Dates(), counter.Texts("camera", Field::kCamera, table.camera),
                  counter.Texts("lens", Field::kLens, table.lens), counter.Folders(),
                  Sorted(counter.Of("color", ColorChoices()), most),
                  counter.Texts("type", Field::kType, table.format), counter.Ratings(),
                  Sorted(counter.Of("orientation", OrientationChoices()), most)}) {
    if (!facet.values.empty()) facets.push_back(std::move(facet));
  }
  return facets;
}

}  // namespace vitrine
