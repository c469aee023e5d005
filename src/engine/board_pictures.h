// From the content hashes that boards hold to the pictures of a library, and back.
#pragma once

#include <span>
#include <vector>

#include "engine/board_library.h"
#include "vitrine/boards.h"
#include "vitrine/result.h"

namespace vitrine {

// Fill in what an item lacks: the asset of a content, the content of an asset. A content that the library
// does not know leaves asset 0. One question to the library for each, however many items there are. Errors:
// kNotFound (no library; an asset without content that the library does not know).

Status Resolve(BoardLibrary& library, std::span<BoardItem> items);
Status Resolve(BoardLibrary& library, std::vector<ItemChange>& changes);
Status Resolve(BoardLibrary& library, std::vector<BoardStep>& steps);
Status Resolve(BoardLibrary& library, EditResult& result);

}  // namespace vitrine
