// A library on this machine as its boards see it.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "engine/board_library.h"
#include "engine/snapshot.h"
#include "engine/tag_shelf.h"
#include "image/decoder.h"
#include "query/runner.h"

namespace vitrine {

/// What the library lends to its boards. All of it outlives them.
struct BoardsHost {
  std::string folder;
  TagShelf& words;
  std::mutex& mutex;  ///< Guards the snapshot. A thread that holds a lock of the boards never waits for it.
  std::function<Result<const Snapshot*>(Checking)> snapshot;
  // To be called with the mutex held.
  std::function<QueryRooms(const Snapshot&)> rooms;
  std::function<Result<PreparedQuery>(const Query&, const Snapshot&)> prepare;
  std::function<Hit(const Match&)> hit;
  DecoderPoolOptions decoders;  ///< Of workers of its own.
  /// Gallery::Add.
  std::function<Result<AssetId>(const std::string& bytes, const std::string& name)> add;
};

std::unique_ptr<BoardLibrary> MakeLocalBoardLibrary(BoardsHost host);

}  // namespace vitrine
