// Copies in a library on a cluster: engine/duplicates.h, over what the cluster knows of its pictures.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "engine/cluster/room.h"
#include "image/decoder.h"
#include "vitrine/duplicates.h"
#include "vitrine/result.h"
#include "vitrine/stop.h"
#include "vitrine/vectors.h"

namespace vitrine {

/// Up to so many pictures are compared: each vector with each, on this machine.
inline constexpr std::size_t kMostCompared = 1'000'000;

/// As Library::FindDuplicates. The vectors and hashes of all pictures come here (2.7 bytes a dimension and
/// some 400 for each) and stay in memory while it looks (two bytes a dimension, 200); likely copies are
/// looked at in the thumbnails that the gallery keeps on this machine, or in their files.
/// @param decoder  for `threads` at once. @param observer  may be null.
/// Errors: kUnsupported (more than kMostCompared pictures), kIo (a shard does not answer), those of
/// Cluster::Ask.
Result<DuplicateReport> FindDuplicatesOnCluster(ClusterRoom& room, Decoder& decoder, std::size_t threads,
                                                const DuplicateOptions& options, VectorObserver* observer,
                                                const StopSignal& stop);

}  // namespace vitrine
