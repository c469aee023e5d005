#include "query/answering.h"

#include <algorithm>
#include <map>

#include "base/try.h"
#include "query/diversify.h"
#include "query/explain.h"
#include "query/log_odds.h"

namespace vitrine {
namespace {

// Variety needs something to choose from: so many times the hits wanted, within these bounds.
constexpr std::size_t kPoolFactor = 8;
constexpr std::size_t kLeastPool = 200;
constexpr std::size_t kMostPool = 4000;

// A word in a name that says so much is an answer, whatever the picture looks like.
constexpr double kTellingNats = 3;

// The best `limit` rows of all ways together; a row counts for the way that it answers best.
Result<std::vector<Ranked>> RankWays(const AnswerRooms& rooms, std::span<Way> ways, std::size_t limit) {
  std::vector<Ranked> all;
  for (std::size_t i = 0; i < ways.size(); ++i) {
    VITRINE_TRY_ASSIGN(std::vector<Ranked> ranked, RankWay(rooms, ways[i], limit));
    for (Ranked& hit : ranked) hit.way = i;
    all.insert(all.end(), ranked.begin(), ranked.end());
  }
  if (ways.size() == 1) return all;
  std::stable_sort(all.begin(), all.end(), RanksBefore);
  RowSet seen(rooms.live.size());
  std::erase_if(all, [&](const Ranked& hit) {
    const bool again = seen.Contains(hit.row);
    seen.Insert(hit.row);
    return again;
  });
  all.resize(std::min(limit, all.size()));
  return all;
}

// Of hits in rank order, those to be shown with those under them.
Result<std::vector<HitGroup>> Gather(const AnswerRooms& rooms, const RunOptions& options,
                                     std::vector<Ranked>& ranked) {
  const bool alike = options.group == Grouping::kSimilar;
  std::vector<std::vector<float>> vectors;
  if (options.diverse || alike) {
    for (const Ranked& hit : ranked) vectors.push_back(rooms.index.Vector(hit.row));
  }
  std::vector<HitGroup> groups;
  if (options.group != Grouping::kNone) {
    VITRINE_TRY_ASSIGN(const auto facts, rooms.facts());
    const std::size_t wanted = options.diverse ? ranked.size() : options.limit;
    groups = alike ? GroupSimilar(ranked, vectors, *facts->table, wanted)
                   : GroupByDay(ranked, *facts->table, wanted);
  } else {
    for (std::size_t i = 0; i < ranked.size(); ++i) groups.push_back({.first = i, .others = {}});
  }
  if (options.diverse) {
    std::vector<Ranked> heads;
    std::vector<std::vector<float>> head_vectors;
    for (const HitGroup& group : groups) {
      heads.push_back(ranked[group.first]);
      head_vectors.push_back(vectors[group.first]);
    }
    std::vector<HitGroup> chosen;
    for (const std::size_t head : Diversify(heads, head_vectors, options.limit)) {
      chosen.push_back(std::move(groups[head]));
    }
    groups = std::move(chosen);
  }
  groups.resize(std::min(options.limit, groups.size()));
  return groups;
}

double ScoreOf(const Way& way, const Ranked& hit) {
  if (way.meaning.empty()) return way.colors.empty() ? 1 : ProbabilityOf(hit.log_odds);
  const double extra = hit.row < way.extra.size() ? static_cast<double>(way.extra[hit.row]) : 0;
  return static_cast<double>(hit.cosine) + extra / way.model.hit.score;
}

double RelevanceOf(const Way& way, const Ranked& hit) {
  return way.meaning.empty() && way.colors.empty() ? 1 : ProbabilityOf(hit.log_odds);
}

bool SeemsAbsent(std::span<const Way> ways, const std::vector<Ranked>& ranked) {
  for (const Way& way : ways) {
    if (way.branch->wanted.empty() && way.allowed_count > 0) return false;
    if (!way.meaning.empty() && PresentLogOdds(way.model, way.shape) >= 0) return false;
  }
  return std::none_of(ranked.begin(), ranked.end(), [&](const Ranked& hit) {
    const Way& way = ways[hit.way];
    return hit.row < way.extra.size() && static_cast<double>(way.extra[hit.row]) >= kTellingNats;
  });
}

// Marks where the list falls off: before the first hit that is not likely enough, or at once when nothing
// seems to be there.
void Cut(std::span<const Way> ways, const std::vector<Ranked>& ranked, Answer& answer) {
  answer.nothing_matches = !ranked.empty() && SeemsAbsent(ways, ranked);
  bool below = answer.nothing_matches;
  const double cut = ways.front().model.cut;
  for (std::size_t i = 0; i < answer.matches.size(); ++i) {
    below = below || answer.matches[i].relevance < cut;
    answer.matches[i].below_cut = below;
    if (!below) ++answer.above_cut;
  }
}

// The pictures behind the hits of the groups.
Result<std::map<RowId, AssetRecord>> LookUp(const AnswerRooms& rooms, const std::vector<Ranked>& ranked,
                                            const std::vector<HitGroup>& groups) {
  std::vector<RowId> rows;
  for (const HitGroup& group : groups) {
    rows.push_back(ranked[group.first].row);
    for (const std::size_t other : group.others) rows.push_back(ranked[other].row);
  }
  std::sort(rows.begin(), rows.end());
  VITRINE_TRY_ASSIGN(auto assets, rooms.assets(rows));
  return std::map<RowId, AssetRecord>(std::make_move_iterator(assets.begin()),
                                      std::make_move_iterator(assets.end()));
}

}  // namespace

std::size_t PoolOf(const RunOptions& options) {
  if (!options.diverse && options.group == Grouping::kNone) return options.limit;
  return std::max(options.limit, std::clamp(kPoolFactor * options.limit, kLeastPool, kMostPool));
}

Result<Answer> AnswerOne(const AnswerRooms& rooms, Run& run, std::size_t number, const RunOptions& options) {
  const PreparedQuery& query = run.queries[number];
  const std::span<Way> ways = run.WaysOf(number);
  Answer answer{
      .matches = {}, .total = run.totals[number], .notes = std::move(run.notes[number]), .plan = {}};
  VITRINE_TRY_ASSIGN(std::vector<Ranked> ranked, RankWays(rooms, ways, PoolOf(options)));
  VITRINE_TRY_ASSIGN(const std::vector<HitGroup> groups, Gather(rooms, options, ranked));
  VITRINE_TRY_ASSIGN(const auto assets, LookUp(rooms, ranked, groups));
  for (const HitGroup& group : groups) {
    const Ranked& hit = ranked[group.first];
    const auto asset = assets.find(hit.row);
    if (asset == assets.end()) continue;  // Its last file went away after the live rows were read.
    const Way& way = ways[hit.way];
    Match& match = answer.matches.emplace_back();
    match.asset = asset->second;
    match.score = static_cast<float>(ScoreOf(way, hit));
    match.relevance = RelevanceOf(way, hit);
    match.why = Reasons(rooms, query, way, run.meanings, hit, asset->second);
    for (const std::size_t other : group.others) {
      const auto under = assets.find(ranked[other].row);
      if (under != assets.end()) match.grouped.push_back(under->second.id);
    }
  }
  Cut(ways, ranked, answer);
  answer.by_facts = std::ranges::all_of(ways, [](const Way& way) { return way.meaning.empty(); });
  if (options.explain) answer.plan = PlanText(rooms, ways);
  return answer;
}

}  // namespace vitrine
