#include "image/grey.h"

#include <algorithm>
#include <cmath>
#include <span>

namespace vitrine {
namespace {

std::vector<float> GaussianTaps(float sigma) {
  const int radius = std::max(1, static_cast<int>(std::ceil(3 * sigma)));
  std::vector<float> taps(static_cast<std::size_t>(radius) + 1);
  float sum = 0;
  for (int i = 0; i <= radius; ++i) {
    taps[static_cast<std::size_t>(i)] = std::exp(-0.5f * static_cast<float>(i * i) / (sigma * sigma));
    sum += (i == 0 ? 1.0f : 2.0f) * taps[static_cast<std::size_t>(i)];
  }
  for (float& tap : taps) tap /= sum;
  return taps;
}

// One line, its ends repeated: out[i] = sum of taps[|j|] * in[i + j].
void BlurRows(const GreyImage& in, const std::vector<float>& taps, GreyImage& out) {
  const auto width = static_cast<std::size_t>(in.width_px);
  const std::size_t radius = taps.size() - 1;
  std::vector<float> line(width + 2 * radius);
  for (std::size_t y = 0; y < static_cast<std::size_t>(in.height_px); ++y) {
    const float* from = in.values.data() + y * width;
    std::fill_n(line.begin(), radius, from[0]);
    std::copy_n(from, width, line.begin() + static_cast<std::ptrdiff_t>(radius));
    std::fill_n(line.begin() + static_cast<std::ptrdiff_t>(radius + width), radius, from[width - 1]);
    float* to = out.values.data() + y * width;
    for (std::size_t x = 0; x < width; ++x) to[x] = taps[0] * line[x + radius];
    for (std::size_t j = 1; j <= radius; ++j) {
      const float tap = taps[j];
      const float* before = line.data() + radius - j;
      const float* after = line.data() + radius + j;
      for (std::size_t x = 0; x < width; ++x) to[x] += tap * (before[x] + after[x]);
    }
  }
}

void BlurColumns(const GreyImage& in, const std::vector<float>& taps, GreyImage& out) {
  const auto width = static_cast<std::size_t>(in.width_px);
  const auto height = static_cast<std::ptrdiff_t>(in.height_px);
  const auto row_at = [&](std::ptrdiff_t y) {
    return in.values.data() + static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(y, 0, height - 1)) * width;
  };
  for (std::ptrdiff_t y = 0; y < height; ++y) {
    float* to = out.values.data() + static_cast<std::size_t>(y) * width;
    const float* centre = row_at(y);
    for (std::size_t x = 0; x < width; ++x) to[x] = taps[0] * centre[x];
    for (std::size_t j = 1; j < taps.size(); ++j) {
      const float tap = taps[j];
      const float* above = row_at(y - static_cast<std::ptrdiff_t>(j));
      const float* below = row_at(y + static_cast<std::ptrdiff_t>(j));
      for (std::size_t x = 0; x < width; ++x) to[x] += tap * (above[x] + below[x]);
    }
  }
}

// What of the source falls on one pixel of the result: whole pixels from `first`, the ends by parts.
struct Share {
  std::size_t first = 0;
  std::vector<float> weights;
};

std::vector<Share> SharesOf(std::int32_t from, std::int32_t to) {
  std::vector<Share> shares(static_cast<std::size_t>(to));
  const double ratio = static_cast<double>(from) / to;
  for (std::size_t i = 0; i < shares.size(); ++i) {
    const double begin = static_cast<double>(i) * ratio;
    const double end = std::min(begin + ratio, static_cast<double>(from));
    shares[i].first = static_cast<std::size_t>(begin);
    for (std::size_t j = shares[i].first; static_cast<double>(j) < end - 1e-9; ++j) {
      const double part = std::min(end, static_cast<double>(j + 1)) - std::max(begin, static_cast<double>(j));
      shares[i].weights.push_back(static_cast<float>(part / ratio));
    }
  }
  return shares;
}

// One row of luma by Rec. 601.
void LumaRow(const std::uint8_t* rgb, std::span<float> row) {
  for (std::size_t x = 0; x < row.size(); ++x) {
    const std::uint8_t* pixel = rgb + 3 * x;
    row[x] = 0.299f * static_cast<float>(pixel[0]) + 0.587f * static_cast<float>(pixel[1]) +
             0.114f * static_cast<float>(pixel[2]);
  }
}

}  // namespace

GreyImage GreyOf(const RgbImage& picture, std::int32_t edge_px) {
  const std::int32_t long_side = std::max(picture.width_px, picture.height_px);
  const auto scaled = [&](std::int32_t side) {
    if (long_side <= edge_px) return side;
    return std::max<std::int32_t>(
        1,
        static_cast<std::int32_t>((static_cast<std::int64_t>(side) * edge_px + long_side / 2) / long_side));
  };
  return GreyOf(picture, scaled(picture.width_px), scaled(picture.height_px));
}

GreyImage GreyOf(const RgbImage& picture, std::int32_t width_px, std::int32_t height_px) {
  GreyImage grey{width_px, height_px, {}};
  const auto width = static_cast<std::size_t>(width_px);
  const auto source_width = static_cast<std::size_t>(picture.width_px);
  grey.values.resize(width * static_cast<std::size_t>(height_px));
  const std::vector<Share> columns = SharesOf(picture.width_px, width_px);
  const std::vector<Share> rows = SharesOf(picture.height_px, height_px);
  std::vector<float> luma(source_width), sum(source_width);
  for (std::size_t y = 0; y < rows.size(); ++y) {
    std::fill(sum.begin(), sum.end(), 0.0f);
    for (std::size_t j = 0; j < rows[y].weights.size(); ++j) {
      LumaRow(picture.pixels.data() + (rows[y].first + j) * source_width * 3, luma);
      const float weight = rows[y].weights[j];
      for (std::size_t x = 0; x < source_width; ++x) sum[x] += weight * luma[x];
    }
    for (std::size_t x = 0; x < width; ++x) {
      float value = 0;
      for (std::size_t j = 0; j < columns[x].weights.size(); ++j) {
        value += columns[x].weights[j] * sum[columns[x].first + j];
      }
      grey.values[y * width + x] = value;
    }
  }
  return grey;
}

GreyImage Blurred(const GreyImage& image, float sigma_px) {
  const std::vector<float> taps = GaussianTaps(sigma_px);
  GreyImage rows{image.width_px, image.height_px, std::vector<float>(image.values.size())};
  GreyImage out = rows;
  BlurRows(image, taps, rows);
  BlurColumns(rows, taps, out);
  return out;
}

}  // namespace vitrine
