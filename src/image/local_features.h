// Places of a picture that can be found again in another picture of the same thing, whatever its size, turn,
// crop or colours.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "image/grey.h"

namespace vitrine {

/// A blob of a picture and what its surroundings look like.
struct LocalFeature {
  static constexpr std::size_t kCells = 4;   ///< A side.
  static constexpr std::size_t kAngles = 8;  ///< A cell.
  static constexpr std::size_t kLength = kCells * kCells * kAngles;

  float x_px = 0, y_px = 0;  ///< The centre, in pixels of the grey picture; the first pixel's centre is 0, 0.
  float size_px = 0;         ///< Sigma of the blob.
  float angle = 0;           ///< Where its gradients point, radians, clockwise from right.
  float strength = 0;
  /// Square roots of a histogram of gradients, times kNorm: a dot product with another's is kNorm squared for
  /// the same surroundings, less for others.
  std::array<std::int16_t, kLength> shape{};
  static constexpr int kNorm = 181;
};

/// The strongest features, at most `limit`, strongest first. Cost: some 4 ms for 256 x 171 pixels.
std::vector<LocalFeature> FindFeatures(const GreyImage& image, std::size_t limit);

}  // namespace vitrine
