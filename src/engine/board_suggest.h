// Which pictures of the library a board might want next.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/matrix.h"
#include "engine/board_view.h"
#include "query/runner.h"
#include "vitrine/boards.h"
#include "vitrine/result.h"

namespace vitrine {

/// Some pictures of a library.
struct SampledPictures {
  std::vector<AssetId> assets;
  Matrix vectors;  ///< [assets, dimension], unit rows.
};

/// What suggestions are looked up in: one view of the library, valid for the call. Errors: those of the
/// library.
struct SuggestRooms {
  std::size_t dimension = 0;
  /// Of a query that is not empty.
  std::function<Result<PreparedQuery>(const std::string& text)> prepare;
  /// RunQueries() (query/runner.h).
  std::function<Result<std::vector<Answer>>(std::span<const PreparedQuery>, std::size_t limit)> run;
  /// Of each its vector; empty where there is none.
  std::function<Result<std::vector<std::vector<float>>>(std::span<const AssetId>)> vectors_of;
  /// Living pictures that are not left out, at most so many, evenly taken.
  std::function<Result<SampledPictures>(std::span<const AssetId> leave_out, std::size_t most)> sample;
  /// The living ones among these, in that order.
  std::function<Result<std::vector<AssetRecord>>(std::span<const AssetId>)> records_of;
};

/// The best `request.limit` pictures, best first; none that lies on the board, nor one that is nearly the
/// same picture as one there.
///
/// kMore: the pictures are gathered into at most four kinds, whose centres are asked for together; a picture
/// counts by the kind that it answers best, and hits are chosen to differ (maximal marginal relevance). kGap:
/// the same with one point, the mean of the pictures around the place, each weighted by 1 / (1 + d^2), d the
/// distance between edges in sizes of the place. kEach: the farthest-first choice among the library, or among
/// the best 2,000 that answer the query.
/// @param all    all pictures of the board: what is left out.
/// @param asked  those that the request names (kMore, kGap).
/// Errors: kInvalidArgument (no pictures to go by, a place without size, a limit outside 1..200, a query that
/// cannot be read), kModel, those of the index.
Result<std::vector<Match>> SuggestFor(const SuggestRooms& rooms, const Board& board, const BoardView& all,
                                      const BoardView& asked, const SuggestRequest& request);

}  // namespace vitrine
