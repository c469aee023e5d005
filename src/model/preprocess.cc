// Resizing as the tower's training did it, one output row at a time.
//
// Problem: towers were trained on pictures shrunk by Pillow's antialiased filters. A resize that differs (no
// antialiasing, another sampling grid) moves embeddings more than int8 does.
//
// Idea: such a resize is separable: an output pixel is a weighted sum over a window of rows, then over a
// window of columns. The weights depend on the sizes alone and are made once a picture, by the same rule as
// Pillow's (the filter stretched by the scale when shrinking, sampled at pixel centres, cut at the border,
// normalised to 1). Rows go first: that loop runs over a whole line of consecutive bytes, which compilers
// turn into vector code, and it throws away most of the data. Columns then read four neighbouring floats a
// tap, red, green, blue and one that is ignored, which is one vector register.
//
// Right because: sums stay in float32 and are rounded to 8 bits once, at the end, where Pillow rounds after
// each of its two passes; the two differ by about a quarter of a step on average (preprocess_test.cc compares
// with Pillow's bytes and with a slow oracle in double).
//
// Cost: O(rows of the window x width) for rows and O(edge^2 x window) for columns, no allocation but two
// lines and the weights.
#include "model/preprocess.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

namespace vitrine {
namespace {

constexpr std::size_t kChannels = 3;
constexpr std::uint8_t kGrey = 127;

// The weights of one axis: output i is the sum over t < count of weights[i * stride + t] * input[first + t].
struct Axis {
  struct Window {
    std::size_t first = 0;
    std::size_t count = 0;
  };
  std::vector<Window> windows;
  std::vector<float> weights;
  std::size_t stride = 0;
};

double Triangle(double x) { return std::max(0.0, 1 - std::abs(x)); }

// Keys 1981 with a = -1/2.
double Cubic(double x) {
  x = std::abs(x);
  if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
  if (x < 2) return ((-0.5 * x + 2.5) * x - 4) * x + 2;
  return 0;
}

// The outputs [begin, end) of an axis of `in` pixels that is scaled to `out`.
Axis MakeAxis(std::size_t in, std::size_t out, std::size_t begin, std::size_t end, ResizeFilter filter) {
  const double scale = static_cast<double>(in) / static_cast<double>(out);
  const double stretch = std::max(scale, 1.0);
  const double support = (filter == ResizeFilter::kBilinear ? 1.0 : 2.0) * stretch;
  Axis axis;
  axis.stride = 2 * static_cast<std::size_t>(std::ceil(support)) + 1;
  axis.weights.resize((end - begin) * axis.stride);
  for (std::size_t i = begin; i < end; ++i) {
    const double centre = (static_cast<double>(i) + 0.5) * scale;
    const auto first = static_cast<std::size_t>(std::max(0.0, centre - support + 0.5));
    const auto last = std::min(in, static_cast<std::size_t>(centre + support + 0.5));
    float* weights = axis.weights.data() + (i - begin) * axis.stride;
    double sum = 0;
    for (std::size_t x = first; x < last; ++x) {
      const double at = (static_cast<double>(x) + 0.5 - centre) / stretch;
      const double weight = filter == ResizeFilter::kBilinear ? Triangle(at) : Cubic(at);
      weights[x - first] = static_cast<float>(weight);
      sum += weight;
    }
    for (std::size_t x = first; x < last; ++x) weights[x - first] /= static_cast<float>(sum);
    axis.windows.push_back({first, last - first});
  }
  return axis;
}

// Where an axis of the picture lands on the same axis of the square.
struct Placement {
  std::size_t scaled = 0;  // Length of the whole axis after scaling.
  std::size_t begin = 0;   // The part of it that is shown: [begin, begin + shown).
  std::size_t shown = 0;
  std::size_t at = 0;  // Where that part starts in the square.
};

Placement Place(std::size_t length, std::size_t other, std::size_t edge, ResizeRule rule) {
  if (rule == ResizeRule::kCrop && length > other) {
    const std::size_t scaled = edge * length / other;
    // Half of the rest, halves to even: what Python's round() makes of it in torchvision's CenterCrop.
    const auto begin = static_cast<std::size_t>(std::nearbyint(static_cast<double>(scaled - edge) / 2));
    return {scaled, begin, edge, 0};
  }
  if (rule == ResizeRule::kLetterbox && length < other) {
    const std::size_t scaled = std::max<std::size_t>(1, (edge * length + other / 2) / other);
    return {scaled, 0, scaled, (edge - scaled) / 2};
  }
  return {edge, 0, edge, 0};
}

// line[j] = weighted sum of one column of bytes, for `size` consecutive columns.
void SumRows(const std::uint8_t* rows, std::size_t row_bytes, std::span<const float> weights,
             std::span<float> line) {
  float* const sums = line.data();
  const std::size_t size = line.size();
  for (std::size_t j = 0; j < size; ++j) sums[j] = weights[0] * static_cast<float>(rows[j]);
  for (std::size_t t = 1; t < weights.size(); ++t) {
    const std::uint8_t* const row = rows + t * row_bytes;
    const float weight = weights[t];
    for (std::size_t j = 0; j < size; ++j) sums[j] += weight * static_cast<float>(row[j]);
  }
}

// pixels[i] = weighted sum of the window of pixels of `line`, rounded to 8 bits. Reads one float past the
// last pixel.
void SumColumns(const float* line, const Axis& axis, std::size_t origin, std::uint8_t* pixels) {
  for (std::size_t i = 0; i < axis.windows.size(); ++i) {
    const float* in = line + (axis.windows[i].first - origin) * kChannels;
    const float* const weights = axis.weights.data() + i * axis.stride;
    std::array<float, 4> sum = {0.5f, 0.5f, 0.5f, 0.5f};
    for (std::size_t t = 0; t < axis.windows[i].count; ++t, in += kChannels) {
      for (std::size_t lane = 0; lane < 4; ++lane) sum[lane] += weights[t] * in[lane];
    }
    for (std::size_t channel = 0; channel < kChannels; ++channel) {
      pixels[i * kChannels + channel] = static_cast<std::uint8_t>(std::clamp(sum[channel], 0.0f, 255.0f));
    }
  }
}

// One row of RGB8 to its places in the tensor.
void StoreRow(std::span<const std::uint8_t> row, std::size_t y, const Preprocessing& settings,
              std::byte* tensor) {
  const auto edge = static_cast<std::size_t>(settings.edge_px);
  const bool planes = settings.layout == TensorLayout::kNchw;
  const std::size_t step = planes ? 1 : kChannels;
  for (std::size_t channel = 0; channel < kChannels; ++channel) {
    const std::size_t first = planes ? (channel * edge + y) * edge : y * edge * kChannels + channel;
    if (settings.type == TensorType::kUint8) {
      auto* const out = reinterpret_cast<std::uint8_t*>(tensor) + first;
      for (std::size_t x = 0; x < edge; ++x) out[x * step] = row[x * kChannels + channel];
    } else {
      const float scale = 1 / (255 * settings.deviation[channel]);
      const float offset = -settings.mean[channel] / settings.deviation[channel];
      auto* const out = reinterpret_cast<float*>(tensor) + first;
      for (std::size_t x = 0; x < edge; ++x) {
        out[x * step] = static_cast<float>(row[x * kChannels + channel]) * scale + offset;
      }
    }
  }
}

}  // namespace

std::size_t TensorBytes(const Preprocessing& settings) {
  const auto edge = static_cast<std::size_t>(settings.edge_px);
  return edge * edge * kChannels * (settings.type == TensorType::kFloat32 ? sizeof(float) : 1);
}

void Preprocess(const RgbImage& picture, const Preprocessing& settings, std::span<std::byte> tensor) {
  const auto width = static_cast<std::size_t>(picture.width_px);
  const auto height = static_cast<std::size_t>(picture.height_px);
  const auto edge = static_cast<std::size_t>(settings.edge_px);
  const Placement across = Place(width, height, edge, settings.rule);
  const Placement down = Place(height, width, edge, settings.rule);
  const Axis columns =
      MakeAxis(width, across.scaled, across.begin, across.begin + across.shown, settings.filter);
  const Axis rows = MakeAxis(height, down.scaled, down.begin, down.begin + down.shown, settings.filter);
  const std::size_t left = columns.windows.front().first;
  const std::size_t right = columns.windows.back().first + columns.windows.back().count;

  std::vector<float> line((right - left) * kChannels + 1);
  std::vector<std::uint8_t> row(edge * kChannels);
  for (std::size_t y = 0; y < edge; ++y) {
    std::fill(row.begin(), row.end(), kGrey);
    if (y >= down.at && y < down.at + down.shown) {
      const std::size_t i = y - down.at;
      const Axis::Window& window = rows.windows[i];
      const std::uint8_t* const source = picture.pixels.data() + (window.first * width + left) * kChannels;
      SumRows(source, width * kChannels, {rows.weights.data() + i * rows.stride, window.count},
              {line.data(), line.size() - 1});
      SumColumns(line.data(), columns, left, row.data() + across.at * kChannels);
    }
    StoreRow(row, y, settings, tensor.data());
  }
}

}  // namespace vitrine
