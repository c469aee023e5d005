// Problem: two pictures may be one shot (resized, cropped, turned, framed, recoloured, marked) or two shots
// of one scene, seconds apart. Hashes and vectors cannot tell them apart: what differs is small and anywhere.
//
// Idea: lay one over the other and look, block by block. Features (local_features.h) that look alike in both
// each propose a whole placement, since a feature has a place, a size and an angle; the placement that most
// other pairs agree with wins (a Hough vote, Lowe 2004, done by counting), and least squares over its voters
// makes it exact, first as shift, turn and size, then as any affine map. Then the finer picture is brought to
// the coarser one's pixels, and each block of 12 x 12 px with something to see in it is asked whether its
// pixels go up and down together (normalised cross-correlation, which no change of brightness or contrast
// moves). One shot agrees nearly everywhere, save under a watermark; in another shot of the scene whatever
// moved, and whatever parallax shifted, does not.
//
// Cost: 26,000 dot products of 128 numbers (some 0.6 ms) for pictures that have nothing in common; 1 ms more
// for a placement that is looked at.
#include "image/align.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "image/grey.h"

namespace vitrine {
namespace {

constexpr float kGreySigma = 0.8f;
constexpr std::int32_t kTinyEdgePx = 32;
constexpr double kLeastRatio = 0.80;  // Best distance over second best: above it a match says nothing.
constexpr int kLeastMatches = 5;
constexpr std::int32_t kBlockPx = 12;
constexpr double kSeenDeviation = 5;  // Of 255: a block that varies less has nothing to see.
constexpr double kSameCorrelation = 0.7;
constexpr double kEdgeMarginPx = 2.5;
constexpr float kSeenGradient = 5;   // Of 255 over two pixels: less is the noise of a JPEG.
constexpr double kSeenShare = 0.12;  // Of the pixels beyond: fewer that change are a frame's.

struct Point {
  double x = 0, y = 0;
};

Point Apply(const Affine& map, double x, double y) {
  return {map.a * x + map.b * y + map.c, map.d * x + map.e * y + map.f};
}

struct Pair {
  const LocalFeature* a = nullptr;
  LocalFeature b;
};

int Dot(const LocalFeature& a, const LocalFeature& b) {
  int sum = 0;
  for (std::size_t i = 0; i < LocalFeature::kLength; ++i) sum += a.shape[i] * b.shape[i];
  return sum;
}

// The feature as it is in the picture's mirror image (x -> -x; the placement is mended by MirrorMap).
LocalFeature Mirrored(const LocalFeature& feature) {
  LocalFeature mirror = feature;
  mirror.x_px = -feature.x_px;
  mirror.angle = std::numbers::pi_v<float> - feature.angle;
  constexpr auto kCells = LocalFeature::kCells, kAngles = LocalFeature::kAngles;
  for (std::size_t y = 0; y < kCells; ++y) {
    for (std::size_t x = 0; x < kCells; ++x) {
      for (std::size_t k = 0; k < kAngles; ++k) {
        // In the feature's own frame a mirror turns its second axis around.
        mirror.shape[(y * kCells + x) * kAngles + k] =
            feature.shape[((kCells - 1 - y) * kCells + x) * kAngles + (kAngles - k) % kAngles];
      }
    }
  }
  return mirror;
}

std::vector<Pair> MatchFeatures(const PictureShape& a, const PictureShape& b, bool mirrored) {
  constexpr double kFull = 2.0 * LocalFeature::kNorm * LocalFeature::kNorm;
  std::vector<Pair> pairs;
  for (const LocalFeature& original : b.features) {
    const LocalFeature feature = mirrored ? Mirrored(original) : original;
    const LocalFeature* best = nullptr;
    int first = 0, second = 0;
    for (const LocalFeature& candidate : a.features) {
      const int dot = Dot(candidate, feature);
      if (dot > first) {
        // The same blob under another angle is no rival.
        const bool twin = best != nullptr && best->x_px == candidate.x_px && best->y_px == candidate.y_px;
        if (!twin) second = first;
        first = dot;
        best = &candidate;
      } else if (dot > second &&
                 (best == nullptr || best->x_px != candidate.x_px || best->y_px != candidate.y_px)) {
        second = dot;
      }
    }
    const double near = std::max(0.0, kFull - 2 * first), far = std::max(1.0, kFull - 2 * second);
    if (best != nullptr && near < kLeastRatio * kLeastRatio * far) pairs.push_back({best, feature});
  }
  return pairs;
}

// The shift, turn and size that one pair of features proposes.
Affine Proposal(const Pair& pair) {
  const double scale = static_cast<double>(pair.a->size_px) / static_cast<double>(pair.b.size_px);
  const double angle = static_cast<double>(pair.a->angle) - static_cast<double>(pair.b.angle);
  const double cosine = scale * std::cos(angle), sine = scale * std::sin(angle);
  const double x = static_cast<double>(pair.b.x_px), y = static_cast<double>(pair.b.y_px);
  return {.a = cosine,
          .b = -sine,
          .c = static_cast<double>(pair.a->x_px) - cosine * x + sine * y,
          .d = sine,
          .e = cosine,
          .f = static_cast<double>(pair.a->y_px) - sine * x - cosine * y};
}

double Miss(const Affine& map, const Pair& pair) {
  const Point at = Apply(map, static_cast<double>(pair.b.x_px), static_cast<double>(pair.b.y_px));
  return std::hypot(at.x - static_cast<double>(pair.a->x_px), at.y - static_cast<double>(pair.a->y_px));
}

std::vector<Pair> Voters(const Affine& map, const std::vector<Pair>& pairs, double tolerance_px) {
  std::vector<Pair> voters;
  const double scale = std::sqrt(std::fabs(map.Determinant()));
  for (const Pair& pair : pairs) {
    const double size = static_cast<double>(pair.a->size_px) / (static_cast<double>(pair.b.size_px) * scale);
    if (size > 0.5 && size < 2 && Miss(map, pair) <= tolerance_px) voters.push_back(pair);
  }
  return voters;
}

// Different places among the voters: blobs with two angles, and many that fall on one, count once.
int PlacesOf(const std::vector<Pair>& voters) {
  std::vector<std::pair<int, int>> in_a, in_b;
  for (const Pair& pair : voters) {
    in_a.emplace_back(static_cast<int>(pair.a->x_px / 4), static_cast<int>(pair.a->y_px / 4));
    in_b.emplace_back(static_cast<int>(pair.b.x_px / 4), static_cast<int>(pair.b.y_px / 4));
  }
  const auto distinct = [](std::vector<std::pair<int, int>>& cells) {
    std::sort(cells.begin(), cells.end());
    return static_cast<int>(std::unique(cells.begin(), cells.end()) - cells.begin());
  };
  return std::min(distinct(in_a), distinct(in_b));
}

// Solves the 3 x 3 system for one row of an affine map; false when the places lie on a line.
bool SolveRow(const std::array<std::array<double, 3>, 3>& m, const std::array<double, 3>& r,
              std::array<double, 3>& out) {
  const auto det = [](const std::array<std::array<double, 3>, 3>& q) {
    return q[0][0] * (q[1][1] * q[2][2] - q[1][2] * q[2][1]) -
           q[0][1] * (q[1][0] * q[2][2] - q[1][2] * q[2][0]) +
           q[0][2] * (q[1][0] * q[2][1] - q[1][1] * q[2][0]);
  };
  const double whole = det(m);
  if (std::fabs(whole) < 1e-3) return false;
  for (std::size_t column = 0; column < 3; ++column) {
    auto replaced = m;
    for (std::size_t row = 0; row < 3; ++row) replaced[row][column] = r[row];
    out[column] = det(replaced) / whole;
  }
  return true;
}

// Least squares over all six numbers.
std::optional<Affine> FitAffine(const std::vector<Pair>& pairs) {
  std::array<std::array<double, 3>, 3> m{};
  std::array<double, 3> rx{}, ry{};
  for (const Pair& pair : pairs) {
    const std::array<double, 3> p = {static_cast<double>(pair.b.x_px), static_cast<double>(pair.b.y_px), 1};
    for (std::size_t i = 0; i < 3; ++i) {
      for (std::size_t j = 0; j < 3; ++j) m[i][j] += p[i] * p[j];
      rx[i] += p[i] * static_cast<double>(pair.a->x_px);
      ry[i] += p[i] * static_cast<double>(pair.a->y_px);
    }
  }
  std::array<double, 3> x{}, y{};
  if (!SolveRow(m, rx, x) || !SolveRow(m, ry, y)) return std::nullopt;
  return Affine{x[0], x[1], x[2], y[0], y[1], y[2]};
}

// Least squares over shift, turn and size: in complex numbers a' = z b + t.
std::optional<Affine> FitSimilarity(const std::vector<Pair>& pairs) {
  Point mean_a, mean_b;
  const auto count = static_cast<double>(pairs.size());
  for (const Pair& pair : pairs) {
    mean_a.x += static_cast<double>(pair.a->x_px) / count;
    mean_a.y += static_cast<double>(pair.a->y_px) / count;
    mean_b.x += static_cast<double>(pair.b.x_px) / count;
    mean_b.y += static_cast<double>(pair.b.y_px) / count;
  }
  double real = 0, imaginary = 0, squares = 0;
  for (const Pair& pair : pairs) {
    const double ax = static_cast<double>(pair.a->x_px) - mean_a.x,
                 ay = static_cast<double>(pair.a->y_px) - mean_a.y;
    const double bx = static_cast<double>(pair.b.x_px) - mean_b.x,
                 by = static_cast<double>(pair.b.y_px) - mean_b.y;
    real += bx * ax + by * ay;
    imaginary += bx * ay - by * ax;
    squares += bx * bx + by * by;
  }
  if (squares < 1) return std::nullopt;
  const double p = real / squares, q = imaginary / squares;
  return Affine{p, -q, mean_a.x - p * mean_b.x + q * mean_b.y, q, p, mean_a.y - q * mean_b.x - p * mean_b.y};
}

// From the placement that most pairs agree with to one that fits them.
std::optional<Affine> Agreed(const std::vector<Pair>& pairs, int& places) {
  std::vector<Pair> voters;
  for (const Pair& pair : pairs) {
    std::vector<Pair> with = Voters(Proposal(pair), pairs, 9);
    if (with.size() > voters.size()) voters = std::move(with);
  }
  if (PlacesOf(voters) < kLeastMatches) return std::nullopt;
  std::optional<Affine> map;
  for (const double tolerance_px : {6.0, 4.0, 3.0}) {
    map = FitSimilarity(voters);
    if (!map) return std::nullopt;
    voters = Voters(*map, pairs, tolerance_px);
    if (PlacesOf(voters) < kLeastMatches) return std::nullopt;
  }
  for (int round = 0; round < 2 && PlacesOf(voters) >= 2 * kLeastMatches; ++round) {
    const std::optional<Affine> affine = FitAffine(voters);
    if (!affine) break;
    const std::vector<Pair> closer = Voters(*affine, pairs, 2);
    if (PlacesOf(closer) < 2 * kLeastMatches) break;
    map = affine;
    voters = closer;
  }
  places = PlacesOf(voters);
  return map;
}

// Between four pixels. REQUIRES: inside.
float Between(const GreyImage& image, double x, double y) {
  const auto x0 = std::min(static_cast<std::int32_t>(x), image.width_px - 2);
  const auto y0 = std::min(static_cast<std::int32_t>(y), image.height_px - 2);
  const auto fx = static_cast<float>(x - x0), fy = static_cast<float>(y - y0);
  const float top = image.At(x0, y0) * (1 - fx) + image.At(x0 + 1, y0) * fx;
  const float bottom = image.At(x0, y0 + 1) * (1 - fx) + image.At(x0 + 1, y0 + 1) * fx;
  return top * (1 - fy) + bottom * fy;
}

struct BlockSums {
  int pixels = 0;
  double x = 0, y = 0, xx = 0, yy = 0, xy = 0;

  void Add(double p, double q) {
    ++pixels;
    x += p, y += q, xx += p * p, yy += q * q, xy += p * q;
  }
};

// Compares `coarse` with what `map` finds for its pixels in `fine`; returns the pixels found.
std::int64_t CompareBlocks(const GreyImage& coarse, const GreyImage& fine, const Affine& map,
                           Alignment& result) {
  const auto across = static_cast<std::size_t>((coarse.width_px + kBlockPx - 1) / kBlockPx);
  std::int64_t shared = 0;
  int same = 0;
  for (std::int32_t top = 0; top < coarse.height_px; top += kBlockPx) {
    std::vector<BlockSums> blocks(across);
    for (std::int32_t y = top; y < std::min(top + kBlockPx, coarse.height_px); ++y) {
      for (std::int32_t x = 0; x < coarse.width_px; ++x) {
        const Point at = Apply(map, x, y);
        if (at.x < 0 || at.y < 0 || at.x > fine.width_px - 1 || at.y > fine.height_px - 1) continue;
        ++shared;
        blocks[static_cast<std::size_t>(x / kBlockPx)].Add(static_cast<double>(coarse.At(x, y)),
                                                           static_cast<double>(Between(fine, at.x, at.y)));
      }
    }
    for (const BlockSums& block : blocks) {
      if (block.pixels < kBlockPx * kBlockPx / 2) continue;
      const double n = block.pixels;
      const double vx = block.xx / n - block.x * block.x / (n * n),
                   vy = block.yy / n - block.y * block.y / (n * n);
      if (std::max(vx, vy) < kSeenDeviation * kSeenDeviation) continue;
      const double covariance = block.xy / n - block.x * block.y / (n * n);
      const double correlation = covariance / (std::sqrt(std::max(0.0, vx) * std::max(0.0, vy)) + 2);
      ++result.blocks;
      result.correlation += correlation;
      if (correlation >= kSameCorrelation) ++same;
    }
  }
  if (result.blocks > 0) {
    result.correlation /= result.blocks;
    result.agreement = static_cast<double>(same) / result.blocks;
  }
  return shared;
}

// Mean difference of the colours over the shared part, on the tiny pictures.
double ColourChange(const PictureShape& a, const PictureShape& b, const Affine& b_to_a) {
  const double step_b = static_cast<double>(b.width_px) / b.tiny.width_px;
  const double step_a = static_cast<double>(a.width_px) / a.tiny.width_px;
  double sum = 0;
  int count = 0;
  for (std::int32_t y = 0; y < b.tiny.height_px; ++y) {
    for (std::int32_t x = 0; x < b.tiny.width_px; ++x) {
      const Point at = Apply(b_to_a, (x + 0.5) * step_b - 0.5, (y + 0.5) * step_b - 0.5);
      const auto ax = static_cast<std::int32_t>(std::floor((at.x + 0.5) / step_a));
      const auto ay = static_cast<std::int32_t>(std::floor((at.y + 0.5) / step_a));
      if (ax < 0 || ay < 0 || ax >= a.tiny.width_px || ay >= a.tiny.height_px) continue;
      const std::uint8_t* p = b.tiny.pixels.data() + 3 * (y * b.tiny.width_px + x);
      const std::uint8_t* q = a.tiny.pixels.data() + 3 * (ay * a.tiny.width_px + ax);
      for (int channel = 0; channel < 3; ++channel) sum += std::abs(p[channel] - q[channel]);
      ++count;
    }
  }
  return count == 0 ? 1 : sum / (3.0 * 255 * count);
}

// Share of `image` that lies outside `other`, where that has something to see: a frame of one colour has not.
double SeenBeyond(const GreyImage& image, const Affine& to_other, const GreyImage& other) {
  // Away from the other's edge, which is itself something to see.
  const double margin = kEdgeMarginPx * std::sqrt(std::fabs(to_other.Determinant()));
  std::int64_t seen = 0, outside = 0;
  for (std::int32_t y = 1; y + 1 < image.height_px; ++y) {
    for (std::int32_t x = 1; x + 1 < image.width_px; ++x) {
      const Point at = Apply(to_other, x, y);
      if (at.x >= -margin && at.y >= -margin && at.x <= other.width_px - 1 + margin &&
          at.y <= other.height_px - 1 + margin) {
        continue;
      }
      const float dx = image.At(x + 1, y) - image.At(x - 1, y), dy = image.At(x, y + 1) - image.At(x, y - 1);
      ++outside;
      if (dx * dx + dy * dy >= kSeenGradient * kSeenGradient) ++seen;
    }
  }
  if (static_cast<double>(seen) < kSeenShare * static_cast<double>(outside)) return 0;
  return static_cast<double>(outside) / (image.width_px * image.height_px);
}

GreyImage GreyPicture(const PictureShape& shape) {
  return {shape.width_px, shape.height_px, {shape.grey.begin(), shape.grey.end()}};
}

void Compare(const PictureShape& a, const PictureShape& b, Alignment& result) {
  const GreyImage grey_a = GreyPicture(a), grey_b = GreyPicture(b);
  const double scale = result.scale();
  const bool b_is_coarse = scale >= 1;  // One of its pixels covers several of a's.
  const GreyImage& coarse = b_is_coarse ? grey_b : grey_a;
  const double ratio = b_is_coarse ? scale : 1 / scale;
  GreyImage fine = b_is_coarse ? grey_a : grey_b;
  if (ratio > 1.1) fine = Blurred(fine, kGreySigma * static_cast<float>(std::sqrt(ratio * ratio - 1)));
  const Affine map = b_is_coarse ? result.b_to_a : result.b_to_a.Inverse();
  const auto shared = static_cast<double>(CompareBlocks(coarse, fine, map, result));
  const double of_coarse = shared / (coarse.width_px * coarse.height_px);
  const double of_fine = shared * ratio * ratio / (fine.width_px * fine.height_px);
  result.shared_a = std::min(1.0, b_is_coarse ? of_fine : of_coarse);
  result.shared_b = std::min(1.0, b_is_coarse ? of_coarse : of_fine);
  result.extra_a = SeenBeyond(grey_a, result.b_to_a.Inverse(), grey_b);
  result.extra_b = SeenBeyond(grey_b, result.b_to_a, grey_a);
  result.colour_change = ColourChange(a, b, result.b_to_a);
}

bool IsLarge(const PictureShape& shape) { return std::min(shape.width_px, shape.height_px) >= 2; }

RgbImage TinyOf(const RgbImage& picture) {
  const std::int32_t long_side = std::max(picture.width_px, picture.height_px);
  const std::int32_t edge = std::min(kTinyEdgePx, long_side);
  RgbImage tiny;
  tiny.width_px = std::max(1, picture.width_px * edge / long_side);
  tiny.height_px = std::max(1, picture.height_px * edge / long_side);
  for (std::int32_t y = 0; y < tiny.height_px; ++y) {
    for (std::int32_t x = 0; x < tiny.width_px; ++x) {
      const std::int32_t left = x * picture.width_px / tiny.width_px,
                         right = (x + 1) * picture.width_px / tiny.width_px;
      const std::int32_t top = y * picture.height_px / tiny.height_px;
      const std::int32_t bottom = (y + 1) * picture.height_px / tiny.height_px;
      std::array<int, 3> sum{};
      for (std::int32_t j = top; j < bottom; ++j) {
        for (std::int32_t i = left; i < right; ++i) {
          for (std::size_t c = 0; c < 3; ++c) {
            sum[c] += picture.pixels[static_cast<std::size_t>(j * picture.width_px + i) * 3 + c];
          }
        }
      }
      const int count = std::max(1, (right - left) * (bottom - top));
      for (const int value : sum) tiny.pixels.push_back(static_cast<std::uint8_t>(value / count));
    }
  }
  return tiny;
}

}  // namespace

Affine Affine::Inverse() const {
  const double det = Determinant();
  return {e / det, -b / det, (b * f - c * e) / det, -d / det, a / det, (c * d - a * f) / det};
}

double Alignment::scale() const { return std::sqrt(std::fabs(b_to_a.Determinant())); }

double Alignment::degrees() const {
  // b's second axis: a mirror turns only the first around.
  return std::atan2(-b_to_a.b, b_to_a.e) * 180 / std::numbers::pi;
}

PictureShape ShapeOf(const RgbImage& picture) {
  PictureShape shape;
  const GreyImage grey = GreyOf(picture, PictureShape::kEdgePx);
  shape.features = FindFeatures(grey, PictureShape::kMaxFeatures);
  shape.width_px = grey.width_px;
  shape.height_px = grey.height_px;
  for (const float value : Blurred(grey, kGreySigma).values) {
    shape.grey.push_back(static_cast<std::uint8_t>(std::lround(std::clamp(value, 0.0f, 255.0f))));
  }
  shape.tiny = TinyOf(picture);
  return shape;
}

Alignment AlignWhole(const PictureShape& a, const PictureShape& b, Turn turn) {
  Alignment result;
  if (!IsLarge(a) || !IsLarge(b)) return result;
  // From b to the unit square around 0, mirrored, turned, and out to a.
  static constexpr std::array<std::array<double, 2>, 4> kQuarter = {{{1, 0}, {0, 1}, {-1, 0}, {0, -1}}};
  const auto [cosine, sine] = kQuarter[static_cast<std::size_t>(turn.quarters & 3)];
  const double sx = (turn.mirrored ? -1.0 : 1.0) / b.width_px, sy = 1.0 / b.height_px;
  const double wa = a.width_px, ha = a.height_px;
  Affine& map = result.b_to_a;
  map.a = wa * cosine * sx, map.b = -wa * sine * sy;
  map.d = ha * sine * sx, map.e = ha * cosine * sy;
  const double middle_x = (b.width_px - 1) / 2.0, middle_y = (b.height_px - 1) / 2.0;
  map.c = (wa - 1) / 2 - map.a * middle_x - map.b * middle_y;
  map.f = (ha - 1) / 2 - map.d * middle_x - map.e * middle_y;
  Compare(a, b, result);
  return result;
}

std::optional<Alignment> AlignByFeatures(const PictureShape& a, const PictureShape& b, bool mirrored) {
  if (!IsLarge(a) || !IsLarge(b)) return std::nullopt;
  const std::vector<Pair> pairs = MatchFeatures(a, b, mirrored);
  if (pairs.size() < kLeastMatches) return std::nullopt;
  Alignment result;
  std::optional<Affine> map = Agreed(pairs, result.matches);
  if (!map) return std::nullopt;
  if (mirrored) map->a = -map->a, map->d = -map->d;
  result.b_to_a = *map;
  const double scale = result.scale();
  if (!(scale > 0.2 && scale < 5)) return std::nullopt;
  Compare(a, b, result);
  return result;
}

bool IsSameShot(const Alignment& alignment) {
  return alignment.blocks >= 12 && alignment.agreement >= 0.8 && alignment.shared_a >= 0.15 &&
         alignment.shared_b >= 0.15 && std::max(alignment.shared_a, alignment.shared_b) >= 0.6;
}

}  // namespace vitrine
