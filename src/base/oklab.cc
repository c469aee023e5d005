// Problem: to compare colours as people see them. In sRGB the same distance is a glaring step between two
// blues and nothing between two greens.
//
// Idea (B. Ottosson, "A perceptual color space for image processing", 2020): linear light is turned into the
// responses of three cone types by one matrix; a cube root models how response grows with light; a second
// matrix makes one lightness and two opponent axes of them. Both matrices were fitted so that lightness,
// chroma and hue of known colour-difference data come out straight. Cost: two 3 x 3 products and three cube
// roots.
#include "base/oklab.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

namespace vitrine {
namespace {

float Linear(double encoded) {
  return static_cast<float>(encoded <= 0.04045 ? encoded / 12.92 : std::pow((encoded + 0.055) / 1.055, 2.4));
}

std::array<float, 256> MakeLinearTable() {
  std::array<float, 256> table{};
  for (std::size_t i = 0; i < table.size(); ++i) table[i] = Linear(static_cast<double>(i) / 255);
  return table;
}

std::uint8_t Encode(float linear) {
  const float clipped = std::clamp(linear, 0.0f, 1.0f);
  const float encoded =
      clipped <= 0.0031308f ? clipped * 12.92f : 1.055f * std::pow(clipped, 1 / 2.4f) - 0.055f;
  return static_cast<std::uint8_t>(std::lround(encoded * 255));
}

}  // namespace

OkLab ToOkLab(std::uint8_t red, std::uint8_t green, std::uint8_t blue) {
  static const std::array<float, 256> kLinear = MakeLinearTable();
  const float r = kLinear[red], g = kLinear[green], b = kLinear[blue];
  const float l = std::cbrt(0.4122214708f * r + 0.5363325363f * g + 0.0514459929f * b);
  const float m = std::cbrt(0.2119034982f * r + 0.6806995451f * g + 0.1073969566f * b);
  const float s = std::cbrt(0.0883024619f * r + 0.2817188376f * g + 0.6299787005f * b);
  return {.l = 0.2104542553f * l + 0.7936177850f * m - 0.0040720468f * s,
          .a = 1.9779984951f * l - 2.4285922050f * m + 0.4505937099f * s,
          .b = 0.0259040371f * l + 0.7827717662f * m - 0.8086757660f * s};
}

Rgb8 FromOkLab(const OkLab& color) {
  const auto cube = [](float x) { return x * x * x; };
  const float l = cube(color.l + 0.3963377774f * color.a + 0.2158037573f * color.b);
  const float m = cube(color.l - 0.1055613458f * color.a - 0.0638541728f * color.b);
  const float s = cube(color.l - 0.0894841775f * color.a - 1.2914855480f * color.b);
  return {.red = Encode(4.0767416621f * l - 3.3077115913f * m + 0.2309699292f * s),
          .green = Encode(-1.2684380046f * l + 2.6097574011f * m - 0.3413193965f * s),
          .blue = Encode(-0.0041960863f * l - 0.7034186147f * m + 1.7076147010f * s)};
}

float Distance(const OkLab& x, const OkLab& y) {
  const float l = x.l - y.l, a = x.a - y.a, b = x.b - y.b;
  return std::sqrt(l * l + a * a + b * b);
}

float Chroma(const OkLab& color) { return std::sqrt(color.a * color.a + color.b * color.b); }

}  // namespace vitrine
