#include "cluster/looking.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/matrix.h"
#include "base/try.h"
#include "base/utf8.h"
#include "cluster/color_script.h"
#include "cluster/filter_json.h"
#include "index/quantise.h"

namespace vitrine::cluster {
namespace {

using Json = nlohmann::json;

constexpr std::uint32_t kTimeoutMs = 30'000;

Json All() { return {{"match_all", Json::object()}}; }
Json ById() { return {{"id", "asc"}}; }
Json NewestFirst() { return {{"taken_s", {{"order", "desc"}, {"missing", "_last"}}}}; }

Json Fields() {
  Json fields = Json::array();
  for (const char* field : kPictureFields) fields.push_back(field);
  return fields;
}

// Each word says that it was found through the name of its part of the query.
Json WordParts(const std::vector<AskedWord>& words, bool weighed) {
  Json parts = Json::array();
  for (std::size_t i = 0; i < words.size(); ++i) {
    parts.push_back({{"constant_score",
                      {{"filter", PhraseFilter(words[i].spellings)},
                       {"boost", weighed ? words[i].weight : 0},
                       {"_name", "w" + std::to_string(i)}}}});
  }
  return parts;
}

Json Bool(Json must, const Json& filter, Json should) {
  Json body = {{"filter", {filter}}};
  if (!must.is_null()) body["must"] = {std::move(must)};
  if (!should.empty()) body["should"] = std::move(should);
  return {{"bool", std::move(body)}};
}

// By words and colours; without a meaning, pictures that the colours fit alike stand newest first.
Json ColorsBody(const WayAsked& way) {
  Json query = {{"script_score",
                 {{"query", Bool(Json(), way.filter, WordParts(way.words, true))},
                  {"script", ExtraScript(way.colors, way.words_asked)}}}};
  Json sort = Json::array({"_score"});
  if (way.meaning.empty()) sort.push_back(NewestFirst());
  sort.push_back(ById());
  return {{"size", way.depth}, {"_source", Fields()}, {"query", std::move(query)}, {"sort", std::move(sort)}};
}

Json WordsBody(const WayAsked& way) {
  Json query = Bool(Json(), way.filter, WordParts(way.words, true));
  query["bool"]["minimum_should_match"] = 1;
  return {
      {"size", way.depth}, {"_source", Fields()}, {"query", std::move(query)}, {"sort", {"_score", ById()}}};
}

Json NewestBody(const WayAsked& way) {
  return {{"size", way.depth},
          {"_source", Fields()},
          {"query", Bool(Json(), way.filter, Json::array())},
          {"sort", {NewestFirst(), ById()}}};
}

}  // namespace

void MissingShards::Note(const Json& answer) {
  const Json shards = answer.value("_shards", Json::object());
  total = shards.value("total", std::uint64_t{0});
  failed = std::max(failed, shards.value("failed", std::uint64_t{0}));
  timed_out = timed_out || answer.value("timed_out", false);
  const Json failures = shards.value("failures", Json::array());
  if (!failures.empty() && reason.empty()) {
    reason = Printable(CutUtf8(failures[0].value("reason", Json::object()).value("reason", ""), 200));
  }
}

std::string MissingShards::InWords() const {
  if (!any()) return "";
  std::string words = failed > 0
                          ? std::to_string(failed) + " of " + std::to_string(total) + " shards did not answer"
                          : std::string("some shards did not answer in time");
  if (!reason.empty()) words += " (" + reason + ")";
  return words + "; the pictures they hold are missing from this answer";
}

Json Looking::NearestBody(const WayAsked& way) const {
  Json vector = way.meaning;
  if (meta_.vectors == VectorKind::kByte) {
    Matrix one(1, way.meaning.size());
    std::copy(way.meaning.begin(), way.meaning.end(), one.row(0).begin());
    vector = Encode(one).codes;
  }
  // Words are named, not weighed: the order is that of the vectors.
  const Json words = WordParts(way.words, false);
  Json query;
  if (way.allowed <= kExactUpTo) {
    Json inner = Bool({{"exists", {{"field", "vector"}}}}, way.filter, words);
    query = {
        {"script_score",
         {{"query", std::move(inner)},
          {"script",
           {{"source", "knn_score"},
            {"lang", "knn"},
            {"params",
             {{"field", "vector"}, {"query_value", std::move(vector)}, {"space_type", "cosinesimil"}}}}}}}};
  } else {
    Json nearest = {
        {"knn", {{"vector", {{"vector", std::move(vector)}, {"k", way.depth}, {"filter", way.filter}}}}}};
    query = Bool(std::move(nearest), All(), words);
  }
  return {{"size", way.depth}, {"_source", Fields()}, {"query", std::move(query)}};
}

Status Looking::Note(const Json& answer) {
  if (answer.contains("error")) {
    return ErrorOf({.status = answer.value("status", 500U), .trouble = Trouble::kNone, .body = answer.dump()},
                   cluster_.address());
  }
  missing_.Note(answer);
  return {};
}

Result<std::vector<Proposed>> Looking::ProposedOf(const Json& answer) {
  VITRINE_TRY(Note(answer));
  std::vector<Proposed> proposed;
  for (const Json& hit : answer.value("/hits/hits"_json_pointer, Json::array())) {
    VITRINE_TRY_ASSIGN(PictureCopy picture, PictureOf(hit.value("_id", ""),
                                                      hit.value("_source", Json::object()), meta_.dimension));
    Proposed& one = proposed.emplace_back();
    one.picture = std::move(picture);
    for (const Json& name : hit.value("matched_queries", Json::array())) {
      const std::string text = name.get<std::string>();
      std::size_t word = 0;
      const char* const end = text.data() + text.size();
      if (text.empty() || std::from_chars(text.data() + 1, end, word).ptr != end)
        return Error(Code::kCorrupt, "the cluster names a word that was not asked for");
      one.words.push_back(word);
    }
    std::ranges::sort(one.words);
  }
  return proposed;
}

Result<std::vector<std::uint64_t>> Looking::Count(const std::vector<Json>& filters) {
  Json body = {{"size", 0}, {"track_total_hits", true}, {"query", All()}};
  for (std::size_t i = 0; i < filters.size(); ++i)
    body["aggs"]["f" + std::to_string(i)] = {{"filter", filters[i]}};
  VITRINE_TRY_ASSIGN(const Json answer,
                     cluster_.Ask(Method::kPost, "/" + index_ + "/_search", body.dump(), kTimeoutMs));
  VITRINE_TRY(Note(answer));
  std::vector<std::uint64_t> counts;
  for (std::size_t i = 0; i < filters.size(); ++i) {
    counts.push_back(answer.value(Json::json_pointer("/aggregations/f" + std::to_string(i) + "/doc_count"),
                                  std::uint64_t{0}));
  }
  counts.push_back(answer.value("/hits/total/value"_json_pointer, std::uint64_t{0}));
  return counts;
}

Result<std::vector<WayFound>> Looking::Find(std::span<const WayAsked> ways) {
  std::string lines;
  const auto add = [&](const Json& body) { lines += "{}\n" + body.dump() + "\n"; };
  for (const WayAsked& way : ways) {
    add(way.meaning.empty() ? NewestBody(way) : NearestBody(way));
    if (!way.colors.empty()) {
      add(ColorsBody(way));
    } else if (!way.words.empty()) {
      add(WordsBody(way));
    }
  }
  VITRINE_TRY_ASSIGN(const Json answer,
                     cluster_.Ask(Method::kPost, "/" + index_ + "/_msearch", lines, kTimeoutMs));
  const Json responses = answer.value("responses", Json::array());
  std::vector<WayFound> found;
  std::size_t next = 0;
  const auto take = [&]() -> Result<std::vector<Proposed>> {
    if (next >= responses.size()) return Error(Code::kIo, "the cluster left a part of a search unanswered");
    return ProposedOf(responses[next++]);
  };
  for (const WayAsked& way : ways) {
    WayFound& one = found.emplace_back();
    VITRINE_TRY_ASSIGN(one.nearest, take());
    if (way.words.empty() && way.colors.empty()) continue;
    VITRINE_TRY_ASSIGN(one.worded, take());
  }
  return found;
}

Result<DrawnPictures> Looking::Draw(const Json& filter, std::size_t most) {
  const Json body = {{"size", most},
                     {"_source", {"id", "code"}},
                     {"track_total_hits", false},
                     {"query", {{"bool", {{"filter", Json::array({filter})}}}}},
                     {"sort", {{{"draw", "asc"}}, ById()}}};
  VITRINE_TRY_ASSIGN(const Json answer,
                     cluster_.Ask(Method::kPost, "/" + index_ + "/_search", body.dump(), kTimeoutMs));
  VITRINE_TRY(Note(answer));
  DrawnPictures drawn{.ids = {}, .vectors = {.dimension = meta_.dimension}};
  for (const Json& hit : answer.value("/hits/hits"_json_pointer, Json::array())) {
    const Json source = hit.value("_source", Json::object());
    VITRINE_TRY_ASSIGN(const EncodedRows row, CodeOf(source, meta_.dimension));
    drawn.vectors.Append(row, 0, 1);
    drawn.ids.push_back(AssetId{source.at("id").get<std::int64_t>()});
  }
  return drawn;
}

Result<EncodedRows> Looking::Sample(std::size_t most) {
  VITRINE_TRY_ASSIGN(DrawnPictures drawn, Draw(All(), most));
  return std::move(drawn.vectors);
}

Result<std::optional<PictureCopy>> Looking::PictureWith(const char* field, const Json& value) {
  const Json body = {{"size", 1}, {"_source", Fields()}, {"query", {{"term", {{field, value}}}}}};
  VITRINE_TRY_ASSIGN(const Json answer,
                     cluster_.Ask(Method::kPost, "/" + index_ + "/_search", body.dump(), kTimeoutMs));
  VITRINE_TRY_ASSIGN(std::vector<Proposed> found, ProposedOf(answer));
  if (found.empty()) return std::optional<PictureCopy>();
  return std::optional(std::move(found.front().picture));
}

Result<std::optional<PictureCopy>> Looking::PictureWithContent(const Sha256Digest& content) {
  return PictureWith("_id", DocumentId(content));
}

}  // namespace vitrine::cluster
