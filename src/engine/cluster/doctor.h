// The health of a library on a cluster, in words.
#pragma once

#include <vector>

#include "engine/cluster/room.h"
#include "vitrine/library.h"

namespace vitrine {

/// Library::Doctor(). Never fails as a whole; works while shards are missing.
std::vector<Finding> LookAtCluster(ClusterRoom& room);

}  // namespace vitrine
