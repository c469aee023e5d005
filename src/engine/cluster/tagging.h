// Tags of a library on a cluster: engine/tagging.h, over its pictures and what is said of them there.
#pragma once

#include <cstddef>
#include <memory>

#include "engine/cluster/room.h"
#include "engine/cluster/saying.h"
#include "vitrine/tags.h"

namespace vitrine {

/// The vectors of names are kept on this machine, in "<cache>/tags". Both outlive it. Thread-safe.
std::unique_ptr<Tagging> MakeClusterTagging(ClusterRoom& room, ClusterSaying& saying, std::size_t threads);

}  // namespace vitrine
