// What both directions of a copy read of a library on this machine.
#pragma once

#include "catalog/catalog.h"
#include "cluster/picture_doc.h"
#include "vitrine/result.h"

namespace vitrine {

/// What is said in front of why a copy ended half-way, in either direction.
inline constexpr char kCutOff[] = "the copy was cut off, and the same command goes on from there";

/// A setting of a library that is copied from a cluster: the documents that are being recorded, a word each.
/// Empty but between the transactions that record them.
inline constexpr char kRestoringSetting[] = "restoring";

/// All that the catalog says of a picture, with row `row` of `vectors`. Errors: those of the catalog.
Result<cluster::PictureCopy> ReadPicture(Catalog& catalog, AssetRecord asset, const EncodedRows& vectors,
                                         std::size_t row);

}  // namespace vitrine
