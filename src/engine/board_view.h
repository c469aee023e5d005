// What the engine knows of the pictures on a board: vectors, colours, times. Pictures that lie there twice
// count twice.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/matrix.h"
#include "catalog/catalog.h"
#include "model/embedder.h"
#include "vitrine/boards.h"
#include "vitrine/result.h"

namespace vitrine {

/// Columns of the pictures looked at; entry i is board.items[items[i]].
struct BoardView {
  std::vector<std::size_t> items;
  std::vector<AssetRecord> records;  ///< Empty (id 0) where the library does not know the picture.
  std::shared_ptr<Embedder> model;   ///< That made the vectors; null without them.
  Matrix vectors;                    ///< [n, dimension], unit rows; zeros where there is none.
  std::vector<bool> embedded;        ///< Where there is a vector.
};

/// Which pictures to look at.
enum class Looking : std::uint8_t {
  kAll,
  kMovable,  ///< Not those that are locked.
};

/// The pictures with these ids, or all where none is named, in reading order (top to bottom in bands of half
/// the median height, then left to right). Errors: kNotFound (no such item), kInvalidArgument (one that is no
/// picture).
Result<std::vector<std::size_t>> PicturesOf(const Board& board, const std::vector<std::string>& ids,
                                            Looking looking);

/// Of the records, in order.
std::vector<AssetId> AssetsOnView(const BoardView& view);
/// Fills in `view.vectors` and `view.embedded`: one vector for each record, empty where there is none.
void PutVectors(std::span<const std::vector<float>> vectors, std::size_t dimension, BoardView& view);

/// Seconds since 1970 of "2024-06-01T17:03:22"; NaN for anything else.
double SecondsOf(const std::optional<std::string>& taken_at);

}  // namespace vitrine
