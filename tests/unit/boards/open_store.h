// Boards in a folder, for tests.
#pragma once

#include <memory>
#include <string>

#include "base/try.h"
#include "boards/store/board_store.h"
#include "boards/store/sqlite_boards.h"

namespace vitrine::testing {

inline Result<std::unique_ptr<BoardStore>> OpenStore(const std::string& folder, StoreMode mode) {
  VITRINE_TRY_ASSIGN(std::unique_ptr<BoardStorage> storage, OpenBoardsIn(folder, mode));
  return std::make_unique<BoardStore>(std::move(storage));
}

}  // namespace vitrine::testing
