// After all work under a root is done: paths that are no longer there leave their pictures, and a picture
// that has none left leaves the library.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "cluster/cluster.h"
#include "cluster/mapping.h"
#include "engine/cluster/plan.h"
#include "vitrine/result.h"
#include "vitrine/stop.h"

namespace vitrine {

struct SweepRooms {
  const cluster::Cluster& cluster;
  const std::string& index;
  const cluster::IndexMeta& meta;
  bool drawings = false;
};

struct Swept {
  std::uint64_t removed = 0;  ///< Paths.
  bool again = false;         ///< Some could not be judged now.
  std::vector<std::string> notes;
};

/// Whether the library has pictures at or under a path, by its word for folders. Errors: those of
/// Cluster::Ask.
Result<bool> HasPicturesUnder(const SweepRooms& rooms, const PathBytes& path);

/// Looks through the pictures under `root` for files that the plan does not hold, walks the root again, and
/// takes away those that are not there now either. The order matters: what another machine has indexed by the
/// time of the look is there when the walk begins. Nothing under a folder that cannot be read is taken away,
/// nor under an inner root of which no file is there (an unplugged drive), nor anything when the root is
/// missing or empty. Errors: those of Cluster::Ask, kCorrupt.
Result<Swept> Sweep(const SweepRooms& rooms, const PathBytes& root, const Plan& plan, const StopSignal& stop);

}  // namespace vitrine
