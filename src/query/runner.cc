// The query driver: a list of named steps.
#include "query/runner.h"

#include <algorithm>

#include "base/try.h"
#include "query/answering.h"

namespace vitrine {
namespace {

// The first look is deep enough for the ten best that a relevance needs, and seldom has to be taken again
// when words or colours speak too.
constexpr std::size_t kFirstDepth = 64;

std::uint64_t Allowed(const QueryRooms& rooms, std::span<const Way> ways) {
  if (ways.size() == 1) return ways.front().allowed_count;
  RowSet any(rooms.live.size());
  for (const Way& way : ways) any.UniteWith(way.allowed_rows(rooms.live));
  return any.Count();
}

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
  for (std::size_t i = 0; i < queries.size(); ++i) run.totals.push_back(Allowed(rooms, run.WaysOf(i)));
  return run;
}

}  // namespace

Result<std::vector<Answer>> RunQueries(const QueryRooms& rooms, std::span<const PreparedQuery> queries,
                                       const RunOptions& options) {
  if (options.limit == 0) return Error(Code::kInvalidArgument, "no hits wanted");
  VITRINE_TRY_ASSIGN(Run run, Prepare(rooms, queries));
  VITRINE_TRY(LookFirst(rooms, run.ways, std::max(kFirstDepth, PoolOf(options))));
  std::vector<Answer> answers;
  for (std::size_t i = 0; i < queries.size(); ++i) {
    VITRINE_TRY_ASSIGN(Answer answer, AnswerOne(rooms.ForAnswers(), run, i, options));
    answers.push_back(std::move(answer));
  }
  return answers;
}

}  // namespace vitrine
