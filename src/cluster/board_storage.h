// Boards of a library on a cluster. All of a board is one document, which is replaced upon what was read of
// it (if_seq_no): so a change is made at once or not at all, whoever is cut off, and of two at the same
// moment one begins anew. The document holds the step that made it; whoever makes the next one first keeps
// that in a document of its own, so that no step is ever lost (docs/decisions/0025-boards-on-a-cluster.md).
#pragma once

#include <memory>

#include "boards/store/board_storage.h"
#include "cluster/cluster.h"
#include "vitrine/result.h"

namespace vitrine::cluster {

/// @param cluster  outlives it. Lists see what was committed anywhere before they were asked for; the first
/// 10,000 boards, and as many in the bin. Errors of all also: those of Cluster::Ask, kUnsupported (a board of
/// a newer Vitrine).
std::unique_ptr<BoardStorage> OpenBoardsOn(const Cluster& cluster);

}  // namespace vitrine::cluster
