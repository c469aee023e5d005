// OKLab: a colour space in which equal distances look about equally different.
//
//   Distance(ToOkLab(255, 136, 0), ToOkLab(250, 140, 20))     // small: both are orange
#pragma once

#include <cstdint>

namespace vitrine {

/// A colour: lightness 0 (black) .. 1 (white); a from green (-) to red (+), b from blue (-) to yellow (+),
/// both within about -0.35 .. 0.35 for what a screen can show. Grey has a = b = 0.
struct OkLab {
  float l = 0, a = 0, b = 0;
  bool operator==(const OkLab&) const = default;
};

/// The three bytes of a pixel.
struct Rgb8 {
  std::uint8_t red = 0, green = 0, blue = 0;
  bool operator==(const Rgb8&) const = default;
};

/// From sRGB (IEC 61966-2-1) through linear light. Cost: three table look-ups and three cube roots.
OkLab ToOkLab(std::uint8_t red, std::uint8_t green, std::uint8_t blue);

/// Back to sRGB, rounded; what no screen can show is clipped channel by channel.
Rgb8 FromOkLab(const OkLab& color);

/// Euclidean; about 0.02 is the smallest difference that people see side by side.
float Distance(const OkLab& x, const OkLab& y);

/// How far from grey: 0 .. about 0.33.
float Chroma(const OkLab& color);

}  // namespace vitrine
