#include "cluster/browsing.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <unordered_map>
#include <utility>

#include "base/hash.h"
#include "base/try.h"
#include "base/utf8.h"
#include "index/row_table.h"

namespace vitrine::cluster {
namespace {

using Json = nlohmann::json;

constexpr std::uint32_t kTimeoutMs = 60'000;

Json By(const char* field, const char* direction) {
  return {{field, {{"order", direction}, {"missing", "_last"}}}};
}

// The orders of engine/row_orders.h: ties by folder, then by name, then by number.
Json SortOf(Order order) {
  const Json folder = By("order_folder", "asc"), name = By("order_name", "asc"), id = By("id", "asc");
  switch (order) {
    case Order::kNewest:
      return {By("taken_s", "desc"), folder, name, id};
    case Order::kOldest:
      return {By("taken_s", "asc"), folder, name, id};
    case Order::kName:
      return {name, folder, id};
    case Order::kAdded:
      break;
  }
  return {By("id", "desc")};
}

// The one value of a column, or a fallback.
template <typename T>
T Value(const Json& fields, const char* name, T fallback) {
  const auto found = fields.find(name);
  if (found == fields.end() || !found->is_array() || found->empty() || !found->front().is_number())
    return fallback;
  return found->front().get<T>();
}

// Of the columns of a hit.
Result<AssetId> IdOf(const Json& fields) {
  const auto id = Value<std::int64_t>(fields, "id", 0);
  if (id <= 0) return Error(Code::kCorrupt, "a document of the cluster has no number");
  return AssetId{id};
}

Status Append(const Json& hit, Timeline& timeline) {
  const Json& fields = hit.at("fields");
  VITRINE_TRY_ASSIGN(const AssetId id, IdOf(fields));
  timeline.ids.push_back(id);
  timeline.widths_px.push_back(Value<float>(fields, "width", 0));
  timeline.heights_px.push_back(Value<float>(fields, "height", 0));
  timeline.taken_at_s.push_back(Value<std::int64_t>(fields, "taken_s", Listing::kNoTime));
  return {};
}

}  // namespace

Result<Json> Browsing::Search(const Json& body, const std::string& path) {
  VITRINE_TRY_ASSIGN(Json answer, cluster_.Ask(Method::kPost, path, body.dump(), kTimeoutMs));
  missing_.Note(answer);
  return answer;
}

Result<Timeline> Browsing::InOrder(const Json& filter, Order order, std::size_t most, std::size_t page) {
  VITRINE_TRY_ASSIGN(const Json opened,
                     cluster_.Ask(Method::kPost, "/" + index_ + "/_search/point_in_time?keep_alive=2m" +
                                                     "&allow_partial_pit_creation=true"));
  const std::string view = opened.value("pit_id", "");
  Timeline timeline;
  const Status read = Read(view, filter, order, most, page, timeline);
  // Best effort: it goes by itself after its two minutes.
  static_cast<void>(
      cluster_.Ask(Method::kDelete, "/_search/point_in_time", Json{{"pit_id", {view}}}.dump()).has_value());
  if (!read) return read.error();
  return timeline;
}

Status Browsing::Read(const std::string& view, const Json& filter, Order order, std::size_t most,
                      std::size_t page, Timeline& timeline) {
  // Without the documents' names too: to read one, the cluster unpacks the whole document.
  Json body = {{"_source", false},
               {"stored_fields", "_none_"},
               {"docvalue_fields", {"id", "width", "height", "taken_s"}},
               {"track_total_hits", true},
               {"query", {{"bool", {{"filter", {filter}}}}}},
               {"pit", {{"id", view}, {"keep_alive", "2m"}}},
               {"sort", SortOf(order)}};
  while (timeline.ids.size() < most) {
    const std::size_t wanted = std::min(page, most - timeline.ids.size());
    body["size"] = wanted;
    VITRINE_TRY_ASSIGN(const Json answer, Search(body, "/_search"));
    if (body["track_total_hits"])
      timeline.total = answer.value("/hits/total/value"_json_pointer, std::uint64_t{0});
    body["track_total_hits"] = false;
    const Json& hits = answer.at("hits").at("hits");
    for (const Json& hit : hits) VITRINE_TRY(Append(hit, timeline));
    if (hits.size() < wanted) return {};
    body["search_after"] = hits.back().at("sort");
  }
  return {};
}

Result<std::uint64_t> Browsing::Version() {
  const Json body = {
      {"size", 0}, {"track_total_hits", true}, {"aggs", {{"changes", {{"stats", {{"field", "_seq_no"}}}}}}}};
  VITRINE_TRY_ASSIGN(const Json answer, Search(body, "/" + index_ + "/_search?request_cache=true"));
  const std::string text = answer.value("/aggregations/changes"_json_pointer, Json()).dump();
  return Checksum64(std::as_bytes(std::span(text))) & ((std::uint64_t{1} << 53) - 1);
}

Result<std::vector<Json>> Browsing::Hits(std::span<const AssetId> ids, Json body) {
  std::vector<Json> found;
  for (std::size_t first = 0; first < ids.size(); first += kMostHits) {
    Json wanted = Json::array();
    for (const AssetId id : ids.subspan(first, std::min(kMostHits, ids.size() - first)))
      wanted.push_back(static_cast<std::int64_t>(id));
    body["size"] = wanted.size();
    body["track_total_hits"] = false;
    body["query"] = {{"bool", {{"filter", {{{"terms", {{"id", std::move(wanted)}}}}}}}}};
    VITRINE_TRY_ASSIGN(const Json answer, Search(body, "/" + index_ + "/_search"));
    for (const Json& hit : answer.value("/hits/hits"_json_pointer, Json::array())) found.push_back(hit);
  }
  return found;
}

Result<std::vector<Json>> Browsing::Documents(std::span<const AssetId> ids, const Json& fields) {
  VITRINE_TRY_ASSIGN(const std::vector<Json> hits, Hits(ids, {{"_source", fields}}));
  std::unordered_map<std::int64_t, const Json*> found;
  for (const Json& hit : hits) found.emplace(hit.value("/_source/id"_json_pointer, std::int64_t{0}), &hit);
  std::vector<Json> documents;
  for (const AssetId id : ids) {
    if (const auto at = found.find(static_cast<std::int64_t>(id)); at != found.end())
      documents.push_back(*at->second);
  }
  return documents;
}

Result<std::vector<std::pair<AssetId, Sha256Digest>>> Browsing::Contents(std::span<const AssetId> ids) {
  VITRINE_TRY_ASSIGN(const std::vector<Json> hits,
                     Hits(ids, {{"_source", false}, {"docvalue_fields", {"id"}}}));
  std::vector<std::pair<AssetId, Sha256Digest>> contents;
  for (const Json& hit : hits) {
    VITRINE_TRY_ASSIGN(const AssetId id, IdOf(hit.value("fields", Json::object())));
    const auto content = DigestFromHex(hit.value("_id", ""));
    if (!content) return Error(Code::kCorrupt, "a document of the cluster is no picture's");
    contents.emplace_back(id, *content);
  }
  return contents;
}

Result<std::vector<PictureCopy>> Browsing::Pictures(std::span<const AssetId> ids) {
  VITRINE_TRY_ASSIGN(const std::vector<Json> documents, Documents(ids, {"id", "picture"}));
  std::vector<PictureCopy> pictures;
  for (const Json& document : documents) {
    VITRINE_TRY_ASSIGN(PictureCopy picture, KnownOf(document.value("_id", ""), document.at("_source")));
    pictures.push_back(std::move(picture));
  }
  return pictures;
}

Result<std::vector<PathBytes>> Browsing::Paths(std::span<const AssetId> ids) {
  VITRINE_TRY_ASSIGN(const std::vector<Json> documents,
                     Documents(ids, {"id", "picture.files.path", "picture.files.path_b64"}));
  std::vector<PathBytes> paths;
  for (const Json& document : documents) {
    const Json files = document.value("/_source/picture/files"_json_pointer, Json::array());
    if (files.empty())
      return Error(Code::kCorrupt, "the document " + Quoted(document.value("_id", "")) + " has no path");
    paths.push_back(PathOf(files.front()));
  }
  return paths;
}

Result<std::vector<AssetId>> Browsing::IdsOf(std::span<const std::string> documents) {
  std::vector<AssetId> ids;
  for (std::size_t first = 0; first < documents.size(); first += kMostHits) {
    const auto some = documents.subspan(first, std::min(kMostHits, documents.size() - first));
    const Json body = {{"ids", std::vector<std::string>(some.begin(), some.end())}};
    VITRINE_TRY_ASSIGN(const Json answer, cluster_.Ask(Method::kPost, "/" + index_ + "/_mget?_source=id",
                                                       body.dump(), kTimeoutMs));
    const Json found = answer.value("docs", Json::array());
    if (found.size() != some.size())
      return Error(Code::kIo, "the cluster answered for " + std::to_string(found.size()) + " of " +
                                  std::to_string(some.size()) + " documents");
    for (const Json& document : found)
      ids.push_back(AssetId{document.value("/_source/id"_json_pointer, std::int64_t{0})});
  }
  return ids;
}

Result<std::vector<std::vector<float>>> Browsing::Vectors(std::span<const AssetId> ids,
                                                          std::size_t dimension) {
  VITRINE_TRY_ASSIGN(const std::vector<Json> documents, Documents(ids, {"id", "code"}));
  std::unordered_map<std::int64_t, std::vector<float>> known;
  for (const Json& document : documents) {
    const Json& source = document.at("_source");
    VITRINE_TRY_ASSIGN(const EncodedRows row, CodeOf(source, dimension));
    if (row.scales.front() <= 0) continue;
    known.emplace(source.at("id").get<std::int64_t>(), TableInMemory(row)->Vector(0));
  }
  std::vector<std::vector<float>> vectors;
  for (const AssetId id : ids) vectors.push_back(known[static_cast<std::int64_t>(id)]);
  return vectors;
}

Result<Json> Browsing::Aggregate(const Json& filter, const Json& aggregations) {
  const Json body = {{"size", 0},
                     {"track_total_hits", false},
                     {"query", {{"bool", {{"filter", {filter}}}}}},
                     {"aggs", aggregations}};
  VITRINE_TRY_ASSIGN(const Json answer, Search(body, "/" + index_ + "/_search?request_cache=true"));
  return answer.value("aggregations", Json::object());
}

}  // namespace vitrine::cluster
