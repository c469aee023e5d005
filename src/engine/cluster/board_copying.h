// The boards' part of copying a library to a cluster and back.
#pragma once

#include <string>

#include "cluster/cluster.h"
#include "vitrine/cluster.h"
#include "vitrine/result.h"

namespace vitrine {

/// Tell of it in the report. Errors: those of CopyBoards() (boards/store/board_copy.h).
Status SendBoards(const std::string& folder, const cluster::Cluster& cluster, CopyReport& report);
Status FetchBoards(const cluster::Cluster& cluster, const std::string& folder, CopyReport& report);

}  // namespace vitrine
