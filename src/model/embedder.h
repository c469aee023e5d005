// The seam between pictures or words and vectors.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "base/matrix.h"
#include "image/pixels.h"
#include "vitrine/result.h"

namespace vitrine {

/// The name of a vector space. Vectors of two spaces are never compared.
struct Space {
  std::string id;  ///< 16 lower-case hex digits: from the pack's files, precision and preprocessing version.
  std::string model;          ///< "starter 1.0.0", for people.
  std::size_t dimension = 0;  ///< Floats a vector.
};

/// Cosines between sentences and pictures that have nothing to do with each other, measured when the pack was
/// made.
struct ScoreBackground {
  double mean = 0;
  double deviation = 0.1;  ///< Standard deviation, > 0.
};

/// Turns pictures and sentences into unit vectors of one space. Thread-safe.
class Embedder {
 public:
  virtual ~Embedder() = default;

  virtual const Space& space() const = 0;

  /// What a meaningless text query scores here.
  virtual ScoreBackground text_background() const { return {}; }

  /// The edge of the square that the image tower sees, in pixels: decode at least this much.
  virtual std::int32_t picture_edge_px() const = 0;

  /// @return float32 [pictures.size(), dimension], each row of L2 norm 1. A picture may have any size >= 1
  /// x 1. Errors: kModel (the tower cannot be loaded or run), kInvalidArgument (a picture without pixels).
  virtual Result<Matrix> EmbedPictures(std::span<const RgbImage> pictures) = 0;

  /// @param texts  UTF-8; bytes that are not are replaced; longer texts are cut at the tower's length.
  /// @return float32 [texts.size(), dimension], each row of L2 norm 1.
  /// Errors: kModel.
  virtual Result<Matrix> EmbedTexts(std::span<const std::string> texts) = 0;
};

}  // namespace vitrine
