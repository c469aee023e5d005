// Changing pictures where they lie: each is read, changed and written back only if nobody wrote it meanwhile
// (the cluster's sequence numbers), else read and changed again. So several machines may change one picture
// at once, and what each of them did is there in the end.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "cluster/cluster.h"
#include "cluster/mapping.h"
#include "cluster/picture_doc.h"
#include "vitrine/result.h"

namespace vitrine::cluster {

/// Changes a picture and says whether it is to be written; one that is left without a path is removed. May be
/// called several times for one picture, each time with what the cluster has then.
using PictureChanger = std::function<Result<bool>(PictureCopy& picture)>;

/// The picture for a document that is not there.
using PictureMaker = std::function<Result<PictureCopy>(const std::string& id)>;

/// Changes these documents, in any order. An id that is not there is passed over, or made by `make` where one
/// is given; when somebody else makes it first, that one is changed. What was written is durable, and seen by
/// searches after the next refresh. Returns how many were written or removed. Errors: those of `change` and
/// `make` and of Cluster::Ask; kNoSpace (flood stage), kTimeout (others write the same pictures again and
/// again, or a node is too busy), kInternal (a document is refused, with the cluster's reason).
Result<std::uint64_t> ChangePictures(const Cluster& cluster, const std::string& index, const IndexMeta& meta,
                                     std::span<const std::string> ids, const PictureChanger& change,
                                     const PictureMaker& make = nullptr);

/// What was written to an index is seen by searches when this returns. Errors: those of Cluster::Ask.
Status Refresh(const Cluster& cluster, const std::string& index);

}  // namespace vitrine::cluster
