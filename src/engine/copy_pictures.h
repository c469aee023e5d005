// The pictures that may be copies of one another, wherever their library lies.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "index/vector_index.h"
#include "vitrine/result.h"

namespace vitrine {

struct CopyPicture {
  RowId row = 0;
  AssetRecord asset;
  std::vector<FileStamp> stamps;  ///< Of asset.paths, in order.
};

/// The living pictures of rows, in the order asked; the others are left out. Errors: those of the library.
using CopyPicturesOf = std::function<Result<std::vector<CopyPicture>>(std::span<const RowId>)>;

/// Those of a library on this machine. The catalog outlives it.
CopyPicturesOf CopyPicturesIn(Catalog& catalog, const std::string& space);

}  // namespace vitrine
