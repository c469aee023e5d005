// Indexing straight into a library on a cluster, by this machine and any others that see the same folders
// (docs/decisions/0022-indexing-by-many-machines.md).
#pragma once

#include <memory>
#include <string>

#include "engine/cluster/link.h"
#include "vitrine/library.h"
#include "vitrine/result.h"

namespace vitrine {

/// Library::Index(). Makes the library if there is none of that name. The roots are cut into bunches of files
/// that machines claim from each other; it returns when all of them are done, by whomever, so that its return
/// says what that of a library on this machine does. Thumbnails, and what this machine has embedded, stay in
/// WorkingLibrary(). Errors: those of Library::Index() and of a cluster; kLocked when another process of this
/// machine indexes for the same library.
Result<IndexReport> IndexIntoCluster(const LibraryOptions& options, std::shared_ptr<ClusterLink> link,
                                     const IndexOptions& indexing, IndexObserver* observer,
                                     const StopSignal& stop);

/// Where a machine keeps what it needs to index for a library on a cluster:
/// "$XDG_DATA_HOME/vitrine/cluster/<host>_<port>/<name>", else under ~/.local/share.
std::string WorkingLibrary(const cluster::Address& address);

}  // namespace vitrine
