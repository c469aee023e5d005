// What a library on a cluster holds, in numbers.
#pragma once

#include "engine/cluster/room.h"
#include "vitrine/library.h"
#include "vitrine/result.h"

namespace vitrine {

/// Library::Info(). Folders that are not on this machine are offline. Errors: those of the cluster.
Result<LibraryInfo> InfoOfCluster(ClusterRoom& room);

}  // namespace vitrine
