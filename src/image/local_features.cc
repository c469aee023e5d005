// Problem: a crop, a turned or a recoloured copy shares no pixel position and no pixel value with its
// original. What they share is small neighbourhoods, up to a shift, a turn, a size and a change of contrast.
//
// Idea (Lowe, "Distinctive Image Features from Scale-Invariant Keypoints", IJCV 2004): blur the picture more
// and more; where the difference of two neighbouring blurs has an extremum over place and size there is a
// blob with a size of its own. The gradients around it, taken in its own size and turned to their own main
// direction, fall into 4 x 4 cells of 8 angles each: 128 numbers that look the same in every such copy.
// Square roots of the numbers, normalised in sum, make their dot product the Bhattacharyya similarity
// (Arandjelovic and Zisserman, CVPR 2012), which lets no single strong edge drown the rest.
//
// Why right enough here: a wrong match costs nothing, since align.cc lets the matches vote for one placement
// and then compares pixels. So the places of extrema are refined within the picture but not over sizes, and
// gradients are read at the nearest pixel.
//
// Cost: blurs of the picture (half of it), extrema, and 256 gradients a feature.
#include "image/local_features.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace vitrine {
namespace {

constexpr int kLevels = 2;              // Sizes an octave in which extrema are looked for.
constexpr float kFirstSigma = 1.3f;     // Blur of the first level of an octave, in its pixels.
constexpr float kSourceSigma = 0.6f;    // What a picture that was just reduced has by itself.
constexpr float kLeastContrast = 1.6f;  // Of 255: weaker blobs are noise of the JPEG.
constexpr float kEdgeRatio =
    10;  // Curvatures further apart than this are an edge, which slides along itself.
constexpr std::int32_t kLeastEdgePx = 16;
constexpr int kBorder = 3;
constexpr int kSamples = 16;      // A side of the grid on which a shape is read: 4 a cell.
constexpr float kCellSigmas = 3;  // Side of a cell in sigmas.
constexpr float kPi = std::numbers::pi_v<float>;

GreyImage Halved(const GreyImage& image) {
  GreyImage half{image.width_px / 2, image.height_px / 2, {}};
  half.values.reserve(static_cast<std::size_t>(half.width_px) * static_cast<std::size_t>(half.height_px));
  for (std::int32_t y = 0; y < half.height_px; ++y) {
    for (std::int32_t x = 0; x < half.width_px; ++x) half.values.push_back(image.At(2 * x, 2 * y));
  }
  return half;
}

GreyImage Difference(const GreyImage& a, const GreyImage& b) {
  GreyImage difference = a;
  for (std::size_t i = 0; i < a.values.size(); ++i) difference.values[i] -= b.values[i];
  return difference;
}

// Angle of (x, y) in 0..kAngles, within 0.3 degrees: a polynomial of the smaller over the larger.
float AngleBin(float x, float y) {
  const float ax = std::fabs(x), ay = std::fabs(y);
  const float large = std::max(ax, ay), small = std::min(ax, ay);
  if (large <= 0) return 0;
  const float ratio = small / large;
  float angle = ratio * (kPi / 4 + 0.273f * (1 - ratio));
  if (ay > ax) angle = kPi / 2 - angle;
  if (x < 0) angle = kPi - angle;
  if (y < 0) angle = 2 * kPi - angle;
  return angle * (static_cast<float>(LocalFeature::kAngles) / (2 * kPi));
}

// Whether (x, y) of the middle level is larger, or smaller, than its 26 neighbours in place and size.
bool IsExtremum(const GreyImage& below, const GreyImage& level, const GreyImage& above, std::int32_t x,
                std::int32_t y) {
  const float value = level.At(x, y);
  const float sign = value > 0 ? 1.0f : -1.0f;
  for (const GreyImage* image : {&level, &below, &above}) {
    for (std::int32_t dy = -1; dy <= 1; ++dy) {
      for (std::int32_t dx = -1; dx <= 1; ++dx) {
        if (image == &level && dx == 0 && dy == 0) continue;
        if (sign * image->At(x + dx, y + dy) >= sign * value) return false;
      }
    }
  }
  return true;
}

// Moves to the top of the parabola through the neighbours; false for an edge.
bool Refine(const GreyImage& level, std::int32_t x, std::int32_t y, float& fx, float& fy) {
  const float value = level.At(x, y);
  const float dx = 0.5f * (level.At(x + 1, y) - level.At(x - 1, y));
  const float dy = 0.5f * (level.At(x, y + 1) - level.At(x, y - 1));
  const float dxx = level.At(x + 1, y) + level.At(x - 1, y) - 2 * value;
  const float dyy = level.At(x, y + 1) + level.At(x, y - 1) - 2 * value;
  const float dxy = 0.25f * (level.At(x + 1, y + 1) - level.At(x - 1, y + 1) - level.At(x + 1, y - 1) +
                             level.At(x - 1, y - 1));
  const float trace = dxx + dyy;
  const float determinant = dxx * dyy - dxy * dxy;
  if (determinant <= 0 || trace * trace * kEdgeRatio >= (kEdgeRatio + 1) * (kEdgeRatio + 1) * determinant) {
    return false;
  }
  fx = static_cast<float>(x) + std::clamp((dxy * dy - dyy * dx) / determinant, -0.5f, 0.5f);
  fy = static_cast<float>(y) + std::clamp((dxy * dx - dxx * dy) / determinant, -0.5f, 0.5f);
  return true;
}

struct Gradient {
  float x = 0, y = 0;
};

Gradient GradientAt(const GreyImage& image, float fx, float fy) {
  const auto x = static_cast<std::int32_t>(std::lround(fx));
  const auto y = static_cast<std::int32_t>(std::lround(fy));
  if (x < 1 || y < 1 || x >= image.width_px - 1 || y >= image.height_px - 1) return {};
  return {image.At(x + 1, y) - image.At(x - 1, y), image.At(x, y + 1) - image.At(x, y - 1)};
}

// The main directions of the gradients around a blob, at most two.
std::vector<float> MainAngles(const GreyImage& image, float x, float y, float sigma) {
  constexpr std::size_t kBins = 36;
  std::array<float, kBins> histogram{};
  const float reach = 1.5f * sigma;
  const int radius = static_cast<int>(std::lround(3 * reach));
  for (int dy = -radius; dy <= radius; ++dy) {
    for (int dx = -radius; dx <= radius; ++dx) {
      const Gradient g = GradientAt(image, x + static_cast<float>(dx), y + static_cast<float>(dy));
      const float weight = std::exp(-0.5f * static_cast<float>(dx * dx + dy * dy) / (reach * reach));
      const float bin = AngleBin(g.x, g.y) * (static_cast<float>(kBins) / LocalFeature::kAngles);
      histogram[static_cast<std::size_t>(bin) % kBins] += weight * std::sqrt(g.x * g.x + g.y * g.y);
    }
  }
  std::array<float, kBins> smooth{};
  for (std::size_t i = 0; i < kBins; ++i) {
    smooth[i] =
        0.25f * histogram[(i + kBins - 1) % kBins] + 0.5f * histogram[i] + 0.25f * histogram[(i + 1) % kBins];
  }
  std::vector<std::pair<float, float>> peaks;
  for (std::size_t i = 0; i < kBins; ++i) {
    const float left = smooth[(i + kBins - 1) % kBins], right = smooth[(i + 1) % kBins];
    if (smooth[i] <= left || smooth[i] < right) continue;
    const float offset = 0.5f * (left - right) / (left - 2 * smooth[i] + right);
    peaks.emplace_back(smooth[i], (static_cast<float>(i) + 0.5f + offset) * (2 * kPi / kBins));
  }
  std::sort(peaks.rbegin(), peaks.rend());
  std::vector<float> angles;
  for (const auto& [height, angle] : peaks) {
    if (angles.size() < 2 && height >= 0.8f * peaks.front().first) angles.push_back(angle);
  }
  return angles;
}

// Adds one gradient to the cells and angles that it lies between.
void AddGradient(std::array<float, LocalFeature::kLength>& cells, int column, int row, float bin,
                 float weight) {
  constexpr int kCells = static_cast<int>(LocalFeature::kCells);
  constexpr auto kAngles = LocalFeature::kAngles;
  const float cx = (static_cast<float>(column) + 0.5f) * kCells / kSamples - 0.5f;
  const float cy = (static_cast<float>(row) + 0.5f) * kCells / kSamples - 0.5f;
  const int x0 = static_cast<int>(std::floor(cx)), y0 = static_cast<int>(std::floor(cy));
  const float fx = cx - static_cast<float>(x0), fy = cy - static_cast<float>(y0);
  const auto a0 = static_cast<std::size_t>(bin);
  const float fa = bin - static_cast<float>(a0);
  for (int j = 0; j < 2; ++j) {
    for (int i = 0; i < 2; ++i) {
      const int x = x0 + i, y = y0 + j;
      if (x < 0 || y < 0 || x >= kCells || y >= kCells) continue;
      const float share = weight * (i == 0 ? 1 - fx : fx) * (j == 0 ? 1 - fy : fy);
      float* cell = cells.data() + static_cast<std::size_t>(y * kCells + x) * kAngles;
      cell[a0 % kAngles] += share * (1 - fa);
      cell[(a0 + 1) % kAngles] += share * fa;
    }
  }
}

void DescribeShape(const GreyImage& image, float x, float y, float sigma, LocalFeature& feature) {
  std::array<float, LocalFeature::kLength> cells{};
  const float cosine = std::cos(feature.angle), sine = std::sin(feature.angle);
  const float step = sigma * kCellSigmas * LocalFeature::kCells / kSamples;
  for (int row = 0; row < kSamples; ++row) {
    for (int column = 0; column < kSamples; ++column) {
      const float u = static_cast<float>(column) - 0.5f * (kSamples - 1);
      const float v = static_cast<float>(row) - 0.5f * (kSamples - 1);
      const Gradient g =
          GradientAt(image, x + step * (cosine * u - sine * v), y + step * (sine * u + cosine * v));
      const float gx = cosine * g.x + sine * g.y, gy = cosine * g.y - sine * g.x;
      const float weight = std::exp(-(u * u + v * v) / (0.5f * kSamples * kSamples));
      AddGradient(cells, column, row, AngleBin(gx, gy), weight * std::sqrt(gx * gx + gy * gy));
    }
  }
  float squares = 0, sum = 0;
  for (const float cell : cells) squares += cell * cell;
  const float cap = 0.2f * std::sqrt(squares);
  for (float& cell : cells) sum += cell = std::min(cell, cap);
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const float part = sum > 0 ? std::sqrt(cells[i] / sum) : 0;
    feature.shape[i] = static_cast<std::int16_t>(std::lround(part * LocalFeature::kNorm));
  }
}

struct Blob {
  std::size_t octave = 0, level = 0;
  float x = 0, y = 0, strength = 0;
};

// An octave: its blurs, from kFirstSigma doubling over kLevels steps, two more for the differences at the
// ends.
std::vector<GreyImage> Octave(const GreyImage& first) {
  std::vector<GreyImage> blurs = {first};
  for (int i = 1; i < kLevels + 3; ++i) {
    const float ratio = std::exp2(1.0f / kLevels);
    const float sigma = kFirstSigma * std::pow(ratio, static_cast<float>(i - 1));
    blurs.push_back(Blurred(blurs.back(), sigma * std::sqrt(ratio * ratio - 1)));
  }
  return blurs;
}

void FindBlobs(const std::vector<GreyImage>& blurs, std::size_t octave, std::vector<Blob>& blobs) {
  std::vector<GreyImage> differences;
  for (std::size_t i = 1; i < blurs.size(); ++i) differences.push_back(Difference(blurs[i], blurs[i - 1]));
  for (std::size_t level = 1; level + 1 < differences.size(); ++level) {
    const GreyImage& middle = differences[level];
    for (std::int32_t y = kBorder; y < middle.height_px - kBorder; ++y) {
      for (std::int32_t x = kBorder; x < middle.width_px - kBorder; ++x) {
        const float strength = std::fabs(middle.At(x, y));
        if (strength < kLeastContrast) continue;
        if (!IsExtremum(differences[level - 1], middle, differences[level + 1], x, y)) continue;
        Blob blob{.octave = octave, .level = level, .strength = strength};
        if (Refine(middle, x, y, blob.x, blob.y)) blobs.push_back(blob);
      }
    }
  }
}

}  // namespace

std::vector<LocalFeature> FindFeatures(const GreyImage& image, std::size_t limit) {
  std::vector<std::vector<GreyImage>> octaves;
  std::vector<Blob> blobs;
  GreyImage first = Blurred(image, std::sqrt(kFirstSigma * kFirstSigma - kSourceSigma * kSourceSigma));
  while (std::min(first.width_px, first.height_px) >= kLeastEdgePx) {
    octaves.push_back(Octave(first));
    FindBlobs(octaves.back(), octaves.size() - 1, blobs);
    first = Halved(octaves.back()[kLevels]);
  }
  std::stable_sort(blobs.begin(), blobs.end(),
                   [](const Blob& a, const Blob& b) { return a.strength > b.strength; });
  std::vector<LocalFeature> features;
  for (const Blob& blob : blobs) {
    const GreyImage& level = octaves[blob.octave][blob.level];
    const float sigma = kFirstSigma * std::exp2(static_cast<float>(blob.level) / kLevels);
    const auto scale = static_cast<float>(1u << blob.octave);
    for (const float angle : MainAngles(level, blob.x, blob.y, sigma)) {
      if (features.size() == limit) return features;
      LocalFeature& feature = features.emplace_back(LocalFeature{.x_px = blob.x * scale,
                                                                 .y_px = blob.y * scale,
                                                                 .size_px = sigma * scale,
                                                                 .angle = angle,
                                                                 .strength = blob.strength});
      DescribeShape(level, blob.x, blob.y, sigma, feature);
    }
  }
  return features;
}

}  // namespace vitrine
