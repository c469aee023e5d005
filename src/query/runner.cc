// The query driver: a list of named steps.
#include "query/runner.h"

#include <algorithm>
#include <map>

#include "base/try.h"
#include "query/diversify.h"
#include "query/explain.h"
#include "query/fact_rows.h"
#include "query/log_odds.h"

namespace vitrine {
namespace {

// The first look is deep enough for the ten best that a relevance needs, and seldom has to be taken again
// when words or colours speak too.
constexpr std::size_t kFirstDepth = 64;

// Variety needs something to choose from: so many times the hits wanted, within these bounds.
constexpr std::size_t kPoolFactor = 8;
constexpr std::size_t kLeastPool = 200;
constexpr std::size_t kMostPool = 4000;

// A word in a name that says so much is an answer, whatever the picture looks like.
constexpr double kTellingNats = 3;

std::size_t PoolOf(const RunOptions& options) {
  if (!options.diverse && options.group == Grouping::kNone) return options.limit;
  return std::max(options.limit, std::clamp(kPoolFactor * options.limit, kLeastPool, kMostPool));
}

// The branches of all queries made ready, looked up together.
struct Run {
  std::vector<PreparedQuery> queries;  ///< With exact words loosened.
  Meanings meanings;
  std::vector<std::vector<std::string>> notes;
  std::vector<Way> ways;
  std::vector<std::size_t> first_way;  ///< Of each query; one more at the end.
};

Result<Run> Prepare(const QueryRooms& rooms, std::span<const PreparedQuery> queries) {
  Run run;
  run.queries.assign(queries.begin(), queries.end());
  run.notes.resize(queries.size());
  for (std::size_t i = 0; i < queries.size(); ++i) {
    for (Branch& branch : run.queries[i].plan.branches) {
      VITRINE_TRY(LoosenExactWords(rooms, branch, run.notes[i]));
    }
  }
  VITRINE_TRY_ASSIGN(run.meanings, Meanings::Of(rooms.embedder, run.queries));
  for (const PreparedQuery& query : run.queries) {
    run.first_way.push_back(run.ways.size());
    for (const Branch& branch : query.plan.branches) {
      VITRINE_TRY_ASSIGN(Way way, PrepareWay(rooms, query, branch, run.meanings));
      run.ways.push_back(std::move(way));
    }
  }
  run.first_way.push_back(run.ways.size());
  return run;
}

// The best `limit` rows of all ways together; a row counts for the way that it answers best.
Result<std::vector<Ranked>> RankWays(const QueryRooms& rooms, std::span<Way> ways, std::size_t limit) {
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

std::uint64_t Allowed(const QueryRooms& rooms, std::span<const Way> ways) {
  if (ways.size() == 1) return ways.front().allowed_count;
  RowSet any(rooms.live.size());
  for (const Way& way : ways) any.UniteWith(way.allowed_rows(rooms));
  return any.Count();
}

// Of hits in rank order, those to be shown with those under them.
Result<std::vector<HitGroup>> Gather(const QueryRooms& rooms, const RunOptions& options,
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
Result<std::map<RowId, AssetRecord>> LookUp(const QueryRooms& rooms, const std::vector<Ranked>& ranked,
                                            const std::vector<HitGroup>& groups) {
  std::vector<RowId> rows;
  for (const HitGroup& group : groups) {
    rows.push_back(ranked[group.first].row);
    for (const std::size_t other : group.others) rows.push_back(ranked[other].row);
  }
  std::sort(rows.begin(), rows.end());
  VITRINE_TRY_ASSIGN(auto assets, rooms.catalog.AssetsOfRows(rooms.embedder.space().id, rows));
  return std::map<RowId, AssetRecord>(std::make_move_iterator(assets.begin()),
                                      std::make_move_iterator(assets.end()));
}

Result<Answer> AnswerOne(const QueryRooms& rooms, Run& run, std::size_t number, const RunOptions& options) {
  const PreparedQuery& query = run.queries[number];
  const std::span<Way> ways =
      std::span(run.ways).subspan(run.first_way[number], run.first_way[number + 1] - run.first_way[number]);
  Answer answer{
      .matches = {}, .total = Allowed(rooms, ways), .notes = std::move(run.notes[number]), .plan = {}};
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

}  // namespace

Result<std::vector<Answer>> RunQueries(const QueryRooms& rooms, std::span<const PreparedQuery> queries,
                                       const RunOptions& options) {
  if (options.limit == 0) return Error(Code::kInvalidArgument, "no hits wanted");
  VITRINE_TRY_ASSIGN(Run run, Prepare(rooms, queries));
  VITRINE_TRY(LookFirst(rooms, run.ways, std::max(kFirstDepth, PoolOf(options))));
  std::vector<Answer> answers;
  for (std::size_t i = 0; i < queries.size(); ++i) {
    VITRINE_TRY_ASSIGN(Answer answer, AnswerOne(rooms, run, i, options));
    answers.push_back(std::move(answer));
  }
  return answers;
}

}  // namespace vitrine
