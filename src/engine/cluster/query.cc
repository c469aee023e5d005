#include "engine/cluster/query.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <span>

#include "base/try.h"
#include "base/utf8.h"
#include "engine/cluster/world.h"
#include "query/fact_rows.h"
#include "query/words.h"

namespace vitrine {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kFirstDepth = 64;
constexpr std::size_t kGrowth = 4;

// LoosenExactWords (query/ways.h), with one request for all words of the branch.
Status LoosenExact(const ClusterRooms& rooms, Branch& branch, std::vector<std::string>& notes) {
  std::vector<Json> filters;
  for (const QueryNode& fact : branch.facts) {
    if (!IsExactWords(fact)) continue;
    VITRINE_TRY_ASSIGN(Json filter, cluster::FilterOf(fact, rooms.lookups));
    filters.push_back(std::move(filter));
  }
  if (filters.empty()) return {};
  VITRINE_TRY_ASSIGN(const std::vector<std::uint64_t> counts, rooms.looking.Count(filters));
  std::size_t next = 0;
  for (auto fact = branch.facts.begin(); fact != branch.facts.end();) {
    const bool holds = !IsExactWords(*fact) || counts[next++] > 0;
    fact = holds ? fact + 1 : Loosen(branch, fact, notes);
  }
  return {};
}

Result<Json> FilterOf(const ClusterRooms& rooms, const PreparedQuery& query, const Branch& branch) {
  VITRINE_TRY_ASSIGN(Json filter, cluster::FilterOfAll(branch.facts, rooms.lookups));
  if (query.leave_out.empty()) return filter;
  return Json{
      {"bool", {{"filter", {std::move(filter)}}, {"must_not", {cluster::PicturesFilter(query.leave_out)}}}}};
}

// What is counted before anything is looked for: each way's pictures, those of any way, and each word's.
struct Counting {
  std::vector<Json> filters;
  std::vector<std::vector<std::string>> words;  ///< Of each way.
};

Result<Counting> WhatToCount(const ClusterRooms& rooms, const Run& run) {
  const PreparedQuery& query = run.queries.front();
  Counting counting;
  Json any = Json::array();
  for (const Branch& branch : query.plan.branches) {
    VITRINE_TRY_ASSIGN(const Json filter, FilterOf(rooms, query, branch));
    counting.filters.push_back(filter);
    any.push_back(filter);
    const bool means = !branch.wanted.empty() || !branch.unwanted.empty();
    counting.words.push_back(means ? TellingWords(WordsWanted(branch)) : std::vector<std::string>());
  }
  counting.filters.push_back({{"bool", {{"should", std::move(any)}, {"minimum_should_match", 1}}}});
  for (const std::vector<std::string>& words : counting.words) {
    for (const std::string& word : words) {
      counting.filters.push_back(cluster::PhraseFilter({word}));
      counting.filters.push_back(cluster::PhraseFilter(SpellingsOf(word)));
    }
  }
  return counting;
}

// Chooses the words that say something, as LookUpWords (query/words.h) does.
void ChooseWords(const std::vector<std::string>& words, std::span<const std::uint64_t> counts,
                 std::uint64_t pictures, CountedWay& way) {
  way.worth = WordWeights(pictures);
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (way.worth.IsCommon(counts[2 * i])) continue;
    const double weight = way.worth.Add(counts[2 * i + 1]);
    if (weight == 0) continue;
    way.words.push_back(words[i]);
    way.weights.push_back(weight);
    way.asked.words.push_back({.spellings = SpellingsOf(words[i]), .weight = weight});
  }
  way.asked.words_asked = way.worth.asked();
}

Way BeginWay(const ClusterRooms& rooms, const PreparedQuery& query, const Branch& branch,
             const Meanings& meanings) {
  Way way;
  way.branch = &branch;
  ChooseModel(rooms.model, way);
  if (!branch.wanted.empty() || !branch.unwanted.empty()) way.meaning = MeaningOf(query, branch, meanings);
  return way;
}

// Asks for the candidates of all ways and ranks them. Empty when deeper ones could be better.
Result<std::optional<Answer>> AskAndRank(const ClusterRooms& rooms, Run run, std::vector<CountedWay>& counted,
                                         std::uint64_t pictures, std::size_t depth,
                                         const RunOptions& options) {
  std::vector<cluster::WayAsked> asked;
  for (CountedWay& way : counted) {
    way.asked.depth = depth;
    asked.push_back(way.asked);
  }
  VITRINE_TRY_ASSIGN(const std::vector<cluster::WayFound> found, rooms.looking.Find(asked));
  const ClusterWorld world(found, rooms.dimension, depth);
  for (std::size_t i = 0; i < run.ways.size(); ++i) {
    VITRINE_TRY(world.Fill(run.ways[i], found[i], counted[i], rooms.sample));
  }
  VITRINE_TRY_ASSIGN(Answer answer, AnswerOne(world.Rooms(rooms.model, pictures), run, 0, options));
  if (world.wanted_more() && depth < cluster::kMostHits) return std::optional<Answer>();
  return std::optional(std::move(answer));
}

}  // namespace

Result<Answer> AnswerFromCluster(const ClusterRooms& rooms, const PreparedQuery& query,
                                 const RunOptions& options) {
  Run run;
  run.queries = {query};
  run.notes.resize(1);
  PreparedQuery& asked = run.queries.front();
  for (Branch& branch : asked.plan.branches) VITRINE_TRY(LoosenExact(rooms, branch, run.notes.front()));
  VITRINE_TRY_ASSIGN(run.meanings, Meanings::Of(rooms.model, run.queries));

  VITRINE_TRY_ASSIGN(const Counting counting, WhatToCount(rooms, run));
  VITRINE_TRY_ASSIGN(const std::vector<std::uint64_t> counts, rooms.looking.Count(counting.filters));
  const std::uint64_t pictures = counts.back();
  const std::size_t branches = asked.plan.branches.size();
  run.totals = {counts[branches]};
  run.first_way = {0, branches};
  std::vector<CountedWay> counted(branches);
  std::size_t next = branches + 1;
  for (std::size_t i = 0; i < branches; ++i) {
    run.ways.push_back(BeginWay(rooms, asked, asked.plan.branches[i], run.meanings));
    counted[i].allowed = counts[i];
    counted[i].asked = {
        .filter = counting.filters[i], .allowed = counts[i], .meaning = run.ways.back().meaning};
    counted[i].asked.colors = ColorsWanted(asked.plan.branches[i].facts);
    ChooseWords(counting.words[i], std::span(counts).subspan(next), pictures, counted[i]);
    next += 2 * counting.words[i].size();
  }

  std::size_t depth = std::min(std::max(kFirstDepth, PoolOf(options)), cluster::kMostHits);
  while (true) {
    Run again = run;
    for (std::size_t i = 0; i < branches; ++i) again.ways[i].branch = &again.queries.front().plan.branches[i];
    VITRINE_TRY_ASSIGN(std::optional<Answer> answer,
                       AskAndRank(rooms, std::move(again), counted, pictures, depth, options));
    if (answer) {
      if (std::string words = rooms.looking.missing().InWords(); !words.empty())
        answer->notes.push_back(std::move(words));
      return *std::move(answer);
    }
    depth = std::min(kGrowth * depth, cluster::kMostHits);
  }
}

}  // namespace vitrine
