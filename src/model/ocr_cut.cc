#include "model/ocr_cut.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

namespace vitrine {
namespace {

constexpr int kMaxSamples = 4;  // Along one side of a pixel.

// Colours of a picture between its pixels.
class Sampler {
 public:
  explicit Sampler(const RgbImage& picture) : picture_(picture) {}

  void Add(float x, float y, std::array<float, 3>& sum) const {
    x = std::clamp(x - 0.5F, 0.0F, static_cast<float>(picture_.width_px - 1));
    y = std::clamp(y - 0.5F, 0.0F, static_cast<float>(picture_.height_px - 1));
    const auto left = static_cast<std::size_t>(x);
    const auto top = static_cast<std::size_t>(y);
    const std::size_t width = static_cast<std::size_t>(picture_.width_px);
    const std::size_t right = std::min(left + 1, width - 1);
    const std::size_t bottom = std::min(top + 1, static_cast<std::size_t>(picture_.height_px) - 1);
    const float dx = x - static_cast<float>(left);
    const float dy = y - static_cast<float>(top);
    const std::uint8_t* a = &picture_.pixels[3 * (top * width + left)];
    const std::uint8_t* b = &picture_.pixels[3 * (top * width + right)];
    const std::uint8_t* c = &picture_.pixels[3 * (bottom * width + left)];
    const std::uint8_t* d = &picture_.pixels[3 * (bottom * width + right)];
    for (std::size_t i = 0; i < 3; ++i) {
      const float above = static_cast<float>(a[i]) * (1 - dx) + static_cast<float>(b[i]) * dx;
      const float below = static_cast<float>(c[i]) * (1 - dx) + static_cast<float>(d[i]) * dx;
      sum[i] += above * (1 - dy) + below * dy;
    }
  }

 private:
  const RgbImage& picture_;
};

int SamplesFor(float source_px, std::int32_t target_px) {
  return std::clamp(static_cast<int>(std::ceil(source_px / static_cast<float>(target_px) - 0.01F)), 1,
                    kMaxSamples);
}

}  // namespace

RgbImage CutOut(const RgbImage& picture, const TurnedBox& box, std::int32_t width_px,
                std::int32_t height_px) {
  RgbImage out{width_px, height_px, {}};
  out.pixels.reserve(3 * static_cast<std::size_t>(width_px) * static_cast<std::size_t>(height_px));
  const Sampler sampler(picture);
  const float cosine = std::cos(box.angle);
  const float sine = std::sin(box.angle);
  // A pixel that shrinks several is the mean of samples spread over it, so that thin strokes do not vanish.
  const int across = SamplesFor(box.width, width_px);
  const int down = SamplesFor(box.height, height_px);
  const float step_u = box.width / static_cast<float>(width_px * across);
  const float step_v = box.height / static_cast<float>(height_px * down);
  const float share = 1 / static_cast<float>(across * down);
  for (int y = 0; y < height_px; ++y) {
    for (int x = 0; x < width_px; ++x) {
      std::array<float, 3> sum{};
      for (int j = 0; j < down; ++j) {
        const float v = (static_cast<float>(y * down + j) + 0.5F) * step_v - box.height / 2;
        for (int i = 0; i < across; ++i) {
          const float u = (static_cast<float>(x * across + i) + 0.5F) * step_u - box.width / 2;
          sampler.Add(box.centre_x + u * cosine - v * sine, box.centre_y + u * sine + v * cosine, sum);
        }
      }
      for (const float channel : sum) out.pixels.push_back(static_cast<std::uint8_t>(channel * share + 0.5F));
    }
  }
  return out;
}

}  // namespace vitrine
