// Boards on the disk: "<library>/boards.sqlite", written by several processes at once
// (docs/decisions/0013-board-store.md, docs/formats/board.md).
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "boards/store/board_storage.h"
#include "vitrine/result.h"

namespace vitrine {

/// How a store is opened.
enum class StoreMode : std::uint8_t {
  kExisting,  ///< kNotFound where there is none.
  kCreate,    ///< Makes the file where there is none.
};

/// An OpenBoard of it is one transaction, which ends with it; one at a time. Whoever opens one for a change
/// waits for others, so that Commit() is never too late. Errors also: kUnsupported (of a newer Vitrine).
Result<std::unique_ptr<BoardStorage>> OpenBoardsIn(const std::string& folder, StoreMode mode);

}  // namespace vitrine
