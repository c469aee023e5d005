// From a query as it was asked to one that can be run: parsed, planned, its pictures turned into vectors.
#pragma once

#include <string>
#include <vector>

#include "engine/lazy_decoder.h"
#include "engine/snapshot.h"
#include "query/meaning.h"
#include "vitrine/result.h"
#include "vitrine/search.h"

namespace vitrine {

/// Thread-safe; the snapshots are not.
class QueryPreparer {
 public:
  /// @param decoder  of pictures that the library does not know; outlives this.
  explicit QueryPreparer(LazyDecoder& decoder) : decoder_(decoder) {}

  /// The query in the space of the snapshot's model. Errors: kInvalidArgument (it cannot be read), kNotFound
  /// (no such file, or a picture of which this space has no vector), kCorrupt (a picture that cannot be
  /// decoded), kModel, those of the catalog.
  Result<PreparedQuery> Prepare(const Query& query, const Snapshot& snapshot);

  /// The vector of a picture file, or of a part of it. Errors: as Prepare().
  Result<std::vector<float>> EmbedFile(const PathBytes& file, const CropBox& crop, const Snapshot& snapshot);

 private:
  Result<std::vector<float>> VectorOfPicture(const PictureAsked& asked, const Snapshot& snapshot,
                                             std::vector<AssetId>& leave_out);
  Result<std::vector<float>> VectorOfBytes(const std::string& bytes, const Snapshot& snapshot,
                                           std::vector<AssetId>& leave_out);
  Result<std::vector<float>> Embed(UniqueFd file, const CropBox& crop, const Snapshot& snapshot);

  LazyDecoder& decoder_;
};

}  // namespace vitrine
