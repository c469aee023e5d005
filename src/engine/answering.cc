#include "engine/answering.h"

#include <optional>
#include <utility>

#include "base/try.h"
#include "engine/snapshot_query.h"
#include "query/mix.h"

namespace vitrine {
namespace {

// What one model makes of some queries.
struct Part {
  std::string model;
  std::vector<std::optional<Error>> unknown;  ///< Of queries about a picture that the model has not seen.
  std::vector<Answer> answers;                ///< Of the others, in order.
};

Result<Part> Ask(const AnsweringRooms& rooms, std::span<const Query> queries, const RunOptions& options,
                 const Snapshot& snapshot) {
  Part part{.model = snapshot.space().model, .unknown = {}, .answers = {}};
  std::vector<PreparedQuery> known;
  for (const Query& query : queries) {
    Result<PreparedQuery> prepared = PrepareQueryIn(snapshot, query, rooms.decoder);
    if (!prepared && prepared.error().code() != Code::kNotFound) return std::move(prepared).error();
    part.unknown.emplace_back();
    if (prepared) {
      known.push_back(*std::move(prepared));
    } else {
      part.unknown.back() = std::move(prepared).error();
    }
  }
  VITRINE_TRY_ASSIGN(part.answers, RunQueries(rooms.rooms(snapshot), known, options));
  return part;
}

Result<std::vector<Answer>> Alone(Part part, const std::string& note) {
  for (const std::optional<Error>& unknown : part.unknown) {
    if (unknown) return *unknown;
  }
  if (note.empty()) return std::move(part.answers);
  for (Answer& answer : part.answers) answer.notes.push_back(note);
  return std::move(part.answers);
}

Result<std::vector<Answer>> Mixed(Part first, Part second, std::size_t limit) {
  std::vector<Answer> mixed;
  std::size_t next_first = 0;
  std::size_t next_second = 0;
  for (std::size_t i = 0; i < first.unknown.size(); ++i) {
    std::vector<ModelAnswer> answers;
    if (!first.unknown[i]) answers.push_back({first.model, std::move(first.answers[next_first++])});
    if (!second.unknown[i]) answers.push_back({second.model, std::move(second.answers[next_second++])});
    if (answers.empty()) return *std::move(first.unknown[i]);
    std::string note;
    if (answers.size() == 1) {
      const bool is_first = second.unknown[i].has_value();
      note = (is_first ? second : first).model + " has not seen the picture that is asked about; " +
             answers.front().model + " answers alone";
    }
    mixed.push_back(MixAnswers(std::move(answers), limit));
    if (!note.empty()) mixed.back().notes.push_back(std::move(note));
  }
  return mixed;
}

}  // namespace

Result<std::vector<Answer>> AnswerQueries(const AnsweringRooms& rooms, std::span<const Query> queries,
                                          const RunOptions& options, const Snapshot& snapshot) {
  const auto goes_on = [&](const std::string& why) {
    return snapshot.space().model + " answers alone, the second model cannot be used: " + why;
  };
  if (!snapshot.second) {
    VITRINE_TRY_ASSIGN(Part part, Ask(rooms, queries, options, snapshot));
    return Alone(std::move(part), snapshot.second_problem.empty() ? "" : goes_on(snapshot.second_problem));
  }
  RunOptions deeper = options;
  deeper.limit = MixDepth(options);
  Result<Part> second = Ask(rooms, queries, deeper, *snapshot.second);
  if (!second && second.error().code() == Code::kModel) {
    VITRINE_TRY_ASSIGN(Part part, Ask(rooms, queries, options, snapshot));
    return Alone(std::move(part), goes_on(second.error().message()));
  }
  VITRINE_TRY_ASSIGN(Part first, Ask(rooms, queries, deeper, snapshot));
  if (!second) return std::move(second).error();
  return Mixed(std::move(first), *std::move(second), options.limit);
}

}  // namespace vitrine
