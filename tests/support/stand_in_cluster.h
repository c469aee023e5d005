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
#include <memory>
#include <nlohmann/json.hpp>
#include <regex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/file.h"
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
    if (query.begin().key() == "script_score")
      return 1 + Cosine(of["script"]["params"]["query_value"], document.source["vector"]);
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

  Json Search(const Json& body) const {
    struct Scored {
      const Document* document;
      std::vector<double> key;
    };
    std::vector<Scored> found;
    const Json& query = body["query"];
    for (const Document& document : documents_) {
      if (!Holds(query, document)) continue;
      std::vector<double> key;
      for (const Json& by : body.value("sort", Json{"_score"})) {
        if (by == "_score") {
          key.push_back(-ScoreOf(query, document));
          continue;
        }
        const bool down = by.begin().value().is_object();
        const std::vector<Json> values = ValuesOf(document, by.begin().key());
        key.push_back(values.empty() ? HUGE_VAL : (down ? -1 : 1) * values.front().get<double>());
      }
      found.push_back({&document, std::move(key)});
    }
    std::ranges::stable_sort(found, {}, &Scored::key);
    Json hits = Json::array();
    for (std::size_t i = 0; i < std::min(found.size(), body.value("size", std::size_t{10})); ++i) {
      Json source = Json::object();
      for (const Json& field : body.value("_source", Json::array())) {
        const std::string name = field;
        if (found[i].document->source.contains(name)) source[name] = found[i].document->source[name];
      }
      hits.push_back({{"_id", found[i].document->id},
                      {"_source", std::move(source)},
                      {"matched_queries", NamesOf(query, *found[i].document)}});
    }
    Json answer = {{"_shards", {{"total", 6}, {"failed", missing_.load()}}},
                   {"timed_out", false},
                   {"status", 200},
                   {"hits", {{"total", {{"value", found.size()}}}, {"hits", std::move(hits)}}}};
    const Json aggregations = body.value("aggs", Json::object());
    for (const auto& [name, aggregation] : aggregations.items()) {
      answer["aggregations"][name]["doc_count"] = std::ranges::count_if(
          documents_, [&](const Document& document) { return Holds(aggregation["filter"], document); });
    }
    return answer;
  }

  cluster::Answer Serve(const cluster::Request& request) const {
    const auto says = [](const Json& json) {
      return cluster::Answer{.status = 200, .trouble = cluster::Trouble::kNone, .body = json.dump()};
    };
    if (request.path == "/")
      return says({{"version", {{"distribution", "opensearch"}, {"number", "3.3.2"}}}});
    if (request.path.starts_with("/_nodes")) return says(Json::object());
    if (request.path.ends_with("/_search")) return says(Search(Json::parse(request.body)));
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
