// Boards of a library: joins their store to the library behind include/vitrine/boards.h.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "engine/board_library.h"
#include "vitrine/boards.h"

namespace vitrine {

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

std::unique_ptr<EngineBoards> MakeBoards(std::unique_ptr<BoardLibrary> library);

}  // namespace vitrine
