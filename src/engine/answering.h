// Answers to queries from the models that a snapshot has: one, or two whose lists are mixed.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "engine/lazy_decoder.h"
#include "engine/snapshot.h"
#include "query/runner.h"
#include "query/ways.h"
#include "vitrine/result.h"
#include "vitrine/search.h"

namespace vitrine {

struct AnsweringRooms {
  LazyDecoder& decoder;                              ///< Of pictures that the library does not know.
  std::function<QueryRooms(const Snapshot&)> rooms;  ///< What a query is run against in that space.
};

/// One answer a query, in order. Where the snapshot has a second model, each query is run in both spaces and
/// the lists are mixed (query/mix.h); where only one of them has a vector of a picture that is asked about,
/// that one answers alone, and where the second fails as a model, the first does; both with a note. Errors:
/// those of PrepareQueryIn() and RunQueries().
Result<std::vector<Answer>> AnswerQueries(const AnsweringRooms& rooms, std::span<const Query> queries,
                                          const RunOptions& options, const Snapshot& snapshot);

}  // namespace vitrine
