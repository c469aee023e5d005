// What a cluster keeps, in memory: documents under ids, written only upon what was read where that is asked
// for, and seen by searches after a refresh alone; mappings, which a strict one holds documents to; aliases.
#pragma once

#include <atomic>
#include <charconv>
#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "cluster/wire.h"
#include "support/stand_in_query.h"

namespace vitrine {

/// Thread-safe.
class StandInStore {
 public:
  using Json = nlohmann::json;
  using Document = StandInQuery::Document;

  /// @param pictures  of the library "a".
  explicit StandInStore(const std::vector<Document>& pictures = {}) {
    for (const Document& picture : pictures) now_["vitrine-library-a"][picture.id] = picture;
    seen_ = now_;
  }

  /// So many of six shards do not answer.
  void set_missing(int shards) { missing_ = shards; }

  /// Of an index or an alias.
  std::map<std::string, Document> DocumentsOf(const std::string& index) {
    const std::lock_guard lock(mutex_);
    return now_[Resolved(index)];
  }
  /// Puts it there as some other writer would.
  void Put(const std::string& index, const std::string& id, Json source) {
    const std::lock_guard lock(mutex_);
    now_[Resolved(index)][id] = {.id = id, .source = std::move(source), .seq_no = ++written_};
  }
  Json MappingOf(const std::string& index) {
    const std::lock_guard lock(mutex_);
    return mappings_[Resolved(index)];
  }
  void SetMapping(const std::string& index, Json mapping) {
    const std::lock_guard lock(mutex_);
    mappings_[Resolved(index)] = std::move(mapping);
  }

  cluster::Answer Serve(const cluster::Request& request) {
    const std::lock_guard lock(mutex_);
    if (request.path == "/")
      return Says(200, {{"version", {{"distribution", "opensearch"}, {"number", "3.3.2"}}}});
    if (request.path.starts_with("/_nodes")) return Says(200, Json::object());
    Path path(request.path);
    if (path.index == "_cluster")
      return Says(200, {{"number_of_data_nodes", 1}, {"active_primary_shards", 1}});
    if (path.index == "_index_template") return KeepTemplate(Json::parse(request.body));
    if (path.index == "_aliases") return MoveAlias(Json::parse(request.body));
    if (path.index != "_search") path.index = Resolved(path.index);
    if (path.last() == "_msearch") return SearchMany(path.index, request.body);
    if (path.index == "_search") return ServeSearch(path, request);
    if (path.parts.empty() && request.method == cluster::Method::kPut)
      return MakeIndex(path.index, request.body);
    if (path.last() == "_mapping") return ServeMapping(path.index, request);
    if (path.last() == "_mget") return GetMany(path.index, Json::parse(request.body));
    if (path.last() == "_bulk") return WriteMany(path.index, request.body);
    if (!now_.contains(path.index)) return NoIndex();
    if (path.last() == "_search") return ServeSearch(path, request);
    if (path.last() == "point_in_time") return Says(200, {{"pit_id", path.index}});
    if (path.last() == "_refresh") return Refresh(path.index);
    if (path.last() == "_settings") return Says(200, Json::object());
    if (path.parts.size() == 2) return WriteOne(path, Json::parse(request.body));
    ADD_FAILURE() << "a request that the stand-in does not know: " << request.path;
    return Says(400, Json::object());
  }

  static cluster::Answer Says(std::uint32_t status, const Json& json) {
    return {.status = status, .trouble = cluster::Trouble::kNone, .body = json.dump()};
  }

 private:
  using Index = std::map<std::string, Document>;
  static constexpr std::int64_t kAny = -1;  // A write upon whatever was read.

  struct Path {
    explicit Path(std::string_view text) {
      const std::size_t question = text.find('?');
      options = question == std::string_view::npos ? "" : std::string(text.substr(question + 1)) + "&";
      text = text.substr(0, question);
      for (std::size_t at = 1; at <= text.size();) {
        const std::size_t end = std::min(text.find('/', at), text.size());
        parts.emplace_back(text.substr(at, end - at));
        at = end + 1;
      }
      index = parts.front();
      parts.erase(parts.begin());
    }
    std::string last() const { return parts.empty() ? index : parts.back(); }
    std::int64_t Number(const std::string& name) const {
      const std::size_t at = options.find(name + "=");
      if (at == std::string::npos) return kAny;
      return std::stoll(options.substr(at + name.size() + 1));
    }
    std::string index, options;
    std::vector<std::string> parts;
  };

  static cluster::Answer NoIndex() { return Says(404, {{"error", {{"type", "index_not_found_exception"}}}}); }

  std::string Resolved(const std::string& name) const {
    const auto at = aliases_.find(name);
    return at == aliases_.end() ? name : at->second;
  }

  cluster::Answer KeepTemplate(const Json& body) {
    template_ = body.at("template").at("mappings");
    return Says(200, Json::object());
  }

  cluster::Answer MoveAlias(const Json& body) {
    for (const Json& action : body.at("actions")) {
      if (action.contains("add"))
        aliases_[action["add"]["alias"].get<std::string>()] = action["add"]["index"].get<std::string>();
    }
    return Says(200, Json::object());
  }

  cluster::Answer MakeIndex(const std::string& index, const std::string& body) {
    if (now_.contains(index)) return Says(400, {{"error", {{"type", "resource_already_exists_exception"}}}});
    now_[index];
    seen_[index];
    Json& mapping = mappings_[index];
    if (index.starts_with("vitrine-pictures-")) mapping = template_;
    if (!body.empty()) mapping.merge_patch(Json::parse(body).value("mappings", Json::object()));
    return Says(200, Json::object());
  }

  cluster::Answer ServeMapping(const std::string& index, const cluster::Request& request) {
    if (!now_.contains(index)) return NoIndex();
    Json& mapping = mappings_[index];
    if (request.method == cluster::Method::kPut) {
      const Json body = Json::parse(request.body);
      if (body.contains("_meta")) mapping["_meta"] = body["_meta"];
      if (body.contains("properties")) mapping["properties"].update(body["properties"]);
      return Says(200, Json::object());
    }
    if (mapping.is_null()) return Says(200, Json::object());
    return Says(200, {{index, {{"mappings", mapping}}}});
  }

  cluster::Answer Refresh(const std::string& index) {
    seen_[index] = now_[index];
    return Says(200, Json::object());
  }

  cluster::Answer GetMany(const std::string& index, const Json& body) {
    Json documents = Json::array();
    std::vector<std::pair<std::string, Json>> wanted;
    for (const Json& id : body.value("ids", Json::array())) wanted.emplace_back(id, Json());
    for (const Json& one : body.value("docs", Json::array())) wanted.emplace_back(one["_id"], one["_source"]);
    for (const auto& [id, fields] : wanted) {
      const auto at = now_.contains(index) ? now_[index].find(id) : Index::iterator();
      Json document = {{"_id", id}, {"found", now_.contains(index) && at != now_[index].end()}};
      if (document["found"].get<bool>()) {
        document["_source"] = fields.is_null() ? at->second.source : SourceOf(at->second, fields);
        document["_seq_no"] = at->second.seq_no;
        document["_primary_term"] = 1;
      }
      documents.push_back(std::move(document));
    }
    return Says(200, {{"docs", std::move(documents)}});
  }

  // 409 where the document is not as it was read, 400 where a strict mapping lacks one of its fields.
  std::uint32_t Write(const std::string& index, const std::string& id, const Json& source, std::int64_t upon,
                      const std::string& action) {
    const auto at = now_[index].find(id);
    const bool there = at != now_[index].end();
    if (action == "create" && there) return 409;
    if (upon != kAny && (!there || at->second.seq_no != upon)) return 409;
    if (action == "delete") return now_[index].erase(id) > 0 ? 200 : 404;
    if (const Json& mapping = mappings_[index];
        mapping.contains("dynamic") && mapping["dynamic"] == "strict") {
      for (const auto& [field, value] : source.items()) {
        if (!mapping["properties"].contains(field)) return 400;
      }
    }
    now_[index][id] = {.id = id, .source = source, .seq_no = ++written_};
    return there ? 200 : 201;
  }

  cluster::Answer WriteOne(const Path& path, const Json& source) {
    const std::uint32_t status =
        Write(path.index, path.parts[1], source, path.Number("if_seq_no"), path.parts[0].substr(1));
    if (status == 409) return Says(409, {{"error", {{"type", "version_conflict_engine_exception"}}}});
    if (path.options.find("refresh=true") != std::string::npos) Refresh(path.index);
    return Says(status, {{"_seq_no", written_}, {"_primary_term", 1}});
  }

  cluster::Answer WriteMany(const std::string& index, std::string_view lines) {
    const auto next = [&] {
      Json json = Json::parse(lines.substr(0, lines.find('\n')));
      lines.remove_prefix(lines.find('\n') + 1);
      return json;
    };
    Json items = Json::array();
    while (!lines.empty()) {
      const Json action = next();
      const std::string kind = action.begin().key();
      const Json& of = action.begin().value();
      const Json source = kind == "delete" ? Json() : next();
      const std::uint32_t status = Write(index, of["_id"], source, of.value("if_seq_no", kAny), kind);
      items.push_back({{kind, {{"status", status}, {"_seq_no", written_}, {"_primary_term", 1}}}});
    }
    return Says(200, {{"items", std::move(items)}});
  }

  // Lists are given whole, whichever of their fields were asked for.
  static Json SourceOf(const Document& document, const Json& fields) {
    Json source = Json::object();
    for (const Json& field : fields) {
      Json::json_pointer pointer = StandInQuery::Pointer(field);
      while (!document.source.contains(pointer) && pointer.parent_pointer() != Json::json_pointer())
        pointer.pop_back();
      const bool list = document.source.contains(pointer) && document.source[pointer].is_array();
      if (list || pointer == StandInQuery::Pointer(field)) {
        if (document.source.contains(pointer)) source[pointer] = document.source[pointer];
      }
    }
    return source;
  }

  // What a document is sorted by; a value that it does not have comes last, whatever the direction.
  static Json KeyOf(const Json& sort, const Json& query, const Document& document) {
    Json key = Json::array();
    for (const Json& by : sort) {
      if (by == "_score") {
        key.push_back(StandInQuery::ScoreOf(query, document));
        continue;
      }
      const std::vector<Json> values = StandInQuery::ValuesOf(document, by.begin().key());
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
                        (by.begin().value().is_object() && by.begin().value().value("order", "") == "desc");
      return down ? a[i] > b[i] : a[i] < b[i];
    }
    return false;
  }

  static Json HitOf(const Json& body, const Json& query, const Document& document, Json key) {
    const Json wanted = body.value("_source", Json(true));
    Json fields = Json::object();
    for (const Json& field : body.value("docvalue_fields", Json::array())) {
      if (const auto values = StandInQuery::ValuesOf(document, field); !values.empty())
        fields[field.get<std::string>()] = values;
    }
    return {{"_id", document.id},
            {"_source", wanted.is_array() ? SourceOf(document, wanted)
                        : wanted == false ? Json::object()
                                          : document.source},
            {"fields", std::move(fields)},
            {"sort", std::move(key)},
            {"matched_queries", StandInQuery::NamesOf(query, document)}};
  }

  Json Search(const std::string& index, const Json& body) {
    const Json query = body.value("query", Json{{"match_all", Json::object()}});
    const Json sort = body.value("sort", Json{"_score"});
    std::vector<const Document*> all;
    std::vector<std::pair<Json, const Document*>> found;
    for (const auto& [id, document] : seen_[index]) {
      if (!StandInQuery::Holds(query, document)) continue;
      all.push_back(&document);
      Json key = KeyOf(sort, query, document);
      if (!body.contains("search_after") || StandsBefore(sort, body["search_after"], key))
        found.emplace_back(std::move(key), &document);
    }
    std::ranges::stable_sort(
        found, [&](const auto& a, const auto& b) { return StandsBefore(sort, a.first, b.first); });
    Json hits = Json::array();
    for (std::size_t i = 0; i < std::min(found.size(), body.value("size", std::size_t{10})); ++i)
      hits.push_back(HitOf(body, query, *found[i].second, found[i].first));
    Json answer = {{"_shards", {{"total", 6}, {"failed", missing_.load()}}},
                   {"timed_out", false},
                   {"status", 200},
                   {"hits", {{"total", {{"value", all.size()}}}, {"hits", std::move(hits)}}}};
    const Json aggregations = body.value("aggs", Json::object());
    for (const auto& [name, aggregation] : aggregations.items())
      answer["aggregations"][name] = Aggregate(aggregation, all);
    return answer;
  }

  static Json Aggregate(const Json& of, const std::vector<const Document*>& found) {
    const std::string kind = of.begin().key();
    const Json& how = of.begin().value();
    const auto count = [&](const Json& filter) {
      return std::ranges::count_if(
          found, [&](const Document* document) { return StandInQuery::Holds(filter, *document); });
    };
    if (kind == "filter") return {{"doc_count", count(how)}};
    if (kind == "composite") return Composite(how, found);
    Json buckets = Json::array();
    if (kind == "filters") {
      for (const Json& filter : how["filters"]) buckets.push_back({{"doc_count", count(filter)}});
      return {{"buckets", std::move(buckets)}};
    }
    const std::map<Json, std::int64_t> values = CountValues(how["field"], found);
    if (kind == "stats") {
      if (values.empty()) return {{"count", 0}};
      std::int64_t total = 0;
      for (const auto& [value, times] : values) total += times;
      return {{"count", total}, {"min", values.begin()->first}, {"max", values.rbegin()->first}};
    }
    std::vector<std::pair<Json, std::int64_t>> sorted(values.begin(), values.end());
    std::ranges::stable_sort(sorted, std::greater<>(), &std::pair<Json, std::int64_t>::second);
    for (std::size_t i = 0; i < std::min(sorted.size(), how["size"].get<std::size_t>()); ++i)
      buckets.push_back({{"key", sorted[i].first}, {"doc_count", sorted[i].second}});
    return {{"buckets", std::move(buckets)}};
  }

  // How many documents have each value.
  static std::map<Json, std::int64_t> CountValues(const std::string& field,
                                                  const std::vector<const Document*>& found) {
    std::map<Json, std::int64_t> counts;
    for (const Document* document : found) {
      const std::vector<Json> values = StandInQuery::ValuesOf(*document, field);
      for (const Json& value : std::set<Json>(values.begin(), values.end())) ++counts[value];
    }
    return counts;
  }

  static Json Composite(const Json& how, const std::vector<const Document*>& found) {
    const std::string name = how["sources"][0].begin().key();
    const Json after = how.contains("after") ? how["after"][name] : Json("");
    Json buckets = Json::array();
    for (const auto& [value, count] : CountValues(how["sources"][0][name]["terms"]["field"], found)) {
      if (buckets.size() == how["size"].get<std::size_t>()) break;
      if (value > after) buckets.push_back({{"key", {{name, value}}}, {"doc_count", count}});
    }
    return {{"buckets", std::move(buckets)}};
  }

  cluster::Answer ServeSearch(const Path& path, const cluster::Request& request) {
    if (request.method == cluster::Method::kDelete) return Says(200, Json::object());
    const Json body = Json::parse(request.body);
    return Says(200, Search(body.contains("pit") ? body["pit"]["id"].get<std::string>() : path.index, body));
  }

  cluster::Answer SearchMany(const std::string& index, std::string_view lines) {
    Json responses = Json::array();
    for (bool header = true; !lines.empty(); header = !header) {
      const std::size_t end = lines.find('\n');
      if (!header) responses.push_back(Search(index, Json::parse(lines.substr(0, end))));
      lines.remove_prefix(end + 1);
    }
    return Says(200, {{"responses", std::move(responses)}});
  }

  std::mutex mutex_;  // Of what follows.
  std::map<std::string, Index> now_, seen_;
  std::map<std::string, Json> mappings_;
  Json template_;  // Of pictures' indexes.
  std::map<std::string, std::string> aliases_;
  std::int64_t written_ = 0;
  std::atomic<int> missing_ = 0;
};

}  // namespace vitrine
