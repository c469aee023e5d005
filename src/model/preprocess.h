// From pixels to the tensor that an image tower reads.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "image/pixels.h"

namespace vitrine {

/// How a picture of any shape becomes a square.
enum class ResizeRule : std::uint8_t {
  kSquash,     ///< Both sides to the edge; proportions are lost, nothing is cut off.
  kCrop,       ///< The short side to short_px, then the square in the middle.
  kLetterbox,  ///< The long side to the edge, centred on grey.
};

/// Interpolation; both widen with the scale when shrinking (no aliasing), as Pillow's resize does.
enum class ResizeFilter : std::uint8_t { kBilinear, kBicubic };

enum class TensorLayout : std::uint8_t { kNchw, kNhwc };
enum class TensorType : std::uint8_t { kFloat32, kUint8 };

/// Everything that decides which numbers the tower sees.
struct Preprocessing {
  std::int32_t edge_px = 224;  ///< 1..4096.
  ResizeRule rule = ResizeRule::kSquash;
  ResizeFilter filter = ResizeFilter::kBilinear;
  std::int32_t short_px = 0;  ///< kCrop: what the short side is scaled to, >= edge_px; 0 for edge_px.
  std::uint8_t fill = 127;    ///< kLetterbox: the grey around the picture.
  TensorLayout layout = TensorLayout::kNchw;
  TensorType type = TensorType::kFloat32;
  std::array<float, 3> mean = {0, 0, 0};       ///< Subtracted from values in 0..1; float32 only.
  std::array<float, 3> deviation = {1, 1, 1};  ///< Then divided by; > 0; float32 only.
};

/// Raised whenever Preprocess() gives other numbers for the same picture: old vectors are then another space.
inline constexpr int kPreprocessingVersion = 1;

/// Bytes of one picture's tensor.
std::size_t TensorBytes(const Preprocessing& settings);

/// How long a picture's short side should be, so that no rule has to enlarge it.
std::int32_t NeededEdge(const Preprocessing& settings);

/// Writes one picture's tensor. About 0.4 ms for 504 x 378 to 260 x 260. Thread-safe.
/// REQUIRES: the picture has at least 1 x 1 pixels, all of them there; tensor.size() ==
/// TensorBytes(settings).
void Preprocess(const RgbImage& picture, const Preprocessing& settings, std::span<std::byte> tensor);

}  // namespace vitrine
