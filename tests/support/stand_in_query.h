// The queries of a cluster by their plain meaning, one document at a time. Slow and obvious, so that it can
// judge.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

#include "base/oklab.h"
#include "query/filter.h"

namespace vitrine {

class StandInQuery {
 public:
  using Json = nlohmann::json;
  struct Document {
    std::string id;
    Json source;
    std::int64_t seq_no = 0;  ///< Of its last write.
  };

  static bool Holds(const Json& filter, const Document& document) {
    const std::string kind = filter.begin().key();
    const Json& of = filter.begin().value();
    if (kind == "match_all") return true;
    if (kind == "match_none") return false;
    if (kind == "exists") return !ValuesOf(document, of["field"]).empty();
    if (kind == "constant_score") return Holds(of["filter"], document);
    if (kind == "script_score") return Holds(of["query"], document);
    if (kind == "bool") return HoldsBool(of, document);
    if (kind == "geo_distance") return IsNear(of, document);
    if (kind == "script") return HasColorOf(of["script"]["params"], document);
    const Json& wanted = of.begin().value();
    if (kind == "match_phrase") {
      const std::string text = document.source.value(Pointer(of.begin().key()), "");
      return (" " + text + " ").find(" " + wanted.get<std::string>() + " ") != std::string::npos;
    }
    const std::vector<Json> values = ValuesOf(document, of.begin().key());
    return std::ranges::any_of(values, [&](const Json& value) {
      if (kind == "term") return value == wanted;
      if (kind == "prefix") return value.get<std::string>().starts_with(wanted.get<std::string>());
      if (kind == "terms") return std::find(wanted.begin(), wanted.end(), value) != wanted.end();
      if (kind == "range") return IsWithin(value.get<double>(), wanted);
      if (kind == "regexp") {
        return std::regex_match(value.get<std::string>(), std::regex(wanted["value"].get<std::string>()));
      }
      if (kind == "wildcard") return Fits(wanted["value"].get<std::string>(), value.get<std::string>());
      ADD_FAILURE() << "a query that the stand-in does not know: " << kind;
      return false;
    });
  }

  static Json::json_pointer Pointer(std::string field) {
    std::ranges::replace(field, '.', '/');
    return Json::json_pointer("/" + field);
  }

  static std::vector<Json> ValuesOf(const Document& document, const std::string& field) {
    if (field == "_id") return {document.id};
    if (field == "_seq_no") return {document.seq_no};
    const auto pointer = Pointer(field);
    if (!document.source.contains(pointer)) return {};
    const Json& value = document.source[pointer];
    return value.is_array() ? std::vector<Json>(value.begin(), value.end()) : std::vector<Json>{value};
  }

  static bool IsWithin(double value, const Json& ends) {
    return !(ends.contains("gte") && value < ends["gte"].get<double>()) &&
           !(ends.contains("lte") && value > ends["lte"].get<double>()) &&
           !(ends.contains("lt") && value >= ends["lt"].get<double>());
  }

  // '*' for any run, '?' for one character, '\' before what stands for itself.
  static bool Fits(std::string_view pattern, std::string_view text) {
    if (pattern.empty()) return text.empty();
    if (pattern[0] == '*') {
      return Fits(pattern.substr(1), text) || (!text.empty() && Fits(pattern, text.substr(1)));
    }
    if (text.empty()) return false;
    const bool escaped = pattern[0] == '\\' && pattern.size() > 1;
    const bool same = pattern[escaped ? 1 : 0] == text[0] || (!escaped && pattern[0] == '?');
    return same && Fits(pattern.substr(escaped ? 2 : 1), text.substr(1));
  }

  static bool IsNear(const Json& of, const Document& document) {
    if (!document.source.contains("place")) return false;
    const Json& place = document.source["place"];
    return Kilometres(place["lat"], place["lon"], of["place"]["lat"], of["place"]["lon"]) <=
           std::stod(of["distance"].get<std::string>());
  }

  // Calls visit(distance from a wanted colour, share) for each swatch of a picture.
  template <typename Visit>
  static void ForEachSwatch(const Document& document, const Json& wanted, const Visit& visit) {
    const OkLab color = {.l = wanted["l"], .a = wanted["a"], .b = wanted["b"]};
    for (const Json& swatch : document.source["picture"].value("palette", Json::array()))
      visit(ColorDistance(ToOkLab(swatch[0], swatch[1], swatch[2]), color), swatch[3].get<float>());
  }

  static bool HasColorOf(const Json& params, const Document& document) {
    float sum = 0;
    ForEachSwatch(document, params["wanted"], [&](float distance, float share) {
      if (distance <= params["reach"].get<float>()) sum += share;
    });
    return sum > 0 && sum >= params["least"].get<float>();
  }

  // What the words that a picture holds are worth, and how well it has all of the colours.
  static double ExtraOf(const Json& params, double words, const Document& document) {
    double fit = 1;
    for (const Json& wanted : params["wanted"]) {
      double sum = 0;
      ForEachSwatch(document, wanted, [&](float distance, float share) {
        const double off = static_cast<double>(distance) / params["reach"].get<double>();
        sum += static_cast<double>(share) * std::exp(-off * off / 2);
      });
      fit = std::min(fit, sum > 0 ? sum / (sum + wanted["share"].get<double>()) : 0);
    }
    const double asked = params["asked"];
    const double covered = asked > 0 ? words / asked : 0;
    const double all_found = covered > 0.999 ? params["all_found"].get<double>() : 0;
    return words * std::sqrt(covered) + all_found + params["nats"].get<double>() * fit;
  }

  static bool HoldsBool(const Json& of, const Document& document) {
    const auto all = [&](const char* part) {
      const Json parts = of.value(part, Json::array());
      return std::all_of(parts.begin(), parts.end(), [&](const Json& one) { return Holds(one, document); });
    };
    const auto none = [&](const char* part) {
      const Json parts = of.value(part, Json::array());
      return std::none_of(parts.begin(), parts.end(), [&](const Json& one) { return Holds(one, document); });
    };
    if (!all("filter") || !all("must") || !none("must_not")) return false;
    const bool optional = !of.contains("should") || (of.value("minimum_should_match", 0) == 0 &&
                                                     (of.contains("filter") || of.contains("must")));
    return optional || !none("should");
  }

  static double Cosine(const Json& a, const Json& b) {
    double dot = 0, left = 0, right = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
      const double x = a[i], y = b[i];
      dot += x * y;
      left += x * x;
      right += y * y;
    }
    return dot / std::sqrt(left * right);
  }

  static double ScoreOf(const Json& query, const Document& document) {
    const Json& of = query.begin().value();
    if (query.begin().key() == "script_score") {
      const Json& params = of["script"]["params"];
      if (of["script"]["source"] != "knn_score")
        return ExtraOf(params, ScoreOf(of["query"], document), document);
      return 1 + Cosine(params["query_value"], document.source["vector"]);
    }
    double score = 0;
    for (const Json& part : of.value("should", Json::array())) {
      if (Holds(part, document)) score += part["constant_score"].value("boost", 1.0);
    }
    return score;
  }

  static Json NamesOf(const Json& query, const Document& document) {
    Json names = Json::array();
    const Json* of = &query.begin().value();
    if (query.begin().key() == "script_score") of = &(*of)["query"].begin().value();
    for (const Json& part : of->value("should", Json::array())) {
      if (part.contains("constant_score") && part["constant_score"].contains("_name") &&
          Holds(part, document))
        names.push_back(part["constant_score"]["_name"]);
    }
    return names;
  }
};

}  // namespace vitrine
