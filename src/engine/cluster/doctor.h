// The health of a library on a cluster, in words.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "engine/cluster/room.h"
#include "vitrine/library.h"

namespace vitrine {

/// Library::Doctor(). Never fails as a whole; works while shards are missing.
std::vector<Finding> LookAtCluster(ClusterRoom& room);

/// Of the table _cat/nodes (name, version, heap.percent, disk.used_percent): the first thing to be done, if
/// any.
Finding NodesFinding(const nlohmann::json& nodes);
/// Of the table _cat/shards (store in bytes, docs).
Finding ShardsFinding(const nlohmann::json& shards);

}  // namespace vitrine
