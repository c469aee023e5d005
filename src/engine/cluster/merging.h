// How one document on a cluster takes in what several machines see of one picture: where it lies. All else
// that is said of it stays as it is there.
#pragma once

#include <span>
#include <utility>
#include <vector>

#include "base/hash.h"
#include "catalog/catalog.h"
#include "cluster/picture_doc.h"
#include "vitrine/result.h"

namespace vitrine {

/// The number of a picture in a library that machines index into together: 53 bits of its content hash, so
/// that each of them gives the same, and none needs to ask. Of 10 million pictures two share one with a
/// chance of 1 in 180.
AssetId SharedId(const Sha256Digest& content);

/// Adds the files of `mine`, with their stamps; those that are there get the new stamps. Takes over a sketch
/// and words read in the picture where there are none. Tags, rating and caption stay. Words of names and
/// folders are made anew.
/// @param roots  all that the library has. Returns whether anything is another than it was.
bool TakeIn(const cluster::PictureCopy& mine, std::span<const PathBytes> roots, cluster::PictureCopy& there);

/// A file as a document names it.
using DocumentFile = std::pair<PathBytes, FileStamp>;

/// Takes these files away where they still have those stamps. Returns how many.
std::size_t TakeAway(std::span<const DocumentFile> gone, std::span<const PathBytes> roots,
                     cluster::PictureCopy& there);

}  // namespace vitrine
