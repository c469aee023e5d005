// From ways that were looked up to an answer: fuse, gather, cut, say why. The same steps wherever the rows
// came from, a library on this machine or a cluster.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "query/meaning.h"
#include "query/runner.h"
#include "query/ways.h"
#include "vitrine/result.h"

namespace vitrine {

/// The branches of some queries, made ready and looked up together.
struct Run {
  std::vector<PreparedQuery> queries;  ///< With exact words loosened. The ways point into it.
  Meanings meanings;
  std::vector<std::vector<std::string>> notes;  ///< Of each query.
  std::vector<std::uint64_t> totals;            ///< Of each query: pictures that pass its facts.
  std::vector<Way> ways;
  std::vector<std::size_t> first_way;  ///< Of each query; one more at the end.

  std::span<Way> WaysOf(std::size_t query) {
    return std::span(ways).subspan(first_way[query], first_way[query + 1] - first_way[query]);
  }
};

/// How many of the best rows are wanted of each way: variety needs something to choose from.
std::size_t PoolOf(const RunOptions& options);

/// The answer to one query of a run; takes its notes. Errors: those of the index, the facts and the assets.
Result<Answer> AnswerOne(const AnswerRooms& rooms, Run& run, std::size_t number, const RunOptions& options);

}  // namespace vitrine
