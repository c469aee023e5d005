// From a map that says of each pixel how likely it belongs to a line of text to the lines, as rectangles.
#pragma once

#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "model/ocr_cut.h"

namespace vitrine {

/// When a patch of a map is a line.
struct BoxRule {
  float ink = 0.3F;             ///< A pixel is text from this probability on.
  float score = 0.5F;           ///< A patch is a line when the mean over its pixels is at least this.
  float unclip = 1.6F;          ///< How far boxes grow: see ocr_boxes.cc.
  std::size_t max_boxes = 200;  ///< The best are kept.
};

struct TextBox {
  TurnedBox box;
  float score = 0;  ///< Mean probability over the patch.
};

/// The lines of a map [height, width], row-major, in the order of reading: rows from the top, in a row from
/// the left. Cost: a few passes over the map.
std::vector<TextBox> FindTextBoxes(std::span<const float> map, std::size_t width, std::size_t height,
                                   const BoxRule& rule);

/// The smallest rectangle around points, one of whose sides lies along a side of their hull. Empty for none.
TurnedBox SmallestBox(std::vector<std::pair<float, float>> points);

}  // namespace vitrine
