// An OCR pack: the folder that holds a detector and a recogniser of text (docs/formats/ocr-pack.md).
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "model/ocr_boxes.h"
#include "model/pack_fields.h"
#include "vitrine/result.h"

namespace vitrine {

/// A graph of an OCR pack: float32 [n, 3, height, width] in, (value / 255 - mean) / deviation a channel.
struct OcrGraph {
  PackFile file;
  std::string input;
  std::string output;
  bool is_bgr = false;  ///< Channels are blue, green, red; mean and deviation in the same order.
  std::array<float, 3> mean = {0, 0, 0};
  std::array<float, 3> deviation = {1, 1, 1};
};

/// Output: probabilities [n, 1, height, width].
struct DetectorSpec {
  OcrGraph graph;
  std::int32_t short_px = 0;      ///< Smaller pictures are enlarged to this short side, long_px permitting.
  std::int32_t long_px = 960;     ///< Larger ones are reduced to this long side.
  std::int32_t multiple_px = 32;  ///< Both sides are multiples of this.
  BoxRule boxes;
};

/// Output: probabilities [n, steps, 1 + characters].
struct RecogniserSpec {
  OcrGraph graph;
  std::int32_t height_px = 48;
  std::int32_t min_width_px = 48;    ///< Shorter lines are filled up with zeros on the right.
  std::int32_t max_width_px = 2048;  ///< Longer ones are squeezed.
  PackFile characters;
  float min_confidence = 0.5F;  ///< Lines below are dropped.
};

/// What the pack must read in a picture of its own, wherever it runs.
struct OcrSelfTest {
  PackFile picture;  ///< Raw RGB8, interleaved, row-major.
  std::int32_t width_px = 0;
  std::int32_t height_px = 0;
  std::string text;
};

struct OcrPack {
  /// Reads and checks "<folder>/ocr.json". Errors: kModel (what is wrong, and what to do).
  static Result<OcrPack> Load(const std::string& folder);

  PackPlace place;
  std::string name;
  std::string version;
  std::string licence;
  std::string origin;
  std::string languages;          ///< For people.
  std::int32_t picture_px = 960;  ///< The short side that pictures are decoded with.
  DetectorSpec detector;
  RecogniserSpec recogniser;
  OcrSelfTest self_test;
};

/// One character a line, in the order of the recogniser's classes from 1 on; a line may be a blank. Errors:
/// kModel (file; no characters, not UTF-8).
Result<std::vector<std::string>> ReadCharacters(const OcrPack& pack);

}  // namespace vitrine
