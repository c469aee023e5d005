#include "cluster/filter_json.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/try.h"
#include "cluster/color_script.h"
#include "cluster/picture_doc.h"
#include "cluster/words_text.h"
#include "query/lexer.h"
#include "query/text_pattern.h"

namespace vitrine::cluster {
namespace {

using Json = nlohmann::json;
using Kind = QueryNode::Kind;

constexpr std::size_t kMostTerms = 65'536;  // index.max_terms_count.

Json Term(const char* field, const Json& value) { return {{"term", {{field, value}}}}; }
Json Exists(const char* field) { return {{"exists", {{"field", field}}}}; }
Json Nothing() { return {{"match_none", Json::object()}}; }
Json Not(const Json& filter) { return {{"bool", {{"must_not", {filter}}}}}; }

// Both ends included unless `open_high`; infinite ends are left out, but a picture without the fact never
// holds.
Json Range(const char* field, double low, double high, bool open_high = false) {
  Json ends = Json::object();
  if (!std::isinf(low)) ends["gte"] = low;
  if (!std::isinf(high)) ends[open_high ? "lt" : "lte"] = high;
  return ends.empty() ? Exists(field) : Json{{"range", {{field, ends}}}};
}

// The columns hold floats, so the ends are rounded as those were.
Json FloatRange(const char* field, const Fact& fact) {
  return Range(field, static_cast<double>(static_cast<float>(fact.low)),
               static_cast<double>(static_cast<float>(fact.high)));
}

// TextPattern (query/text_pattern.h): a star stands for any run; without one the text is held anywhere.
Json Wildcard(const char* field, const std::string& typed) {
  const std::string folded = FoldText(typed);
  std::string pattern;
  for (const char c : folded) {
    if (c == '?' || c == '\\') pattern += '\\';
    pattern += c;
  }
  if (folded.find('*') == std::string::npos) pattern = "*" + pattern + "*";
  return {{"wildcard", {{field, {{"value", pattern}}}}}};
}

// PathPattern: levels one behind the other, somewhere or from the top; a star stays inside its level.
Json Path(const char* field, const std::vector<std::string>& levels, bool from_top) {
  if (levels.empty()) return from_top ? Exists(field) : Nothing();
  const std::string end = kLevelEnd;
  std::string pattern = from_top ? "" : "(.*)";
  pattern += end;
  for (const std::string& level : levels) {
    for (const char c : FoldText(level)) {
      if (c == '*') {
        pattern += "[^" + end + "]*";
        continue;
      }
      const bool plain =
          static_cast<unsigned char>(c) >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z');
      if (!plain) pattern += '\\';
      pattern += c;
    }
    pattern += end;
  }
  pattern += ".*";
  return {{"regexp", {{field, {{"value", pattern}, {"flags", "NONE"}}}}}};
}

Json Size(const Fact& fact) {
  if (fact.unit == "bytes") return Range("bytes", std::ceil(fact.low), std::floor(fact.high));
  return Range(fact.unit == "px" ? "long_side" : "megapixels", fact.low, fact.high);
}

Json Near(const Fact& fact) {
  return {{"geo_distance",
           {{"distance", std::to_string(fact.kilometres) + "km"},
            {"distance_type", "arc"},
            {"place", {{"lat", fact.latitude}, {"lon", fact.longitude}}}}}};
}

Error NotYet(const QueryNode& node, const char* what) {
  return Error(Code::kInvalidArgument,
               "column " + std::to_string(node.column) + ": " + what +
                   " is not answered by a library on a cluster; one on this machine does "
                   "(vitrine library copy brings it here)");
}

Result<Json> State(const QueryNode& node, const FilterLookups& lookups) {
  const std::string& state = node.fact.text;
  if (state == "offline") return Term("offline", true);
  if (state == "tagged") return Exists("tags");
  if (state == "untagged") return Not(Exists("tags"));
  if (state == "rated") return Exists("rating");
  if (state == "unrated") return Not(Exists("rating"));
  if (!lookups.duplicates) return NotYet(node, "is:duplicate");
  VITRINE_TRY_ASSIGN(const std::vector<AssetId> pictures, lookups.duplicates());
  return PicturesFilter(pictures);
}

// A name that is not one board's is a mistake in the query.
Result<Json> OnBoard(const QueryNode& node, const FilterLookups& lookups) {
  if (!lookups.boards) return NotYet(node, "board:");
  auto contents = lookups.boards(node.fact.text);
  if (contents) return Json{{"terms", {{"_id", *std::move(contents)}}}};
  const Code code = contents.error().code();
  const bool is_mistake = code == Code::kNotFound || code == Code::kInvalidArgument;
  return is_mistake ? QueryError(node.column, contents.error().message()) : contents.error();
}

Result<Json> FactFilter(const QueryNode& node, const FilterLookups& lookups) {
  const Fact& fact = node.fact;
  switch (fact.field) {
    case Field::kTag:
      return Path("tags", PathLevels(fact.text, true), false);
    case Field::kFolder:
      return Path("folders", PathLevels(fact.text, false), fact.text.starts_with('/'));
    case Field::kName:
      return Wildcard("names", fact.text);
    case Field::kType:
      return Term("format", fact.text);
    case Field::kCamera:
      return Wildcard("camera", fact.text);
    case Field::kLens:
      return Wildcard("lens", fact.text);
    case Field::kIso:
      return FloatRange("iso", fact);
    case Field::kFNumber:
      return FloatRange("f_number", fact);
    case Field::kExposure:
      return FloatRange("exposure_s", fact);
    case Field::kFocalLength:
      return FloatRange("focal_length_mm", fact);
    case Field::kDate:
      return Range("taken_s", fact.low, fact.high, true);
    case Field::kSize:
      return Size(fact);
    case Field::kOrientation:
      return Term("shape", fact.text);
    case Field::kRating:
      return Range("rating", fact.low, fact.high);
    case Field::kNear:
      return Near(fact);
    case Field::kMood:
      return Term("mood", fact.text);
    case Field::kIs:
      return State(node, lookups);
    case Field::kColor:
      return ColorFilter(fact.color);
    case Field::kBoard:
      return OnBoard(node, lookups);
  }
  return Error(Code::kInternal, "a field without a filter");
}

Result<Json> Group(const QueryNode& node, const FilterLookups& lookups) {
  Json children = Json::array();
  for (const QueryNode& child : node.children) {
    VITRINE_TRY_ASSIGN(Json filter, FilterOf(child, lookups));
    children.push_back(std::move(filter));
  }
  if (node.kind == Kind::kAll) return Json{{"bool", {{"filter", std::move(children)}}}};
  return Json{{"bool", {{"should", std::move(children)}, {"minimum_should_match", 1}}}};
}

Result<Json> Positive(const QueryNode& node, const FilterLookups& lookups) {
  switch (node.kind) {
    case Kind::kFact:
      return FactFilter(node, lookups);
    case Kind::kExact:
      return PhraseFilter({node.text});
    case Kind::kAll:
    case Kind::kAny:
      return Group(node, lookups);
    case Kind::kMeaning:
    case Kind::kPicture:
    case Kind::kAsset:
      break;
  }
  return Error(Code::kInternal, "a likeness among the facts of a query");
}

}  // namespace

Json PhraseFilter(const std::vector<std::string>& phrases) {
  Json any = Json::array();
  for (const std::string& phrase : phrases) {
    const std::string words = TokenText(phrase);
    if (words.empty()) continue;
    for (const char* field : kWordFields)
      any.push_back({{"match_phrase", {{std::string("words.") + field, words}}}});
  }
  if (any.empty()) return Nothing();
  return {{"bool", {{"should", std::move(any)}, {"minimum_should_match", 1}}}};
}

Json PicturesFilter(std::span<const AssetId> pictures) {
  Json any = Json::array();
  for (std::size_t first = 0; first < pictures.size(); first += kMostTerms) {
    Json ids = Json::array();
    for (const AssetId id : pictures.subspan(first, std::min(kMostTerms, pictures.size() - first)))
      ids.push_back(static_cast<std::int64_t>(id));
    any.push_back({{"terms", {{"id", std::move(ids)}}}});
  }
  if (any.empty()) return Nothing();
  if (any.size() == 1) return std::move(any.front());
  return {{"bool", {{"should", std::move(any)}, {"minimum_should_match", 1}}}};
}

Result<Json> FilterOf(const QueryNode& node, const FilterLookups& lookups) {
  VITRINE_TRY_ASSIGN(Json filter, Positive(node, lookups));
  return node.excluded ? Not(filter) : filter;
}

Result<Json> FilterOfAll(const std::vector<QueryNode>& nodes, const FilterLookups& lookups) {
  Json all = Json::array();
  for (const QueryNode& node : nodes) {
    VITRINE_TRY_ASSIGN(Json filter, FilterOf(node, lookups));
    all.push_back(std::move(filter));
  }
  if (all.empty()) return Json{{"match_all", Json::object()}};
  return Json{{"bool", {{"filter", std::move(all)}}}};
}

}  // namespace vitrine::cluster
