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
// Cost: O(rows of the window x width) for rows and O(edge^2 x window) for columns, no allocation but four
// lines and the weights.
#include "model/preprocess.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <iterator>
#include <vector>

namespace vitrine {
namespace {

constexpr std::size_t kChannels = 3;

// The weights of one axis: output i is the sum over t < count of weights[i * taps + t] * input[first + t].
// Weights of count <= t < taps are 0.
struct Axis {
  struct Window {
    std::size_t first = 0;
    std::size_t count = 0;
  };
  std::vector<Window> windows;
  std::vector<float> weights;
  std::size_t taps = 0;  // Of the longest window.
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
  axis.taps =
      static_cast<std::size_t>(std::ceil(2 * support));  // No interval of this length holds more pixels.
  axis.weights.resize((end - begin) * axis.taps);
  for (std::size_t i = begin; i < end; ++i) {
    const double centre = (static_cast<double>(i) + 0.5) * scale;
    const auto first = static_cast<std::size_t>(std::floor(std::max(0.0, centre - support + 0.5)));
    const auto last =
        std::min({in, first + axis.taps, static_cast<std::size_t>(std::floor(centre + support + 0.5))});
    float* weights = axis.weights.data() + (i - begin) * axis.taps;
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

Placement Place(std::size_t length, std::size_t other, const Preprocessing& settings) {
  const auto edge = static_cast<std::size_t>(settings.edge_px);
  const auto target = settings.short_px == 0 ? edge : static_cast<std::size_t>(settings.short_px);
  if (settings.rule == ResizeRule::kCrop) {
    const std::size_t scaled = length > other ? target * length / other : target;
    // Half of the rest, halves to even: what Python's round() makes of it in torchvision's CenterCrop.
    const auto begin = static_cast<std::size_t>(std::nearbyint(static_cast<double>(scaled - edge) / 2));
    return {scaled, begin, edge, 0};
  }
  if (settings.rule == ResizeRule::kLetterbox && length < other) {
    const std::size_t scaled = std::max<std::size_t>(1, (edge * length + other / 2) / other);
    return {scaled, 0, scaled, (edge - scaled) / 2};
  }
  return {edge, 0, edge, 0};
}

// line[j] = weighted sum of one column of bytes, for consecutive columns. Four rows at a time, so that a sum
// is written once for all of them; past the window the last row stands in with weight 0.
void SumRows(const std::uint8_t* rows, std::size_t row_bytes, std::span<const float> weights,
             std::span<float> line) {
  float* const sums = line.data();
  const std::size_t size = line.size();
  for (std::size_t t = 0; t < weights.size(); t += 4) {
    std::array<const std::uint8_t*, 4> row = {};
    std::array<float, 4> weight = {};
    for (std::size_t k = 0; k < 4; ++k) {
      row[k] = rows + std::min(t + k, weights.size() - 1) * row_bytes;
      weight[k] = t + k < weights.size() ? weights[t + k] : 0.0f;
    }
    const float keep = t == 0 ? 0.0f : 1.0f;
    for (std::size_t j = 0; j < size; ++j) {
      sums[j] = keep * sums[j] + weight[0] * static_cast<float>(row[0][j]) +
                weight[1] * static_cast<float>(row[1][j]) + weight[2] * static_cast<float>(row[2][j]) +
                weight[3] * static_cast<float>(row[3][j]);
    }
  }
}

// sums[i] = weighted sum of the window of pixels of `line`. Every window is read as if it were as long as the
// longest (weights past its end are 0): a loop of one length costs no mispredicted branch, and of a length
// known to the compiler it becomes vector code, four lanes a pixel of which the fourth is overwritten by the
// next pixel. So `line` must have axis.taps pixels and one float of something finite behind its last pixel,
// and `sums` one float to spare.
template <std::size_t kTaps>
void SumColumnsOf(const float* line, const Axis& axis, std::size_t origin, float* sums) {
  const std::size_t taps = kTaps != 0 ? kTaps : axis.taps;
  for (std::size_t i = 0; i < axis.windows.size(); ++i) {
    const float* const in = line + (axis.windows[i].first - origin) * kChannels;
    const float* const weights = axis.weights.data() + i * taps;
    std::array<float, 4> sum = {};
    for (std::size_t t = 0; t < taps; ++t) {
      for (std::size_t lane = 0; lane < 4; ++lane) sum[lane] += weights[t] * in[t * kChannels + lane];
    }
    std::memcpy(sums + i * kChannels, sum.data(), sizeof(sum));
  }
}

void SumColumns(const float* line, const Axis& axis, std::size_t origin, float* sums) {
  using Kernel = void (*)(const float*, const Axis&, std::size_t, float*);
  static constexpr Kernel kKernels[] = {SumColumnsOf<0>, SumColumnsOf<0>, SumColumnsOf<2>,
                                        SumColumnsOf<3>, SumColumnsOf<4>, SumColumnsOf<5>,
                                        SumColumnsOf<6>, SumColumnsOf<7>, SumColumnsOf<8>};
  (axis.taps < std::size(kKernels) ? kKernels[axis.taps] : SumColumnsOf<0>)(line, axis, origin, sums);
}

// To the nearest of 0..255.
void Round(std::span<const float> values, std::uint8_t* bytes) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    const float value = values[i] + 0.5f;
    const float low = value < 0.0f ? 0.0f : value;
    bytes[i] = static_cast<std::uint8_t>(static_cast<int>(low > 255.0f ? 255.0f : low));
  }
}

// One row of RGB8 to its places in the tensor.
void StoreRow(std::span<const std::uint8_t> row, std::size_t y, const Preprocessing& settings,
              std::byte* tensor) {
  const auto edge = static_cast<std::size_t>(settings.edge_px);
  const bool planes = settings.layout == TensorLayout::kNchw;
  const std::size_t step = planes ? 1 : kChannels;
  if (!planes && settings.type == TensorType::kUint8) {
    std::memcpy(tensor + y * row.size(), row.data(), row.size());
    return;
  }
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

std::int32_t NeededEdge(const Preprocessing& settings) {
  return std::max(settings.edge_px, settings.short_px);
}

void Preprocess(const RgbImage& picture, const Preprocessing& settings, std::span<std::byte> tensor) {
  const auto width = static_cast<std::size_t>(picture.width_px);
  const auto height = static_cast<std::size_t>(picture.height_px);
  const auto edge = static_cast<std::size_t>(settings.edge_px);
  const Placement across = Place(width, height, settings);
  const Placement down = Place(height, width, settings);
  const Axis columns =
      MakeAxis(width, across.scaled, across.begin, across.begin + across.shown, settings.filter);
  const Axis rows = MakeAxis(height, down.scaled, down.begin, down.begin + down.shown, settings.filter);
  const std::size_t left = columns.windows.front().first;
  const std::size_t right = columns.windows.back().first + columns.windows.back().count;

  const std::size_t line_size = (right - left) * kChannels;
  std::vector<float> line(line_size + columns.taps * kChannels + 1);
  std::vector<float> sums(across.shown * kChannels + 1);
  std::vector<std::uint8_t> row(edge * kChannels);
  for (std::size_t y = 0; y < edge; ++y) {
    std::fill(row.begin(), row.end(), settings.fill);
    if (y >= down.at && y < down.at + down.shown) {
      const std::size_t i = y - down.at;
      const Axis::Window& window = rows.windows[i];
      const std::uint8_t* const source = picture.pixels.data() + (window.first * width + left) * kChannels;
      SumRows(source, width * kChannels, {rows.weights.data() + i * rows.taps, window.count},
              {line.data(), line_size});
      SumColumns(line.data(), columns, left, sums.data());
      Round({sums.data(), across.shown * kChannels}, row.data() + across.at * kChannels);
    }
    StoreRow(row, y, settings, tensor.data());
  }
}

}  // namespace vitrine
