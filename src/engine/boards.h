// Boards of a library: joins their store to catalog, vectors and decoder behind include/vitrine/boards.h.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "engine/snapshot.h"
#include "model/embedder.h"
#include "query/runner.h"
#include "vitrine/boards.h"

namespace vitrine {

/// What the library lends to its boards. All of it outlives them.
struct BoardsHost {
  std::string folder;
  Embedder& embedder;
  std::size_t threads = 1;
  std::mutex& mutex;  ///< Guards the snapshot and the embedder.
  std::function<Result<const Snapshot*>(Checking)> snapshot;
  // To be called with the mutex held.
  std::function<QueryRooms(const Snapshot&)> rooms;
  std::function<Result<PreparedQuery>(const Query&, const Snapshot&)> prepare;
  std::function<Hit(const Match&)> hit;
};

std::unique_ptr<Boards> MakeBoards(BoardsHost host);

}  // namespace vitrine
