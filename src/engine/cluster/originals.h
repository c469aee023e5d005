// Pictures of a library on a cluster, one at a time: what is known of them, and their files where this
// machine has them.
#pragma once

#include "cluster/picture_doc.h"
#include "engine/cluster/room.h"
#include "engine/originals.h"
#include "vitrine/result.h"

namespace vitrine {

/// Errors: kNotFound (no such picture), those of the cluster.
Result<cluster::PictureCopy> PictureOnCluster(const ClusterRoom& room, AssetId id);

/// The first of the picture's files that lies here where it was indexed, and holds the bytes of then. Errors:
/// kNotFound (no such picture, or no such file here), kIo, those of the cluster.
Result<OpenOriginal> OriginalOnCluster(const ClusterRoom& room, AssetId id);

}  // namespace vitrine
