// Which pictures of a library on a cluster a person means by a path.
#pragma once

#include <vector>

#include "engine/cluster/room.h"
#include "vitrine/result.h"
#include "vitrine/types.h"

namespace vitrine {

/// The pictures that lie at the path, or below it where it is a folder, in order of id; none where the
/// library knows nothing there. Cost: a request for each 2,000 pictures. Errors: those of Cluster::Ask, kIo
/// (a shard does not answer, so that some would be overlooked), kCorrupt.
Result<std::vector<AssetId>> PicturesUnder(const ClusterRoom& room, const PathBytes& path);

}  // namespace vitrine
