#include "cluster/paging.h"

#include <nlohmann/json.hpp>

#include "base/try.h"

namespace vitrine::cluster {
namespace {

using Json = nlohmann::json;

using HitVisit = std::function<Status(const Json& hit)>;

Status VisitView(const Cluster& cluster, const std::string& view, const Json& asked, std::size_t page,
                 const HitVisit& visit) {
  Json body = {{"size", page},
               {"track_total_hits", false},
               {"pit", {{"id", view}, {"keep_alive", "5m"}}},
               {"sort", {{{"id", "asc"}}, {{"sent", "asc"}}}}};
  body.update(asked);
  while (true) {
    VITRINE_TRY_ASSIGN(const Json answer, cluster.Ask(Method::kPost, "/_search", body.dump(), 120'000));
    VITRINE_TRY(CheckWhole(cluster, answer));
    const Json hits = answer.value("/hits/hits"_json_pointer, Json::array());
    for (const Json& hit : hits) VITRINE_TRY(visit(hit));
    if (hits.size() < page) return {};
    body["search_after"] = hits.back().at("sort");
  }
}

Status Visit(const Cluster& cluster, const std::string& index, const Json& asked, std::size_t page,
             const HitVisit& visit) {
  VITRINE_TRY_ASSIGN(const Json opened,
                     cluster.Ask(Method::kPost, "/" + index + "/_search/point_in_time?keep_alive=5m"));
  const std::string view = opened.value("pit_id", "");
  const Status visited = VisitView(cluster, view, asked, page, visit);
  // Best effort: it goes by itself after its five minutes.
  static_cast<void>(
      cluster.Ask(Method::kDelete, "/_search/point_in_time", Json{{"pit_id", {view}}}.dump()).has_value());
  return visited;
}

}  // namespace

Status CheckWhole(const Cluster& cluster, const Json& answer) {
  if (answer.value("/_shards/failed"_json_pointer, 0) == 0 && !answer.value("timed_out", false)) return {};
  return Error(Code::kIo, "some shards of the cluster " + cluster.address().cluster() +
                              " do not answer; vitrine doctor says which. Try again when it is green");
}

Status ForEachMatch(const Cluster& cluster, const std::string& index, const Json& query,
                    const std::vector<std::string>& fields, const DocumentVisit& visit, std::size_t page) {
  return Visit(cluster, index, {{"query", query}, {"_source", fields}}, page, [&](const Json& hit) {
    return visit(hit.value("_id", ""), hit.value("_source", Json::object()));
  });
}

Status ForEachDocument(const Cluster& cluster, const std::string& index,
                       const std::vector<std::string>& fields, const DocumentVisit& visit, std::size_t page) {
  return ForEachMatch(cluster, index, {{"match_all", Json::object()}}, fields, visit, page);
}

Status ForEachValue(const Cluster& cluster, const std::string& index, const std::string& field,
                    const ValueVisit& visit, std::size_t page) {
  const Json asked = {
      {"query", {{"match_all", Json::object()}}}, {"_source", false}, {"docvalue_fields", {field}}};
  return Visit(cluster, index, asked, page, [&](const Json& hit) {
    const Json values = hit.value(Json::json_pointer("/fields/" + field), Json::array());
    const bool there = !values.empty() && values.front().is_string();
    return visit(hit.value("_id", ""), there ? values.front().get<std::string>() : "");
  });
}

}  // namespace vitrine::cluster
