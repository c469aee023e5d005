// A picture that can be taken again: a scene of soft discs in the plane, rendered at any size, crop and turn,
// so that a test knows exactly how two pictures of it lie over each other.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

#include "image/pixels.h"

namespace vitrine::testing {

/// How a picture is taken: pixel (x, y) shows the scene at centre + turn(pixel - middle) * step.
struct View {
  int width_px = 300, height_px = 200;
  double centre_x = 150, centre_y = 100;  ///< In the scene, whose discs lie in 0..300 x 0..200.
  double step = 1;                        ///< Scene units a pixel.
  double degrees = 0;                     ///< The camera's turn, clockwise.
  bool mirrored = false;
};

class PaintedScene {
 public:
  explicit PaintedScene(std::uint32_t seed, int discs = 160) {
    std::mt19937 random(seed);
    const auto draw = [&](double low, double high) {
      return low + (high - low) * static_cast<double>(random()) / 4294967296.0;
    };
    for (int i = 0; i < discs; ++i) {
      discs_.push_back({draw(0, 300), draw(0, 200), draw(3, 26), {draw(0, 255), draw(0, 255), draw(0, 255)}});
    }
    std::sort(discs_.begin(), discs_.end(), [](const Disc& a, const Disc& b) { return a.radius > b.radius; });
  }

  /// Moves some of the discs, as what moves in a scene does between two shots.
  void Stir(std::uint32_t seed, int count, double far) {
    std::mt19937 random(seed);
    for (int i = 0; i < count; ++i) {
      Disc& disc = discs_[random() % discs_.size()];
      disc.x += far * (static_cast<double>(random() % 2000) / 1000.0 - 1);
      disc.y += far * (static_cast<double>(random() % 2000) / 1000.0 - 1);
    }
  }

  RgbImage Take(const View& view) const {
    RgbImage image{view.width_px, view.height_px, {}};
    const double cosine = std::cos(view.degrees * 3.14159265358979 / 180);
    const double sine = std::sin(view.degrees * 3.14159265358979 / 180);
    for (int y = 0; y < view.height_px; ++y) {
      for (int x = 0; x < view.width_px; ++x) {
        const double u =
            ((view.mirrored ? view.width_px - 1 - x : x) - (view.width_px - 1) / 2.0) * view.step;
        const double v = (y - (view.height_px - 1) / 2.0) * view.step;
        Put(view.centre_x + cosine * u - sine * v, view.centre_y + sine * u + cosine * v, view.step, image);
      }
    }
    return image;
  }

 private:
  struct Disc {
    double x, y, radius;
    std::array<double, 3> color;
  };

  void Put(double x, double y, double step, RgbImage& image) const {
    std::array<double, 3> color = {90, 110, 130};
    for (const Disc& disc : discs_) {
      const double inside = disc.radius - std::hypot(x - disc.x, y - disc.y);
      const double share = std::clamp(inside / step + 0.5, 0.0, 1.0);  // An edge one pixel wide.
      for (std::size_t c = 0; c < 3; ++c) color[c] += share * (disc.color[c] - color[c]);
    }
    for (const double value : color) image.pixels.push_back(static_cast<std::uint8_t>(std::lround(value)));
  }

  std::vector<Disc> discs_;
};

}  // namespace vitrine::testing
