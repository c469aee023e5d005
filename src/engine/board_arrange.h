// Turns an arrangement of pictures into one edit of a board.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/matrix.h"
#include "boards/layout/arrange.h"
#include "engine/board_view.h"
#include "vitrine/boards.h"
#include "vitrine/result.h"

namespace vitrine {

/// The ids of notes that name clusters begin so; they go when the board is arranged again.
inline constexpr std::string_view kClusterTitlePrefix = "cluster-title-";

/// Gives each cluster a name, unlike each other.
using ClusterNamer =
    std::function<Result<std::vector<std::string>>(const BoardView&, const std::vector<layout::Cluster>&)>;

/// The edit that arranges the pictures of the view. Their turned boxes do not overlap each other, nor other
/// pictures and notes: the whole moves down until it is free. Meaning, colour, time and clusters give all
/// pictures one height; rows do so too, nearly; packing keeps sizes. Errors: kInvalidArgument (no pictures, a
/// gap outside 0..10,000, more than 1,000 clusters), those of the namer.
Result<BoardEdit> ArrangeEdit(const Board& board, const BoardView& view, const ArrangeRequest& request,
                              const ClusterNamer& name);

}  // namespace vitrine
