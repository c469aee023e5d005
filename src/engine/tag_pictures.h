// The pictures of a library as tags are judged and taught on them, wherever it lies.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "base/matrix.h"
#include "catalog/annotations.h"
#include "engine/snapshot.h"
#include "engine/tag_subjects.h"
#include "index/row_table.h"
#include "model/embedder.h"
#include "vitrine/result.h"

namespace vitrine {

/// Some pictures with their vectors; valid during the call that is given it.
struct PictureBatch {
  const RowTable& table;
  std::span<const RowId> rows;  ///< Of the table.
  /// What some of the rows are, in order; without a path what has gone away meanwhile.
  std::function<Result<std::vector<PlacedPicture>>(std::span<const RowId>)> pictures;
};

/// Returns false to end it.
using BatchVisit = std::function<Result<bool>(const PictureBatch&)>;

/// Errors of all: those of the catalog or of the cluster. Not thread-safe.
class TagPictures {
 public:
  virtual ~TagPictures() = default;

  /// The model whose vectors these are. Errors: kModel.
  virtual Result<std::shared_ptr<Embedder>> Model() = 0;

  /// What is said of them now. To be read only.
  virtual Annotations& said() = 0;

  /// Vectors of at most `most` pictures, none preferred, [n, dimension].
  virtual Result<Matrix> Sample(std::size_t most) = 0;

  /// Vectors of these pictures, [n, dimension], in order; those that have none are left out.
  virtual Result<Matrix> VectorsOf(std::span<const AssetId> pictures) = 0;

  /// Visits all pictures in a steady order, or those that are named; never `files`.
  virtual Status ForEach(const TagSubjects& subjects, const BatchVisit& visit) = 0;

  virtual Result<std::vector<PlacedPicture>> At(const PathBytes& path) = 0;  ///< As KnownAt.
};

/// Those of a library on this machine. The snapshot outlives it and has a model.
std::unique_ptr<TagPictures> PicturesIn(const Snapshot& snapshot);

/// Vectors of at most `most` of the rows, evenly taken, [rows, dimension].
Matrix SampleVectors(const RowTable& rows, const RowSet& from, std::size_t most);

}  // namespace vitrine
