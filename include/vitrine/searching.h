// What answers queries, wherever the pictures' vectors lie: a library on this machine (library.h) or one on a
// cluster (cluster.h).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "vitrine/journal.h"
#include "vitrine/result.h"
#include "vitrine/search.h"
#include "vitrine/types.h"

namespace vitrine {

/// One line of a health report.
struct Finding {
  enum class Level : std::uint8_t { kOk, kNote, kProblem };
  Level level = Level::kOk;
  std::string subject;  ///< "model", "library", "network", ...
  std::string text;
};

/// Thread-safe.
class Searching {
 public:
  virtual ~Searching() = default;

  /// Finds the pictures that answer each query best. Errors: kNotFound (no library, or a query picture that
  /// does not exist), kInvalidArgument (an empty query, or one that cannot be read: the message names the
  /// column), kCorrupt (a query picture that cannot be decoded, or a
  /// damaged library), kModel. Of a cluster also kIo, kTimeout, kUnsupported (a fact that it is not asked
  /// yet).
  virtual Result<std::vector<SearchResult>> SearchMany(std::span<const Query> queries,
                                                       const SearchOptions& options) = 0;
  Result<SearchResult> Search(const Query& query, const SearchOptions& options);

  /// The upright pixels of any picture file, at most about `edge_px` on the short side: RGB8 rows. For
  /// previews.
  struct Preview {
    std::int32_t width_px = 0;
    std::int32_t height_px = 0;
    std::vector<std::uint8_t> rgb;
  };
  virtual Result<Preview> PreviewOf(const PathBytes& file, std::int32_t edge_px) = 0;

  /// Queries under a name, in order of name. Errors: kNotFound (no library), kInvalidArgument (a cluster
  /// keeps none).
  virtual Result<std::vector<SavedSearch>> SavedSearches() = 0;

  /// Looks at everything that could be wrong: program, processor, model, library, network lock. Never fails
  /// as a whole.
  virtual std::vector<Finding> Doctor() = 0;
};

}  // namespace vitrine
