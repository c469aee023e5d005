// A library on a cluster as its boards see it.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "engine/board_library.h"
#include "engine/cluster/room.h"
#include "query/runner.h"

namespace vitrine {

/// What the library lends to its boards. All of it outlives them.
struct ClusterBoardsHost {
  ClusterRoom& room;
  std::function<Result<PreparedQuery>(const Query&)> prepare;
  std::function<Result<Answer>(const PreparedQuery&, const RunOptions&)> run;
};

/// Boards lie in an index of their own (cluster/board_storage.h). Pictures are drawn and exported from the
/// originals where this machine has them at the place where they were indexed; Add() refuses.
std::unique_ptr<BoardLibrary> MakeClusterBoardLibrary(ClusterBoardsHost host);

}  // namespace vitrine
