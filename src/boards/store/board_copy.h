// Boards from one place to another, with all their steps and versions.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "boards/store/board_storage.h"
#include "vitrine/result.h"

namespace vitrine {

struct BoardCopyReport {
  std::uint64_t boards = 0;   ///< Of the original, those in the bin too.
  std::uint64_t written = 0;  ///< Boards that were made or brought up to date.
  /// Names of boards that both places have changed since they were the same: the copy's stay as they are.
  std::vector<std::string> parted;
};

/// A board that `to` does not have is made there under its id; one that it has gets the steps that it lacks.
/// What was only done there stays. Doing it again writes what is new. Errors: those of both, kLocked (others
/// change a board of the copy all the time).
Result<BoardCopyReport> CopyBoards(BoardStorage& from, BoardStorage& to);

}  // namespace vitrine
