// Lines of text out of a map of probabilities.
//
// Problem: a detector of the DB kind (Liao et al. 2020, "Real-time Scene Text Detection with Differentiable
// Binarization") gives one probability a pixel. It was trained to paint lines shrunken, so that neighbouring
// ones stay apart. Wanted are whole lines, as rectangles that may be turned.
//
// Idea: pixels at or above a threshold that touch, corners included, are one patch. Around each patch lies a
// rectangle of least area. One of its sides lies along a side of the convex hull (Freeman and Shapira 1975),
// and the hull of a patch is that of the ends of its rows, so few points are looked at. Training shrank each
// line by d = A r / L on all sides (A its area, L its circumference); the rectangle is grown by A u / L of
// its own, where u is the pack's `unclip`. For long lines that gives the height back up to a constant.
//
// The order of reading is that of rows: of boxes in the order of their centres' heights, one belongs to the
// row of the one before it when their centres are less apart than half the height of the lower of the two.
//
// Cost: labelling is one pass with a stack; a patch of n rows with h hull points costs n log n + h^2.
#include "model/ocr_boxes.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <numbers>
#include <tuple>
#include <utility>

namespace vitrine {
namespace {

using Point = std::pair<float, float>;

constexpr float kMinSide = 2.9F;  // Of a patch; less than three pixels is dust.

float Cross(const Point& origin, const Point& a, const Point& b) {
  return (a.first - origin.first) * (b.second - origin.second) -
         (a.second - origin.second) * (b.first - origin.first);
}

// Monotone chain (Andrew 1979): both halves of the hull in one sweep each.
std::vector<Point> ConvexHull(std::vector<Point> points) {
  std::sort(points.begin(), points.end());
  points.erase(std::unique(points.begin(), points.end()), points.end());
  if (points.size() < 3) return points;
  std::vector<Point> hull;
  for (int half = 0; half < 2; ++half) {
    const std::size_t start = hull.size();
    for (const Point& point : points) {
      while (hull.size() >= start + 2 && Cross(hull[hull.size() - 2], hull.back(), point) <= 0) {
        hull.pop_back();
      }
      hull.push_back(point);
    }
    hull.pop_back();
    std::reverse(points.begin(), points.end());
  }
  return hull;
}

// The box of the hull whose sides lie along (x, y) and across it; x, y of length 1.
TurnedBox BoxAlong(const std::vector<Point>& hull, float x, float y) {
  float min_u = INFINITY;
  float max_u = -INFINITY;
  float min_v = INFINITY;
  float max_v = -INFINITY;
  for (const auto& [px, py] : hull) {
    const float u = px * x + py * y;
    const float v = py * x - px * y;
    min_u = std::min(min_u, u);
    max_u = std::max(max_u, u);
    min_v = std::min(min_v, v);
    max_v = std::max(max_v, v);
  }
  const float u = (min_u + max_u) / 2;
  const float v = (min_v + max_v) / 2;
  return {u * x - v * y, u * y + v * x, max_u - min_u, max_v - min_v, std::atan2(y, x)};
}

// The same box, read within 45 degrees of the horizontal.
TurnedBox Upright(TurnedBox box) {
  constexpr auto kQuarter = std::numbers::pi_v<float> / 2;
  const float turns = std::ceil(box.angle / kQuarter - 0.5F);
  box.angle -= turns * kQuarter;
  if (static_cast<int>(turns) % 2 != 0) std::swap(box.width, box.height);
  return box;
}

TurnedBox Unclipped(TurnedBox box, float unclip) {
  const float grown = box.width * box.height * unclip / (2 * (box.width + box.height));
  box.width += 2 * grown;
  box.height += 2 * grown;
  return box;
}

// Patches of a map, one after the other.
class Patches {
 public:
  Patches(std::span<const float> map, std::size_t width, std::size_t height, float ink)
      : map_(map), width_(width), height_(height), ink_(ink), taken_(map.size()) {}

  struct Patch {
    std::vector<Point> ends;  // Corners of the first and the last pixel of each row.
    double sum = 0;
    std::size_t pixels = 0;
  };

  /// The patch that `pixel` belongs to; empty when it is no text or its patch was given before.
  Patch Take(std::size_t pixel) {
    Patch patch;
    if (!Enter(pixel)) return patch;
    std::vector<std::pair<std::size_t, std::size_t>> rows;  // y, x of each pixel.
    while (!stack_.empty()) {
      const std::size_t at = stack_.back();
      stack_.pop_back();
      const std::size_t x = at % width_;
      const std::size_t y = at / width_;
      patch.sum += static_cast<double>(map_[at]);
      ++patch.pixels;
      rows.emplace_back(y, x);
      EnterNeighbours(x, y);
    }
    std::sort(rows.begin(), rows.end());
    for (std::size_t first = 0, i = 1; i <= rows.size(); ++i) {
      if (i < rows.size() && rows[i].first == rows[first].first) continue;
      const auto left = static_cast<float>(rows[first].second);
      const auto right = static_cast<float>(rows[i - 1].second + 1);
      const auto top = static_cast<float>(rows[first].first);
      for (const float y : {top, top + 1}) {
        patch.ends.emplace_back(left, y);
        patch.ends.emplace_back(right, y);
      }
      first = i;
    }
    return patch;
  }

 private:
  bool Enter(std::size_t pixel) {
    if (taken_[pixel] || !(map_[pixel] >= ink_)) return false;
    taken_[pixel] = true;
    stack_.push_back(pixel);
    return true;
  }

  void EnterNeighbours(std::size_t x, std::size_t y) {
    for (std::size_t ny = y - (y > 0 ? 1 : 0); ny <= std::min(y + 1, height_ - 1); ++ny) {
      for (std::size_t nx = x - (x > 0 ? 1 : 0); nx <= std::min(x + 1, width_ - 1); ++nx) {
        Enter(ny * width_ + nx);
      }
    }
  }

  std::span<const float> map_;
  std::size_t width_;
  std::size_t height_;
  float ink_;
  std::vector<bool> taken_;
  std::vector<std::size_t> stack_;
};

void SortForReading(std::vector<TextBox>& boxes) {
  const auto lies_higher = [](const TextBox& a, const TextBox& b) {
    return std::pair(a.box.centre_y, a.box.centre_x) < std::pair(b.box.centre_y, b.box.centre_x);
  };
  const auto lies_before = [](const TextBox& a, const TextBox& b) {
    return std::pair(a.box.centre_x, a.box.centre_y) < std::pair(b.box.centre_x, b.box.centre_y);
  };
  std::sort(boxes.begin(), boxes.end(), lies_higher);
  auto first = boxes.begin();
  for (auto next = first; first != boxes.end(); first = next) {
    for (++next; next != boxes.end(); ++next) {
      const float apart = next->box.centre_y - std::prev(next)->box.centre_y;
      if (apart >= std::min(next->box.height, std::prev(next)->box.height) / 2) break;
    }
    std::sort(first, next, lies_before);
  }
}

}  // namespace

TurnedBox SmallestBox(std::vector<Point> points) {
  const std::vector<Point> hull = ConvexHull(std::move(points));
  if (hull.empty()) return {};
  TurnedBox best = BoxAlong(hull, 1, 0);
  for (std::size_t i = 0; i < hull.size(); ++i) {
    const Point& next = hull[(i + 1) % hull.size()];
    const float x = next.first - hull[i].first;
    const float y = next.second - hull[i].second;
    const float length = std::hypot(x, y);
    if (length <= 0) continue;
    const TurnedBox box = BoxAlong(hull, x / length, y / length);
    // Only a gain beyond rounding counts, so that an upright box stays upright.
    if (box.width * box.height < best.width * best.height * 0.9999F) best = box;
  }
  return Upright(best);
}

std::vector<TextBox> FindTextBoxes(std::span<const float> map, std::size_t width, std::size_t height,
                                   const BoxRule& rule) {
  std::vector<TextBox> boxes;
  Patches patches(map, width, height, rule.ink);
  for (std::size_t pixel = 0; pixel < width * height; ++pixel) {
    Patches::Patch patch = patches.Take(pixel);
    if (patch.pixels == 0) continue;
    const auto score = static_cast<float>(patch.sum / static_cast<double>(patch.pixels));
    const TurnedBox box = SmallestBox(std::move(patch.ends));
    if (score < rule.score || std::min(box.width, box.height) < kMinSide) continue;
    boxes.push_back({Unclipped(box, rule.unclip), score});
  }
  if (boxes.size() > rule.max_boxes) {
    std::sort(boxes.begin(), boxes.end(), [](const TextBox& a, const TextBox& b) {
      return std::tuple(b.score, a.box.centre_y, a.box.centre_x) <
             std::tuple(a.score, b.box.centre_y, b.box.centre_x);
    });
    boxes.resize(rule.max_boxes);
  }
  SortForReading(boxes);
  return boxes;
}

}  // namespace vitrine
