#include "engine/cluster/facets.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <utility>

#include "base/try.h"
#include "base/utf8.h"
#include "catalog/annotations.h"
#include "cluster/filter_json.h"
#include "engine/facet_choice.h"

namespace vitrine {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMostFolders = 10'000;

// Shards give more of their most frequent values than are wanted, so that one that is rare in some is found.
Json Terms(const char* field, std::size_t most) {
  return {{"terms", {{"field", field}, {"size", most}, {"shard_size", 2 * most + 100}}}};
}

std::vector<std::string> ValuesOf(const Json& found, const char* name) {
  std::vector<std::string> values;
  for (const Json& bucket : found.at(name).value("buckets", Json::array()))
    values.push_back(bucket.value("key", ""));
  return values;
}

// A facet before its values are counted.
struct Offer {
  const char* field;
  std::vector<FacetChoice> choices;
  bool in_order = false;  ///< The values stay as they stand.
};

std::vector<FacetChoice> Texts(Field field, const std::vector<std::string>& texts) {
  std::vector<FacetChoice> choices;
  for (const std::string& text : texts) choices.push_back(TextChoice(field, text));
  return choices;
}

// Spellings of one tag are one.
std::vector<FacetChoice> Tags(const std::vector<std::string>& paths) {
  std::vector<FacetChoice> choices;
  std::set<std::string> seen;
  for (const std::string& path : paths) {
    if (seen.insert(TagPath::Folded(path)).second) choices.push_back(TextChoice(Field::kTag, path));
  }
  return choices;
}

std::vector<FacetChoice> Folders(const std::vector<std::string>& folders, std::size_t most) {
  return FolderChoices(std::vector<std::string_view>(folders.begin(), folders.end()), most);
}

// Newest first: all years from the last to the first, or the months of the only one.
std::vector<FacetChoice> Dates(const Json& times) {
  if (times.value("count", 0) == 0) return {};
  const auto at = [&](const char* end) { return MonthOf(static_cast<std::int64_t>(times.value(end, 0.0))); };
  const Month first = at("min"), last = at("max");
  std::vector<FacetChoice> choices;
  if (first.year == last.year) {
    for (unsigned month = last.month; month >= first.month; --month)
      choices.push_back(DateChoice(last.year, month));
    return choices;
  }
  for (int year = last.year; year >= first.year; --year) choices.push_back(DateChoice(year));
  return choices;
}

Result<std::vector<Offer>> WhatToOffer(cluster::Browsing& browsing, const Json& filter, std::size_t most) {
  VITRINE_TRY_ASSIGN(const Json found,
                     browsing.Aggregate(filter, {{"tag", Terms("shown.tags", most)},
                                                 {"camera", Terms("shown.camera", most)},
                                                 {"lens", Terms("shown.lens", most)},
                                                 {"type", Terms("format", most)},
                                                 {"folder", Terms("shown.folders", kMostFolders)},
                                                 {"time", {{"stats", {{"field", "taken_s"}}}}}}));
  std::vector<Offer> offers;
  offers.push_back({"tag", Tags(ValuesOf(found, "tag"))});
  offers.push_back({"date", Dates(found.at("time")), true});
  offers.push_back({"camera", Texts(Field::kCamera, ValuesOf(found, "camera"))});
  offers.push_back({"lens", Texts(Field::kLens, ValuesOf(found, "lens"))});
  offers.push_back({"folder", Folders(ValuesOf(found, "folder"), most)});
  offers.push_back({"color", ColorChoices()});
  offers.push_back({"type", Texts(Field::kType, ValuesOf(found, "type"))});
  offers.push_back({"rating", RatingChoices(), true});
  offers.push_back({"orientation", OrientationChoices()});
  return offers;
}

// The filter that a value's query is; null where it is none that can be asked.
Json FilterOfChoice(const FacetChoice& choice) {
  const auto node = ParseQuery(choice.query);
  if (!node || node->kind != QueryNode::Kind::kFact) return {};
  auto filter = cluster::FilterOf(*node, {});
  return filter ? *std::move(filter) : Json();
}

}  // namespace

Result<std::vector<Facet>> FacetsOnCluster(cluster::Browsing& browsing, const Json& filter,
                                           std::size_t most) {
  VITRINE_TRY_ASSIGN(const std::vector<Offer> offers, WhatToOffer(browsing, filter, most));
  Json filters = Json::array();
  std::vector<std::pair<std::size_t, const FacetChoice*>> asked;  // Of which offer, and what.
  for (std::size_t i = 0; i < offers.size(); ++i) {
    for (const FacetChoice& choice : offers[i].choices) {
      Json one = FilterOfChoice(choice);
      if (one.is_null()) continue;
      filters.push_back(std::move(one));
      asked.emplace_back(i, &choice);
    }
  }
  VITRINE_TRY_ASSIGN(
      const Json counted,
      browsing.Aggregate(filter, {{"values", {{"filters", {{"filters", std::move(filters)}}}}}}));
  const Json buckets = counted.value("/values/buckets"_json_pointer, Json::array());
  std::vector<Facet> facets(offers.size());
  for (std::size_t i = 0; i < std::min(asked.size(), buckets.size()); ++i) {
    const auto& [offer, choice] = asked[i];
    const std::uint64_t count = buckets[i].value("doc_count", std::uint64_t{0});
    if (count == 0) continue;
    facets[offer].values.push_back(
        {.label = ToValidUtf8(choice->label), .query = choice->query, .count = count});
  }
  std::vector<Facet> shown;
  for (std::size_t i = 0; i < offers.size(); ++i) {
    Facet facet = offers[i].in_order ? std::move(facets[i]) : Sorted(std::move(facets[i]), most);
    facet.field = offers[i].field;
    if (facet.values.size() > most) facet.values.resize(most);
    if (!facet.values.empty()) shown.push_back(std::move(facet));
  }
  return shown;
}

}  // namespace vitrine
