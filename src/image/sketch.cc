// Palette. Problem: the few colours that a person would name, with their shares. Idea: means of a 64 x 64
// grid, counted in 32 x 32 x 32 bins of sRGB so that few distinct colours are left, then k-means in OKLab
// (base/oklab.h), where equal distances look about equally different. It is seeded without chance: first the
// largest bin, then again and again the bin with the most weight times squared distance from what is chosen,
// which is what k-means++ draws on average. Centres that look alike are joined at the end. Cost: some hundred
// bins times 6 centres.
//
// Hash. Problem: a copy that was squeezed or re-encoded should have (nearly) the same 64 bits. Idea (Zauner,
// "Implementation and Benchmarking of Perceptual Image Hash Functions", 2010): low frequencies survive both;
// keep the signs of the lowest of the cosine transform. Signs and not comparisons with a median, because a
// mirror or a turn by quarters only swaps components and changes signs: eight hashes for one.
//
// Sharpness. Over an edge that is s pixels wide the second derivative is about the first divided by s,
// whatever the contrast: so the root of the ratio of their energies is about 1 / s.
#include "image/sketch.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <vector>

#include "base/oklab.h"
#include "image/grey.h"

namespace vitrine {
namespace {

constexpr std::size_t kGrid = 64;      // Cells a side from which colours are taken.
constexpr std::size_t kHashGrid = 32;  // Grey pixels a side from which the hash is taken.
constexpr std::size_t kWaves = 8;
constexpr std::int32_t kSharpEdgePx = 256;
constexpr float kLeastShare = 0.005f;
constexpr float kSameColour = 0.05f;  // In OKLab: closer centres would be given one name.
constexpr int kRounds = 6;

struct Bin {
  OkLab color;
  float weight = 0;
};

struct Rgb {
  std::uint32_t red = 0, green = 0, blue = 0;
};

float SquaredDistance(const OkLab& x, const OkLab& y) {
  const float l = x.l - y.l, a = x.a - y.a, b = x.b - y.b;
  return l * l + a * a + b * b;
}

// Mean of the pixels of one cell of the grid; a cell smaller than a pixel gets that pixel.
Rgb CellMean(const RgbImage& picture, std::size_t column, std::size_t row) {
  const auto width = static_cast<std::size_t>(picture.width_px),
             height = static_cast<std::size_t>(picture.height_px);
  const std::size_t left = column * width / kGrid, right = std::max(left + 1, (column + 1) * width / kGrid);
  const std::size_t top = row * height / kGrid, bottom = std::max(top + 1, (row + 1) * height / kGrid);
  Rgb sum;
  for (std::size_t y = top; y < bottom; ++y) {
    const std::uint8_t* pixel = picture.pixels.data() + (y * width + left) * 3;
    for (std::size_t x = left; x < right; ++x, pixel += 3) {
      sum.red += pixel[0], sum.green += pixel[1], sum.blue += pixel[2];
    }
  }
  const auto count = static_cast<std::uint32_t>((bottom - top) * (right - left));
  return {sum.red / count, sum.green / count, sum.blue / count};
}

std::vector<Bin> CountColours(const RgbImage& picture) {
  struct Counted {
    Rgb sum;
    std::uint32_t count = 0;
  };
  std::vector<std::uint16_t> numbers(std::size_t{1} << 15);  // 0: none yet; else 1 + its place in `counted`.
  std::vector<Counted> counted;
  for (std::size_t row = 0; row < kGrid; ++row) {
    for (std::size_t column = 0; column < kGrid; ++column) {
      const Rgb mean = CellMean(picture, column, row);
      std::uint16_t& number = numbers[(mean.red / 8) << 10 | (mean.green / 8) << 5 | mean.blue / 8];
      if (number == 0) {
        counted.emplace_back();
        number = static_cast<std::uint16_t>(counted.size());
      }
      Counted& bin = counted[number - 1u];
      bin.sum.red += mean.red, bin.sum.green += mean.green, bin.sum.blue += mean.blue;
      ++bin.count;
    }
  }
  std::vector<Bin> bins;
  bins.reserve(counted.size());
  for (const Counted& bin : counted) {
    const auto mean = [&](std::uint32_t sum) {
      return static_cast<std::uint8_t>((sum + bin.count / 2) / bin.count);
    };
    bins.push_back({ToOkLab(mean(bin.sum.red), mean(bin.sum.green), mean(bin.sum.blue)),
                    static_cast<float>(bin.count) / (kGrid * kGrid)});
  }
  return bins;
}

std::vector<OkLab> SeedCentres(const std::vector<Bin>& bins) {
  const auto by_weight = [](const Bin& a, const Bin& b) { return a.weight < b.weight; };
  std::vector<OkLab> centres = {std::max_element(bins.begin(), bins.end(), by_weight)->color};
  std::vector<float> distance(bins.size(), 1e9f);
  while (centres.size() < std::min(kMaxSwatches, bins.size())) {
    std::size_t next = 0;
    float best = 0;
    for (std::size_t i = 0; i < bins.size(); ++i) {
      distance[i] = std::min(distance[i], SquaredDistance(bins[i].color, centres.back()));
      if (const float gain = bins[i].weight * distance[i]; gain > best) best = gain, next = i;
    }
    if (best <= 0) break;
    centres.push_back(bins[next].color);
  }
  return centres;
}

struct Cluster {
  OkLab sum;
  float weight = 0;
  void Add(const OkLab& color, float share) {
    sum.l += share * color.l, sum.a += share * color.a, sum.b += share * color.b;
    weight += share;
  }
  OkLab Centre() const { return {sum.l / weight, sum.a / weight, sum.b / weight}; }
};

std::vector<Cluster> ClusterColours(const std::vector<Bin>& bins) {
  std::vector<OkLab> centres = SeedCentres(bins);
  std::vector<Cluster> clusters;
  for (int round = 0; round < kRounds; ++round) {
    clusters.assign(centres.size(), {});
    for (const Bin& bin : bins) {
      std::size_t nearest = 0;
      for (std::size_t i = 1; i < centres.size(); ++i) {
        if (SquaredDistance(bin.color, centres[i]) < SquaredDistance(bin.color, centres[nearest]))
          nearest = i;
      }
      clusters[nearest].Add(bin.color, bin.weight);
    }
    std::erase_if(clusters, [](const Cluster& cluster) { return cluster.weight <= 0; });
    centres.clear();
    for (const Cluster& cluster : clusters) centres.push_back(cluster.Centre());
  }
  return clusters;
}

// Joins the closest two while they look alike.
void JoinAlike(std::vector<Cluster>& clusters) {
  while (clusters.size() > 1) {
    std::size_t first = 0, second = 0;
    float closest = kSameColour * kSameColour;
    for (std::size_t i = 0; i < clusters.size(); ++i) {
      for (std::size_t j = i + 1; j < clusters.size(); ++j) {
        const float distance = SquaredDistance(clusters[i].Centre(), clusters[j].Centre());
        if (distance < closest) closest = distance, first = i, second = j;
      }
    }
    if (first == second) return;
    clusters[first].Add(clusters[second].Centre(), clusters[second].weight);
    clusters.erase(clusters.begin() + static_cast<std::ptrdiff_t>(second));
  }
}

std::vector<Swatch> PaletteOf(const RgbImage& picture) {
  std::vector<Cluster> clusters = ClusterColours(CountColours(picture));
  JoinAlike(clusters);
  std::vector<Swatch> palette;
  for (const Cluster& cluster : clusters) {
    if (cluster.weight < kLeastShare) continue;
    const Rgb8 color = FromOkLab(cluster.Centre());
    palette.push_back({color.red, color.green, color.blue, cluster.weight});
  }
  std::stable_sort(palette.begin(), palette.end(),
                   [](const Swatch& a, const Swatch& b) { return a.share > b.share; });
  return palette;
}

using Cosines = std::array<std::array<float, kHashGrid>, kWaves>;

const Cosines& HalfWaves() {
  static const Cosines cosines = [] {
    Cosines table{};
    for (std::size_t u = 0; u < kWaves; ++u) {
      for (std::size_t x = 0; x < kHashGrid; ++x) {
        table[u][x] = static_cast<float>(
            std::cos(std::numbers::pi * static_cast<double>(u) * (static_cast<double>(x) + 0.5) / kHashGrid));
      }
    }
    return table;
  }();
  return cosines;
}

std::uint64_t HashOf(const GreyImage& grey) {
  const Cosines& cosines = HalfWaves();
  std::array<std::array<float, kWaves>, kHashGrid> across{};
  for (std::size_t y = 0; y < kHashGrid; ++y) {
    for (std::size_t u = 0; u < kWaves; ++u) {
      for (std::size_t x = 0; x < kHashGrid; ++x)
        across[y][u] += cosines[u][x] * grey.values[y * kHashGrid + x];
    }
  }
  // What rounding leaves of a component that is none, as in an even colour, counts as none.
  constexpr float kNothing = 0.5f;
  std::uint64_t hash = 1;
  for (std::size_t v = 0; v < kWaves; ++v) {
    for (std::size_t u = 0; u < kWaves; ++u) {
      float component = 0;
      for (std::size_t y = 0; y < kHashGrid; ++y) component += cosines[v][y] * across[y][u];
      if (u + v > 0 && component > kNothing) hash |= std::uint64_t{1} << (kWaves * v + u);
    }
  }
  return hash;
}

float SharpnessOf(const GreyImage& grey) {
  const auto width = static_cast<std::size_t>(grey.width_px),
             height = static_cast<std::size_t>(grey.height_px);
  double first = 0, second = 0;
  for (std::size_t y = 1; y + 1 < height; ++y) {
    const float* row = grey.values.data() + y * width;
    float line_first = 0, line_second = 0;
    for (std::size_t x = 1; x + 1 < width; ++x) {
      const float dx = 0.5f * (row[x + 1] - row[x - 1]);
      const float dy = 0.5f * (row[x + width] - *(row + x - width));
      const float bend = row[x + 1] + row[x - 1] + row[x + width] + *(row + x - width) - 4 * row[x];
      line_first += dx * dx + dy * dy;
      line_second += bend * bend;
    }
    first += static_cast<double>(line_first);
    second += static_cast<double>(line_second);
  }
  // A grey level of noise over an even colour is no edge.
  const auto floor = static_cast<double>(width * height);
  return static_cast<float>(std::sqrt(second / (first + floor)));
}

}  // namespace

Sketch SketchOf(const RgbImage& picture) {
  if (picture.width_px < 1 || picture.height_px < 1) return {};
  return {.palette = PaletteOf(picture),
          .hash = HashOf(GreyOf(picture, kHashGrid, kHashGrid)),
          .sharpness = SharpnessOf(GreyOf(picture, kSharpEdgePx))};
}

}  // namespace vitrine
