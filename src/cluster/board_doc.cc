#include "cluster/board_doc.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/try.h"
#include "base/utf8.h"
#include "cluster/cluster.h"

namespace vitrine::cluster {
namespace {

using Json = nlohmann::json;

Json TextOrNull(const std::optional<std::string>& text) { return text ? Json(*text) : Json(); }

std::optional<std::string> TextAt(const Json& json, const char* field) {
  const auto at = json.find(field);
  if (at == json.end() || at->is_null()) return std::nullopt;
  return at->get<std::string>();
}

Json TextStepJson(const std::optional<TextStep>& text) {
  return text ? Json{{"before", text->before}, {"after", text->after}} : Json();
}

std::optional<TextStep> TextStepAt(const Json& json, const char* field) {
  const auto at = json.find(field);
  if (at == json.end() || at->is_null()) return std::nullopt;
  return TextStep{.before = at->at("before").get<std::string>(), .after = at->at("after").get<std::string>()};
}

// [[first, last], ...]: edits mostly follow one another.
Json RangesJson(const std::set<std::int64_t>& numbers) {
  Json ranges = Json::array();
  for (const std::int64_t number : numbers) {
    const bool goes_on = !ranges.empty() && ranges.back()[1].get<std::int64_t>() + 1 == number;
    if (goes_on) {
      ranges.back()[1] = number;
    } else {
      ranges.push_back({number, number});
    }
  }
  return ranges;
}

std::set<std::int64_t> NumbersIn(const Json& ranges) {
  std::set<std::int64_t> numbers;
  for (const Json& range : ranges) {
    const auto last = range.at(1).get<std::int64_t>();
    for (auto number = range.at(0).get<std::int64_t>(); number <= last; ++number) {
      numbers.insert(numbers.end(), number);
    }
  }
  return numbers;
}

// The largest pictures, each once.
std::vector<std::string> CoverOf(const KeptBoard& board) {
  std::map<std::string, double> areas;
  for (const auto& [id, item] : board.items) {
    if (item.content.empty()) continue;
    double& area = areas[item.content];
    area = std::max(area, item.area);
  }
  std::vector<std::pair<std::string, double>> all(areas.begin(), areas.end());
  std::ranges::stable_sort(all, [](const auto& a, const auto& b) { return a.second > b.second; });
  std::vector<std::string> cover;
  for (std::size_t i = 0; i < std::min(all.size(), kMostCovers); ++i) cover.push_back(all[i].first);
  return cover;
}

}  // namespace

Result<KeptItem> KeptItemOf(const std::string& body) {
  VITRINE_TRY_ASSIGN(const BoardItem item, ItemFromBody(body));
  KeptItem kept{.body = body};
  if (item.kind == ItemKind::kPicture) {
    kept.content = item.content;
    kept.area = item.width * item.height;
  }
  return kept;
}

std::vector<std::string> ContentsOf(const KeptBoard& board) {
  std::set<std::string> contents;
  for (const auto& [id, item] : board.items) {
    if (!item.content.empty()) contents.insert(item.content);
  }
  return {contents.begin(), contents.end()};
}

std::string StepId(const std::string& board, std::int64_t revision) {
  return board + "-" + std::to_string(revision);
}

Json StepJson(const KeptStep& step) {
  Json items = Json::array();
  for (const ItemStep& item : step.items) {
    items.push_back(
        {{"id", item.id}, {"before", TextOrNull(item.before)}, {"after", TextOrNull(item.after)}});
  }
  return {{"revision", step.revision},
          {"at", step.at},
          {"what", step.what},
          {"kind", static_cast<int>(step.kind)},
          {"target", step.target ? Json(*step.target) : Json()},
          {"items", std::move(items)},
          {"name", TextStepJson(step.name)},
          {"background", TextStepJson(step.background)}};
}

KeptStep StepOf(const Json& json) {
  KeptStep step{.revision = json.at("revision").get<std::int64_t>(),
                .at = json.at("at").get<std::string>(),
                .what = json.at("what").get<std::string>(),
                .kind = static_cast<StepKind>(json.at("kind").get<int>()),
                .target = std::nullopt,
                .items = {},
                .name = TextStepAt(json, "name"),
                .background = TextStepAt(json, "background")};
  if (const Json& target = json.at("target"); !target.is_null()) step.target = target.get<std::int64_t>();
  for (const Json& item : json.at("items")) {
    step.items.push_back({.id = item.at("id").get<std::string>(),
                          .before = TextAt(item, "before"),
                          .after = TextAt(item, "after")});
  }
  return step;
}

Json BoardJson(const KeptBoard& board) {
  const BoardRow& row = board.row;
  Json parts = Json::array(), versions = Json::array();
  for (const auto& [id, item] : board.items) {
    parts.push_back({{"id", id}, {"body", item.body}, {"content", item.content}, {"area", item.area}});
  }
  for (const BoardVersion& version : board.versions) {
    versions.push_back(
        {{"id", version.id}, {"name", version.name}, {"at", version.at}, {"revision", version.revision}});
  }
  return {{"kind", "board"},
          {"format", kBoardFormat},
          {"made", board.made_us},
          {"name", row.name},
          {"background", row.background},
          {"revision", row.revision},
          {"created", row.created},
          {"changed", row.changed},
          {"is_template", row.is_template},
          {"deleted", row.deleted},
          {"items", row.items},
          {"pictures", row.pictures},
          {"contents", ContentsOf(board)},
          {"cover", CoverOf(board)},
          {"parts", std::move(parts)},
          {"standing", RangesJson(board.standing)},
          {"undone", RangesJson(board.undone)},
          {"versions", std::move(versions)},
          {"last", board.last ? StepJson(*board.last) : Json()},
          {"token", board.token}};
}

Result<KeptBoard> BoardOf(const std::string& id, const Json& json) {
  if (json.at("format").get<int>() > kBoardFormat) {
    return Error(Code::kUnsupported, "the board " + Quoted(json.value("name", id)) +
                                         " was written by a newer Vitrine: install that version here");
  }
  const StoredSummary summary = SummaryOf(id, json);
  KeptBoard board;
  board.row = {.id = id,
               .name = summary.summary.name,
               .background = json.at("background").get<std::string>(),
               .revision = summary.summary.revision,
               .created = summary.summary.created,
               .changed = summary.summary.changed,
               .is_template = summary.summary.is_template,
               .deleted = summary.summary.deleted,
               .items = json.at("items").get<std::int64_t>(),
               .pictures = json.at("pictures").get<std::int64_t>()};
  board.made_us = json.at("made").get<std::int64_t>();
  for (const Json& part : json.at("parts")) {
    board.items.emplace(part.at("id").get<std::string>(),
                        KeptItem{.body = part.at("body").get<std::string>(),
                                 .content = part.at("content").get<std::string>(),
                                 .area = part.at("area").get<double>()});
  }
  board.standing = NumbersIn(json.at("standing"));
  board.undone = NumbersIn(json.at("undone"));
  for (const Json& version : json.at("versions")) {
    board.versions.push_back({.id = version.at("id").get<std::int64_t>(),
                              .name = version.at("name").get<std::string>(),
                              .at = version.at("at").get<std::string>(),
                              .revision = version.at("revision").get<std::int64_t>()});
  }
  if (const Json& last = json.at("last"); !last.is_null()) board.last = StepOf(last);
  board.token = json.at("token").get<std::string>();
  return board;
}

StoredSummary SummaryOf(const std::string& id, const Json& json) {
  return {.summary = {.id = id,
                      .name = json.at("name").get<std::string>(),
                      .created = json.at("created").get<std::string>(),
                      .changed = json.at("changed").get<std::string>(),
                      .is_template = json.at("is_template").get<bool>(),
                      .deleted = json.at("deleted").get<bool>(),
                      .revision = json.at("revision").get<std::int64_t>(),
                      .pictures = json.at("pictures").get<std::uint64_t>(),
                      .items = json.at("items").get<std::uint64_t>(),
                      .cover = {}},
          .cover = json.at("cover").get<std::vector<std::string>>()};
}

Json BoardIndexBody() {
  const Json keyword = {{"type", "keyword"}}, number = {{"type", "long"}};
  return {{"settings", {{"index", {{"number_of_shards", 1}, {"auto_expand_replicas", "0-1"}}}}},
          {"mappings",
           {{"dynamic", false},
            {"_meta", {{"format", kBoardFormat}}},
            {"properties",
             {{"kind", keyword},
              {"made", number},
              {"changed", keyword},
              {"deleted", {{"type", "boolean"}}},
              {"contents", keyword}}}}}};
}

}  // namespace vitrine::cluster
