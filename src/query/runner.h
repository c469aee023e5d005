// From planned queries to ranked pictures: filter, look, fuse, cut, gather, say why.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "query/meaning.h"
#include "query/ways.h"
#include "vitrine/result.h"

namespace vitrine {

struct RunOptions {
  std::size_t limit = 10;
  bool diverse = false;  ///< Prefer hits unlike each other.
  Grouping group = Grouping::kNone;
  bool explain = false;  ///< Fill Answer::plan.
};

/// One picture that answers a query.
struct Match {
  AssetRecord asset;
  float score = 0;       ///< What the list is in order of: see RunQueries.
  double relevance = 0;  ///< The probability that it is what was meant.
  bool below_cut = false;
  std::vector<std::string> why;
  std::vector<AssetId> grouped;  ///< Pictures that stand under it, best first.
};

struct Answer {
  std::vector<Match> matches;
  std::uint64_t total = 0;       ///< Pictures that passed the facts.
  std::size_t above_cut = 0;     ///< So many of the matches come before the list falls off.
  bool nothing_matches = false;  ///< Nothing in the library seems to be what was meant.
  bool by_facts = false;         ///< The query asks for no likeness: in order of colours and dates.
  std::vector<std::string> notes;
  std::string plan;
};

/// Runs each query and returns at most `limit` matches for each, best first, ties by smaller row. Nothing is
/// cut off: matches past the cut are marked.
///
/// The score of a match is its cosine with the meaning, plus what names, tags and colours say, in the same
/// unit (nats divided by the nats that one of cosine is worth). Of a query of facts alone it is 1, or how
/// well the colours fit. Errors: kInvalidArgument (limit 0), kModel, those of the catalog, the facts and the
/// index.
Result<std::vector<Answer>> RunQueries(const QueryRooms& rooms, std::span<const PreparedQuery> queries,
                                       const RunOptions& options);

}  // namespace vitrine
