// From what a person asks to a plan with the vectors of its pictures, whichever library answers it.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "base/hash.h"
#include "engine/lazy_decoder.h"
#include "model/embedder.h"
#include "query/meaning.h"
#include "vitrine/result.h"
#include "vitrine/search.h"

namespace vitrine {

/// What the pictures of a query are looked up in. References outlive the call.
struct QuerySource {
  Embedder& model;
  LazyDecoder& decoder;
  /// The picture that was last seen at a path (resolved), and that with these bytes; empty for none.
  std::function<Result<std::optional<AssetId>>(const PathBytes&)> asset_at;
  std::function<Result<std::optional<AssetId>>(const Sha256Digest&)> asset_of_content;
  /// The unit vector of a picture of the library. Errors: kNotFound (no such picture, or it has none).
  std::function<Result<std::vector<float>>(AssetId)> vector_of;
};

/// Parses the query and turns its pictures into vectors. A whole picture that the library knows, by its path
/// or by its bytes, is left out of its own answer; a part of one is asked about to find that part anywhere.
/// Errors: kInvalidArgument, kNotFound (no such file), kCorrupt (it cannot be decoded), kModel.
Result<PreparedQuery> PrepareQuery(const Query& query, const QuerySource& source);

/// The unit vector of a part of a picture file. Errors: as above, naming the file.
Result<std::vector<float>> EmbedFile(const PathBytes& file, const CropBox& crop, Embedder& model,
                                     LazyDecoder& decoder);

}  // namespace vitrine
