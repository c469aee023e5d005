// Reduction by a separable cubic filter.
//
// Each output pixel is a weighted mean of the input pixels around its centre; the filter (Keys 1981, a =
// -0.5) is stretched by the reduction factor, so that every input pixel weighs in and nothing aliases. Being
// separable, it runs as two passes of one dimension. Rows first are combined into rows (a pass over
// contiguous bytes, which the compiler turns into vector code), then, on the fewer rows left, columns.
// Weights are 16-bit fixed point and sum to exactly kOne, so a flat area keeps its value. Cost: about 4 *
// factor multiplications a sample and pass.
#include "image/worker/resize.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

namespace vitrine::worker {
namespace {

constexpr int kShift = 14;
constexpr std::int32_t kOne = 1 << kShift;

double CubicKernel(double x) {
  x = std::abs(x);
  if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
  if (x < 2) return ((-0.5 * x + 2.5) * x - 4) * x + 2;
  return 0;
}

// The input positions that make up one output position.
struct Window {
  std::size_t first = 0;
  std::vector<std::int16_t> weights;
};

Window MakeWindow(double centre, double factor, std::int32_t input_px) {
  const double reach = 2 * factor;
  const std::int32_t first = std::max(0, static_cast<std::int32_t>(std::ceil(centre - reach - 0.5)));
  const std::int32_t last =
      std::min(input_px - 1, static_cast<std::int32_t>(std::floor(centre + reach - 0.5)));
  std::vector<double> weights;
  double sum = 0;
  for (std::int32_t i = first; i <= last; ++i) {
    weights.push_back(CubicKernel((i + 0.5 - centre) / factor));
    sum += weights.back();
  }
  Window window{static_cast<std::size_t>(first), {}};
  std::int32_t rest = kOne;
  std::size_t heaviest = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const auto weight = static_cast<std::int16_t>(std::lround(weights[i] / sum * kOne));
    window.weights.push_back(weight);
    rest -= weight;
    if (weights[i] > weights[heaviest]) heaviest = i;
  }
  window.weights[heaviest] = static_cast<std::int16_t>(window.weights[heaviest] + rest);
  return window;
}

std::vector<Window> MakeWindows(std::int32_t input_px, std::int32_t output_px) {
  const double factor = static_cast<double>(input_px) / output_px;
  std::vector<Window> windows;
  windows.reserve(static_cast<std::size_t>(output_px));
  for (std::int32_t i = 0; i < output_px; ++i)
    windows.push_back(MakeWindow((i + 0.5) * factor, factor, input_px));
  return windows;
}

std::uint8_t ToByte(std::int32_t sum) {
  return static_cast<std::uint8_t>(std::clamp((sum + kOne / 2) >> kShift, 0, 255));
}

RgbImage ResizeRows(const RgbImage& image, std::int32_t height_px) {
  const std::size_t stride = static_cast<std::size_t>(image.width_px) * 3;
  RgbImage out{image.width_px, height_px,
               std::vector<std::uint8_t>(stride * static_cast<std::size_t>(height_px))};
  std::vector<std::int32_t> sums(stride);
  std::uint8_t* to = out.pixels.data();
  for (const Window& window : MakeWindows(image.height_px, height_px)) {
    std::fill(sums.begin(), sums.end(), 0);
    const std::uint8_t* row = image.pixels.data() + window.first * stride;
    for (const std::int32_t weight : window.weights) {
      for (std::size_t i = 0; i < stride; ++i) sums[i] += weight * row[i];
      row += stride;
    }
    for (std::size_t i = 0; i < stride; ++i) to[i] = ToByte(sums[i]);
    to += stride;
  }
  return out;
}

RgbImage ResizeColumns(const RgbImage& image, std::int32_t width_px) {
  const std::size_t stride = static_cast<std::size_t>(image.width_px) * 3;
  const auto pixels = static_cast<std::size_t>(width_px) * static_cast<std::size_t>(image.height_px);
  RgbImage out{width_px, image.height_px, std::vector<std::uint8_t>(pixels * 3)};
  const std::vector<Window> windows = MakeWindows(image.width_px, width_px);
  std::uint8_t* to = out.pixels.data();
  for (std::size_t y = 0; y < static_cast<std::size_t>(image.height_px); ++y) {
    const std::uint8_t* const row = image.pixels.data() + y * stride;
    for (const Window& window : windows) {
      std::int32_t red = 0;
      std::int32_t green = 0;
      std::int32_t blue = 0;
      const std::uint8_t* from = row + window.first * 3;
      for (const std::int32_t weight : window.weights) {
        red += weight * from[0];
        green += weight * from[1];
        blue += weight * from[2];
        from += 3;
      }
      to[0] = ToByte(red);
      to[1] = ToByte(green);
      to[2] = ToByte(blue);
      to += 3;
    }
  }
  return out;
}

std::int32_t Scaled(std::int32_t edge_px, double scale) {
  return std::max(1, static_cast<std::int32_t>(std::lround(edge_px * scale)));
}

}  // namespace

namespace {

std::int32_t LongestSide(const DecodeRequest& request) {
  return std::max(8 * request.min_edge_px, request.thumbnail_edge_px);
}

}  // namespace

Size TargetSize(Size original, const DecodeRequest& request) {
  const auto [short_px, long_px] = std::minmax(original.width_px, original.height_px);
  const double scale = std::min(1.0, std::max(static_cast<double>(request.min_edge_px) / short_px,
                                              static_cast<double>(request.thumbnail_edge_px) / long_px));
  const std::int32_t cap = LongestSide(request);
  return {std::min(cap, Scaled(original.width_px, scale)), std::min(cap, Scaled(original.height_px, scale))};
}

bool IsCloseTo(Size size, Size target, const DecodeRequest& request) {
  const std::int32_t cap = LongestSide(request);
  return size.width_px <= cap && size.height_px <= cap && size.width_px < 2 * target.width_px &&
         size.height_px < 2 * target.height_px;
}

RgbImage Resize(const RgbImage& image, Size size) {
  if (size.width_px == image.width_px && size.height_px == image.height_px) return image;
  return ResizeColumns(ResizeRows(image, size.height_px), size.width_px);
}

Size Upright(Size stored, int orientation) {
  if (orientation >= 5) std::swap(stored.width_px, stored.height_px);
  return stored;
}

RgbImage Upright(RgbImage image, int orientation) {
  if (orientation <= 1 || orientation > 8) return image;
  const Size size = Upright(Size{image.width_px, image.height_px}, orientation);
  // Where the upright picture's origin lies in the stored one, and the steps to its right and its lower
  // neighbour.
  const bool from_right = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
  const bool from_bottom = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
  const std::ptrdiff_t stride = std::ptrdiff_t{3} * image.width_px;
  const std::ptrdiff_t along_x = from_right ? -3 : 3;
  const std::ptrdiff_t along_y = from_bottom ? -stride : stride;
  const std::ptrdiff_t step_right = orientation >= 5 ? along_y : along_x;
  const std::ptrdiff_t step_down = orientation >= 5 ? along_x : along_y;
  const std::ptrdiff_t origin =
      (from_right ? stride - 3 : 0) + (from_bottom ? stride * (image.height_px - 1) : 0);

  RgbImage out{size.width_px, size.height_px, std::vector<std::uint8_t>(image.pixels.size())};
  std::uint8_t* to = out.pixels.data();
  for (std::int32_t y = 0; y < size.height_px; ++y) {
    std::ptrdiff_t from = origin + y * step_down;
    for (std::int32_t x = 0; x < size.width_px; ++x, from += step_right, to += 3) {
      std::copy_n(image.pixels.data() + from, 3, to);
    }
  }
  return out;
}

}  // namespace vitrine::worker
