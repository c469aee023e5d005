// Which pictures of a library on a cluster a person means by a path.
#pragma once

#include <string>
#include <vector>

#include "cluster/cluster.h"
#include "engine/tag_subjects.h"
#include "vitrine/result.h"
#include "vitrine/types.h"

namespace vitrine {

/// The pictures that lie at the path, or below it where it is a folder, in order of id; none where the
/// library knows nothing there. @param index  (or alias) of the pictures. Cost: a request for each 2,000
/// pictures. Errors: those of Cluster::Ask, kIo (a shard does not answer, so that some would be overlooked),
/// kCorrupt.
Result<std::vector<PlacedPicture>> PicturesUnder(const cluster::Cluster& cluster, const std::string& index,
                                                 const PathBytes& path);

}  // namespace vitrine
