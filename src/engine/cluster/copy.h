// What both directions of a copy read of a library on this machine.
#pragma once

#include "catalog/catalog.h"
#include "cluster/picture_doc.h"
#include "vitrine/result.h"

namespace vitrine {

/// All that the catalog says of a picture, with row `row` of `vectors`. Errors: those of the catalog.
Result<cluster::PictureCopy> ReadPicture(Catalog& catalog, AssetRecord asset, const EncodedRows& vectors,
                                         std::size_t row);

}  // namespace vitrine
