// Steps on an open board: what an edit, an undo or a return to a version comes to, and how it is made. See
// board_store.h for the rules of undo.
#pragma once

#include <cstdint>
#include <vector>

#include "boards/store/board_storage.h"
#include "vitrine/boards.h"
#include "vitrine/result.h"

namespace vitrine {

/// Errors: kInvalidArgument (an item changed twice or out of its bounds, a name or colour that is none).
Status CheckEdit(const BoardEdit& edit);
/// Errors: kInvalidArgument (a revision that the board has not reached).
Status CheckBase(const BoardRow& row, std::int64_t base_revision);

Result<KeptStep> StepOfEdit(OpenBoard& board, const BoardEdit& edit);
/// What takes the newest edit back, or makes the oldest undone one again. Errors: kNotFound (there is none).
Result<KeptStep> StepOfWalk(OpenBoard& board, bool back);
/// What takes the board from now back to a revision. Cost: the steps since then.
Result<KeptStep> WayBackTo(OpenBoard& board, std::int64_t revision);

/// Makes a step: items, texts, history, revision. A step that changes nothing is not made. Errors:
/// kInvalidArgument (as CheckBase(); more items than a board holds).
Result<EditResult> MakeStep(OpenBoard& board, std::int64_t base_revision, KeptStep step);

/// Steps as onlookers apply them.
Result<std::vector<BoardStep>> ForOnlookers(std::vector<KeptStep> steps);

}  // namespace vitrine
