// A cluster in a thread: keeps documents in memory and answers the searches that src/cluster asks, each
// filter by its plain meaning, each score by looking at every document. Slow and obvious, so that it can
// judge.
#pragma once

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <regex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/file.h"
#include "base/oklab.h"
#include "cluster/cluster.h"
#include "cluster/link.h"
#include "query/filter.h"

namespace vitrine {

class StandInCluster {
 public:
  using Json = nlohmann::json;
  struct Document {
    std::string id;
    Json source;
  };

  explicit StandInCluster(std::vector<Document> documents) : documents_(std::move(documents)) {
    std::array<int, 2> pair{};
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()), 0);
    link_ = std::make_shared<cluster::Link>(UniqueFd(pair[0]));
    thread_ = std::thread([this, socket = pair[1]] {
      const UniqueFd ours(socket);
      while (const auto request = cluster::ReceiveRequest(socket)) {
        if (!cluster::Send(socket, Serve(*request))) break;
      }
    });
  }
  ~StandInCluster() {
    link_.reset();
    thread_.join();
  }

  std::unique_ptr<cluster::Cluster> Open() {
    return cluster::Cluster::Open(link_, {.host = "127.0.0.1", .port = 9200, .name = "a"}).value();
  }

  /// So many of six shards do not answer.
  void set_missing(int shards) { missing_ = shards; }

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

 private:
  static Json::json_pointer Pointer(std::string field) {
    std::ranges::replace(field, '.', '/');
    return Json::json_pointer("/" + field);
  }

  static std::vector<Json> ValuesOf(const Document& document, const std::string& field) {
    if (field == "_id") return {document.id};
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

  // What a document is sorted by; a value that it does not have comes last, whatever the direction.
  static Json KeyOf(const Json& sort, const Json& query, const Document& document) {
    Json key = Json::array();
    for (const Json& by : sort) {
      if (by == "_score") {
        key.push_back(ScoreOf(query, document));
        continue;
      }
      const std::vector<Json> values = ValuesOf(document, by.begin().key());
      key.push_back(values.empty() ? Json() : values.front());
    }
    return key;
  }
  static bool StandsBefore(const Json& sort, const Json& a, const Json& b) {
    for (std::size_t i = 0; i < sort.size(); ++i) {
      if (a[i] == b[i]) continue;
      if (a[i].is_null() || b[i].is_null()) return b[i].is_null();
      const Json& by = sort[i];
      const bool down = by == "_score" || by.begin().value() == "desc" ||
                        (by.begin().value().is_object() && by.begin().value()["order"] == "desc");
      return down ? a[i] > b[i] : a[i] < b[i];
    }
    return false;
  }

  Json Aggregate(const Json& of, const std::vector<const Document*>& found) const {
    const std::string kind = of.begin().key();
    const Json& how = of.begin().value();
    const auto count = [&](const Json& filter) {
      return std::ranges::count_if(found, [&](const Document* document) { return Holds(filter, *document); });
    };
    if (kind == "filter") return {{"doc_count", count(how)}};
    Json buckets = Json::array();
    if (kind == "filters") {
      for (const Json& filter : how["filters"]) buckets.push_back({{"doc_count", count(filter)}});
      return {{"buckets", std::move(buckets)}};
    }
    std::map<Json, std::size_t> values;
    for (const Document* document : found) {
      for (const Json& value : ValuesOf(*document, how["field"])) ++values[value];
    }
    if (kind == "stats") {
      if (values.empty()) return {{"count", 0}};
      return {{"count", values.size()}, {"min", values.begin()->first}, {"max", values.rbegin()->first}};
    }
    std::vector<std::pair<Json, std::size_t>> sorted(values.begin(), values.end());
    std::ranges::stable_sort(sorted, std::greater<>(), &std::pair<Json, std::size_t>::second);
    for (std::size_t i = 0; i < std::min(sorted.size(), how["size"].get<std::size_t>()); ++i)
      buckets.push_back({{"key", sorted[i].first}, {"doc_count", sorted[i].second}});
    return {{"buckets", std::move(buckets)}};
  }

  static Json HitOf(const Json& body, const Document& document, Json key) {
    Json source = Json::object(), fields = Json::object();
    const Json wanted = body.value("_source", Json(false));
    for (const Json& field : wanted.is_array() ? wanted : Json::array()) {
      const std::string name = field.get<std::string>().substr(0, field.get<std::string>().find('.'));
      if (document.source.contains(name)) source[name] = document.source[name];
    }
    for (const Json& field : body.value("docvalue_fields", Json::array())) {
      if (const auto values = ValuesOf(document, field); !values.empty())
        fields[field.get<std::string>()] = values;
    }
    return {{"_id", document.id},
            {"_source", std::move(source)},
            {"fields", std::move(fields)},
            {"sort", std::move(key)},
            {"matched_queries", NamesOf(body["query"], document)}};
  }

  Json Search(const Json& body) const {
    const Json sort = body.value("sort", Json{"_score"});
    std::vector<std::pair<Json, const Document*>> found;
    std::vector<const Document*> all;
    for (const Document& document : documents_) {
      if (!Holds(body["query"], document)) continue;
      all.push_back(&document);
      Json key = KeyOf(sort, body["query"], document);
      if (!body.contains("search_after") || StandsBefore(sort, body["search_after"], key))
        found.emplace_back(std::move(key), &document);
    }
    std::ranges::stable_sort(
        found, [&](const auto& a, const auto& b) { return StandsBefore(sort, a.first, b.first); });
    Json hits = Json::array();
    for (std::size_t i = 0; i < std::min(found.size(), body.value("size", std::size_t{10})); ++i)
      hits.push_back(HitOf(body, *found[i].second, found[i].first));
    Json answer = {{"_shards", {{"total", 6}, {"failed", missing_.load()}}},
                   {"timed_out", false},
                   {"status", 200},
                   {"hits", {{"total", {{"value", all.size()}}}, {"hits", std::move(hits)}}}};
    const Json aggregations = body.value("aggs", Json::object());
    for (const auto& [name, aggregation] : aggregations.items())
      answer["aggregations"][name] = Aggregate(aggregation, all);
    return answer;
  }

  cluster::Answer Serve(const cluster::Request& request) const {
    const auto says = [](const Json& json) {
      return cluster::Answer{.status = 200, .trouble = cluster::Trouble::kNone, .body = json.dump()};
    };
    if (request.path == "/")
      return says({{"version", {{"distribution", "opensearch"}, {"number", "3.3.2"}}}});
    if (request.path.starts_with("/_nodes")) return says(Json::object());
    if (request.path.find("/point_in_time") != std::string::npos) return says({{"pit_id", "now"}});
    if (request.path.find("/_search") != std::string::npos) return says(Search(Json::parse(request.body)));
    Json responses = Json::array();
    std::string_view lines = request.body;
    for (bool header = true; !lines.empty(); header = !header) {
      const std::size_t end = lines.find('\n');
      if (!header) responses.push_back(Search(Json::parse(lines.substr(0, end))));
      lines.remove_prefix(end + 1);
    }
    return says({{"responses", std::move(responses)}});
  }

  const std::vector<Document> documents_;
  std::atomic<int> missing_ = 0;
  std::shared_ptr<cluster::Link> link_;
  std::thread thread_;
};

}  // namespace vitrine
