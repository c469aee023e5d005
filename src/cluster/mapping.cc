#include "cluster/mapping.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/try.h"
#include "base/utf8.h"
#include "cluster/gallery_fields.h"
#include "cluster/words_text.h"

namespace vitrine::cluster {
namespace {

using Json = nlohmann::json;

// Its name stays, and so the template of an older format is replaced; indexes that are there are not touched.
constexpr char kTemplate[] = "vitrine-pictures-v1";
constexpr std::size_t kMostShards = 1024;
constexpr char kRefreshInterval[] = "5s";
constexpr std::size_t kUnsetWindow = 10'000;  // What a cluster gives an index that was made without one.

Json Field(const char* type) { return {{"type", type}}; }

// Kept, and given back with the document, but not searched.
Json Kept() { return {{"type", "object"}, {"enabled", false}}; }

Json Words() {
  Json field = {{"type", "text"}, {"analyzer", "whitespace"}, {"norms", false}};
  Json fields;
  for (const char* name : kWordFields) fields[name] = field;
  return {{"properties", fields}};
}

Json CommonFields() {
  Json fields = {{"id", Field("long")},
                 {"draw", Field("long")},
                 {"step", Field("long")},
                 {"format", Field("keyword")},
                 {"width", Field("float")},
                 {"height", Field("float")},
                 {"long_side", Field("float")},
                 {"megapixels", Field("double")},
                 {"shape", Field("keyword")},
                 {"bytes", Field("long")},
                 {"taken_s", Field("long")},
                 {"camera", Field("keyword")},
                 {"lens", Field("keyword")},
                 {"iso", Field("float")},
                 {"f_number", Field("float")},
                 {"exposure_s", Field("float")},
                 {"focal_length_mm", Field("float")},
                 {"place", Field("geo_point")},
                 {"rating", Field("byte")},
                 {"mood", Field("keyword")},
                 {"tags", Field("keyword")},
                 {"marks", Field("keyword")},
                 {"folders", Field("keyword")},
                 {"names", Field("keyword")},
                 {"paths", Field("keyword")},
                 {"sum", Field("keyword")},
                 {"sent", Field("keyword")},
                 {"offline", Field("boolean")},
                 {"words", Words()},
                 {"picture", Kept()},
                 {"code", {{"type", "binary"}, {"doc_values", false}, {"store", false}}}};
  fields.update(GalleryFields());
  return fields;
}

Json VectorField(const IndexMeta& meta) {
  if (meta.vectors == VectorKind::kDisk) {
    return {{"type", "knn_vector"},
            {"dimension", meta.dimension},
            {"data_type", "float"},
            {"space_type", "cosinesimil"},
            {"mode", "on_disk"},
            {"compression_level", "32x"},
            {"method", {{"name", "hnsw"}, {"engine", "faiss"}}}};
  }
  const bool byte = meta.vectors == VectorKind::kByte;
  return {{"type", "knn_vector"},
          {"dimension", meta.dimension},
          {"data_type", byte ? "byte" : "float"},
          {"space_type", "cosinesimil"},
          {"method",
           {{"name", "hnsw"}, {"engine", "lucene"}, {"parameters", {{"m", 16}, {"ef_construction", 128}}}}}};
}

Json MetaJson(const IndexMeta& meta) {
  Json roots = Json::array();
  for (const PathBytes& root : meta.roots) roots.push_back(Base64(root));
  return {{"vitrine",
           {{"format", meta.format},
            {"space", meta.space},
            {"model", meta.model},
            {"model_id", meta.model_id},
            {"dimension", meta.dimension},
            {"vectors", SpellingOf(meta.vectors)},
            {"complete", meta.complete},
            {"pictures", meta.pictures},
            {"shared", meta.shared},
            {"window", meta.window},
            {"roots_b64", std::move(roots)}}}};
}

std::string FormatText(int format) { return "format " + std::to_string(format); }

Result<VectorKind> KindOf(const std::string& name, const std::string& index) {
  for (const VectorKind kind : {VectorKind::kByte, VectorKind::kFloat, VectorKind::kDisk}) {
    if (name == SpellingOf(kind)) return kind;
  }
  return Error(Code::kUnsupported, "the index " + Quoted(index) + " keeps vectors as " + Quoted(name) +
                                       ", which a newer Vitrine made; update this one");
}

Result<IndexMeta> MetaOf(const Json& json, const std::string& index) {
  try {
    const Json& vitrine = json.at("vitrine");
    IndexMeta meta;
    meta.format = vitrine.at("format").get<int>();
    if (meta.format > kFormat) {
      return Error(Code::kUnsupported, "the index " + Quoted(index) + " was made by a newer Vitrine (" +
                                           FormatText(meta.format) + ", this one knows " +
                                           FormatText(kFormat) + "); update this one");
    }
    meta.space = vitrine.at("space").get<std::string>();
    meta.model = vitrine.at("model").get<std::string>();
    meta.model_id = vitrine.at("model_id").get<std::string>();
    meta.dimension = vitrine.at("dimension").get<std::size_t>();
    VITRINE_TRY_ASSIGN(meta.vectors, KindOf(vitrine.at("vectors").get<std::string>(), index));
    meta.complete = vitrine.at("complete").get<bool>();
    meta.pictures = vitrine.at("pictures").get<std::uint64_t>();
    meta.shared = vitrine.value("shared", false);
    meta.window = vitrine.value("window", kUnsetWindow);
    for (const Json& root : vitrine.at("roots_b64")) {
      meta.roots.push_back(FromBase64(root.get<std::string>()).value_or(""));
    }
    return meta;
  } catch (const Json::exception&) {
    return Error(Code::kCorrupt,
                 "the index " + Quoted(index) + " was not made by Vitrine: it does not say what it holds");
  }
}

// Asking a node for faiss by giving it a vector ends the node where the engine's library is not there, so
// they are asked what they have loaded.
Status CheckFaiss(const Cluster& cluster) {
  VITRINE_TRY_ASSIGN(const Json stats,
                     cluster.Ask(Method::kGet, "/_plugins/_knn/stats?stat=faiss_initialized"));
  const Json nodes = stats.value("nodes", Json::object());
  bool all = !nodes.empty();
  for (const auto& node : nodes.items()) all = all && node.value().value("faiss_initialized", false);
  if (all) return {};
  return Error(
      Code::kUnsupported,
      "not every node of the cluster says that its faiss engine is loaded, and vectors on the disk are "
      "searched by it; docs/cluster.md says how to load it, or copy without --on-disk");
}

Result<std::size_t> DataNodes(const Cluster& cluster) {
  VITRINE_TRY_ASSIGN(const Json health,
                     cluster.Ask(Method::kGet, "/_cluster/health?filter_path=number_of_data_nodes"));
  return health.value("number_of_data_nodes", std::size_t{1});
}

}  // namespace

const char* SpellingOf(VectorKind kind) {
  if (kind == VectorKind::kDisk) return "disk";
  return kind == VectorKind::kByte ? "byte" : "float";
}

const char* InWords(VectorKind kind) {
  if (kind == VectorKind::kDisk) return "a bit a dimension, four bytes on the disk";
  return kind == VectorKind::kByte ? "one byte a dimension" : "four bytes a dimension";
}

Shards ShardsFor(std::uint64_t pictures, std::size_t dimension, VectorKind vectors, std::size_t data_nodes) {
  const auto count = static_cast<double>(pictures);
  const double vector_bytes = static_cast<double>(dimension) * (vectors == VectorKind::kByte ? 1 : 4);
  // Vector and graph, the whole code (two bytes a dimension, as base64), and some 2 KB of facts and words.
  const double bytes = count * (vector_bytes + 150 + 2.7 * static_cast<double>(dimension) + 2000);
  const double wanted = std::max(bytes / kRoomyShardBytes, count / kRoomyShardVectors);
  // Small libraries are spread over the nodes too: each then computes its share.
  const std::size_t least = pictures >= 50'000 ? std::clamp<std::size_t>(data_nodes, 1, 8) : 1;
  return {.primaries = std::clamp(static_cast<std::size_t>(wanted) + 1, least, kMostShards),
          .replicas = data_nodes > 1 ? std::size_t{1} : std::size_t{0}};
}

std::string IndexName(const Address& address, const std::string& space) {
  return "vitrine-pictures-" + address.name + "-" + space;
}

std::string AliasName(const Address& address) { return "vitrine-library-" + address.name; }

Status PutTemplate(const Cluster& cluster) {
  const Json body = {{"index_patterns", {"vitrine-pictures-*"}},
                     {"version", kFormat},
                     {"priority", 100},
                     {"template",
                      {{"settings", {{"index", {{"knn", true}, {"refresh_interval", kRefreshInterval}}}}},
                       {"mappings", {{"dynamic", "strict"}, {"properties", CommonFields()}}}}}};
  VITRINE_TRY(cluster.Ask(Method::kPut, std::string("/_index_template/") + kTemplate, body.dump()));
  return {};
}

Status AddFields(const Cluster& cluster, const std::string& index) {
  VITRINE_TRY(
      cluster.Ask(Method::kPut, "/" + index + "/_mapping", Json{{"properties", CommonFields()}}.dump()));
  return {};
}

Result<IndexMeta> ReadMeta(const Cluster& cluster, const std::string& index) {
  VITRINE_TRY_ASSIGN(const Json mappings,
                     cluster.Ask(Method::kGet, "/" + index + "/_mapping?filter_path=*.mappings._meta"));
  if (mappings.empty()) {
    return Error(Code::kCorrupt,
                 "the index " + Quoted(index) + " was not made by Vitrine: it does not say what it holds");
  }
  return MetaOf(mappings.begin().value()["mappings"]["_meta"], index);
}

Status WriteMeta(const Cluster& cluster, const std::string& index, const IndexMeta& meta) {
  VITRINE_TRY(cluster.Ask(Method::kPut, "/" + index + "/_mapping", Json{{"_meta", MetaJson(meta)}}.dump()));
  return {};
}

Result<IndexMeta> EnsureIndex(const Cluster& cluster, const IndexMeta& wanted, std::uint64_t pictures) {
  const std::string index = IndexName(cluster.address(), wanted.space);
  Result<IndexMeta> known = ReadMeta(cluster, index);
  if (known) {
    if (known->dimension != wanted.dimension) {
      return Error(Code::kModel, "the index " + Quoted(index) + " holds vectors of " +
                                     std::to_string(known->dimension) + " dimensions, the model's have " +
                                     std::to_string(wanted.dimension));
    }
    // Its documents get the fields as they are sent again; what it says of itself changes when all were.
    VITRINE_TRY(AddFields(cluster, index));
    return known;
  }
  if (known.error().code() != Code::kNotFound) return known;
  if (wanted.vectors == VectorKind::kDisk) VITRINE_TRY(CheckFaiss(cluster));
  VITRINE_TRY(PutTemplate(cluster));
  VITRINE_TRY_ASSIGN(const std::size_t nodes, DataNodes(cluster));
  const Shards shards = ShardsFor(pictures, wanted.dimension, wanted.vectors, nodes);
  const Json body = {
      {"settings",
       {{"index",
         {{"knn", true},
          {"refresh_interval", "-1"},  // Nobody searches it yet: no graphs are made to be merged at once.
          {"max_result_window", wanted.window},
          {"number_of_shards", shards.primaries},
          {"number_of_replicas", shards.replicas}}}}},
      {"mappings", {{"_meta", MetaJson(wanted)}, {"properties", {{"vector", VectorField(wanted)}}}}}};
  auto made = cluster.Ask(Method::kPut, "/" + index + "?wait_for_active_shards=1", body.dump(), 60'000);
  // A try that timed out may have made it all the same, and so may another indexer.
  if (!made) {
    Result<IndexMeta> now = ReadMeta(cluster, index);
    if (now) return now;
    return std::move(made).error();
  }
  return wanted;
}

Status ServeSearches(const Cluster& cluster, const std::string& index) {
  const Json refreshing = {{"index", {{"refresh_interval", kRefreshInterval}}}};
  VITRINE_TRY(cluster.Ask(Method::kPut, "/" + index + "/_settings", refreshing.dump()));
  const std::string alias = AliasName(cluster.address());
  const std::string all = "vitrine-pictures-" + cluster.address().name + "-*";
  const Json body = {{"actions",
                      {{{"remove", {{"index", all}, {"alias", alias}, {"must_exist", false}}}},
                       {{"add", {{"index", index}, {"alias", alias}}}}}}};
  VITRINE_TRY(cluster.Ask(Method::kPost, "/_aliases", body.dump()));
  return {};
}

}  // namespace vitrine::cluster
