// Boards and their items as JSON: the file board.json (docs/formats/board.md) and the form that the store
// keeps. ItemToJson(), ItemFromJson() and BoardToJson() are declared in vitrine/boards.h.
//
// Writing is canonical: equal boards give equal bytes. Reading trusts nothing: depth, number of values and
// sizes are bounded before a tree is built, and every item is checked against its bounds.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "vitrine/boards.h"
#include "vitrine/result.h"

namespace vitrine {

inline constexpr std::int64_t kBoardFileVersion = 1;
inline constexpr std::size_t kMostBoardFileBytes = std::size_t{64} << 20;

/// What a board.json says of a picture's file.
struct BoardFilePicture {
  std::string name;         ///< UTF-8 (mended where the name was not).
  std::string path_in_zip;  ///< Of the original inside the archive; empty where it is not in it.
  std::int32_t width_px = 0, height_px = 0;
  bool operator==(const BoardFilePicture&) const = default;
};

/// A board.json.
struct BoardFile {
  Board board;                                       ///< Without id and revision, which belong to a library.
  std::map<std::string, BoardFilePicture> pictures;  ///< By content hash.
  std::vector<std::string> notes;                    ///< On reading: what was not understood and left out.
};

/// In order of z, then id.
void SortItems(std::vector<BoardItem>& items);

std::string BoardFileToJson(const BoardFile& file);

/// Errors: kUnsupported (of a newer version), kCorrupt (not a board.json, or one that breaks its bounds; the
/// message says where).
Result<BoardFile> BoardFileFromJson(std::string_view json);

}  // namespace vitrine
