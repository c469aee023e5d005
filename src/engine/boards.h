// Boards of a library: joins their store to catalog, vectors and decoder behind include/vitrine/boards.h.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "engine/snapshot.h"
#include "engine/tag_shelf.h"
#include "image/decoder.h"
#include "query/runner.h"
#include "vitrine/boards.h"

namespace vitrine {

/// What the library lends to its boards. All of it outlives them.
struct BoardsHost {
  std::string folder;
  TagShelf& words;
  std::size_t threads = 1;
  std::mutex& mutex;  ///< Guards the snapshot. A thread that holds a lock of the boards never waits for it.
  std::function<Result<const Snapshot*>(Checking)> snapshot;
  // To be called with the mutex held.
  std::function<QueryRooms(const Snapshot&)> rooms;
  std::function<Result<PreparedQuery>(const Query&, const Snapshot&)> prepare;
  std::function<Hit(const Match&)> hit;
  DecoderPoolOptions decoders;  ///< Of workers of its own.
  /// Takes in a picture that an imported board brings (Gallery::Add).
  std::function<Result<AssetId>(const std::string& bytes, const std::string& name)> add;
};

/// What the rest of the engine asks of boards besides. Thread-safe; never waits for a search.
class EngineBoards : public Boards {
 public:
  /// Ids of the boards that show a picture; none where they cannot be read.
  virtual std::vector<std::string> BoardsWith(const std::string& content) = 0;
  /// The pictures of a board, by its id or name, that the library knows. Errors: kNotFound (with the name
  /// that may have been meant), kInvalidArgument (several have the name).
  virtual Result<std::vector<AssetId>> PicturesOn(const std::string& board) = 0;
  /// Contents of the pictures of all boards, those in the bin too. Errors: those of the boards' file.
  virtual Result<std::set<std::string>> AllContents() = 0;
};

std::unique_ptr<EngineBoards> MakeBoards(BoardsHost host);

}  // namespace vitrine
