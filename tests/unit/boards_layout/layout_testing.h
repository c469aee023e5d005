// What the tests of arrangements share: made pictures, made vectors, and the judges.
#pragma once

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <vector>

#include "boards/layout/arrange.h"

namespace vitrine::layout {

inline double Drawn(std::mt19937_64& random, double from, double to) {
  return std::uniform_real_distribution<double>(from, to)(random);
}

/// Sizes of any aspect from 0.1 to 10, and of areas up to 16 times apart.
inline std::vector<Size> WildSizes(std::size_t n, std::mt19937_64& random) {
  std::vector<Size> sizes;
  for (std::size_t i = 0; i < n; ++i) {
    const double aspect = std::pow(10, Drawn(random, -1, 1));
    const double side = 100 * std::pow(4, Drawn(random, 0, 1));
    sizes.push_back({side * std::sqrt(aspect), side / std::sqrt(aspect)});
  }
  return sizes;
}

/// Photographs of one height, upright and across.
inline std::vector<Size> PhotoSizes(std::size_t n, std::mt19937_64& random) {
  constexpr double kAspects[] = {1.5, 1.5, 1.5, 4.0 / 3, 16.0 / 9, 1, 2.0 / 3, 3.0 / 4};
  std::vector<Size> sizes;
  for (std::size_t i = 0; i < n; ++i) sizes.push_back({200 * kAspects[random() % 8], 200});
  return sizes;
}

inline void Normalise1(std::span<float> row) {
  double square = 0;
  for (const float value : row) square += static_cast<double>(value) * static_cast<double>(value);
  const auto length = static_cast<float>(std::sqrt(std::max(square, 1e-30)));
  for (float& value : row) value /= length;
}

/// Unit rows around `kinds` centres, row i of kind i % kinds. Each kind spreads over a plane of its own,
/// `spread` wide in all, and a little in every direction.
inline Matrix ClusteredRows(std::size_t n, std::size_t dimension, std::size_t kinds, double spread,
                            std::mt19937_64& random) {
  std::normal_distribution<double> normal;
  const auto direction = [&] {
    std::vector<double> values(dimension);
    for (double& value : values) value = normal(random) / std::sqrt(static_cast<double>(dimension));
    return values;
  };
  std::vector<std::vector<double>> centres, firsts, seconds;
  for (std::size_t kind = 0; kind < kinds; ++kind) {
    centres.push_back(direction());
    firsts.push_back(direction());
    seconds.push_back(direction());
  }
  Matrix rows(n, dimension);
  for (std::size_t i = 0; i < n; ++i) {
    const double a = spread * normal(random);
    const double b = spread * normal(random);
    for (std::size_t j = 0; j < dimension; ++j) {
      const double noise = spread / 4 * normal(random) / std::sqrt(static_cast<double>(dimension));
      const std::size_t kind = i % kinds;
      rows.row(i)[j] =
          static_cast<float>(centres[kind][j] + a * firsts[kind][j] + b * seconds[kind][j] + noise);
    }
    Normalise1(rows.row(i));
  }
  return rows;
}

inline Matrix RandomRows(std::size_t n, std::size_t dimension, std::mt19937_64& random) {
  return ClusteredRows(n, dimension, std::max<std::size_t>(n, 1), 0, random);
}

/// Pairs that come nearer to each other than `gap` both sideways and upwards, rounding aside where gap > 0.
inline std::size_t Overlaps(std::span<const Place> places, double gap = 0) {
  const double least = gap * (1 - 1e-9);
  std::size_t overlaps = 0;
  for (std::size_t i = 0; i < places.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const Place& a = places[i];
      const Place& b = places[j];
      const bool apart = a.x + a.width + least <= b.x || b.x + b.width + least <= a.x ||
                         a.y + a.height + least <= b.y || b.y + b.height + least <= a.y;
      if (!apart) ++overlaps;
    }
  }
  return overlaps;
}

struct Bounds {
  double left = 0, top = 0, width = 0, height = 0;
};

inline Bounds BoundsOf(std::span<const Place> places) {
  Bounds bounds{1e300, 1e300, 0, 0};
  for (const Place& place : places) {
    bounds.left = std::min(bounds.left, place.x);
    bounds.top = std::min(bounds.top, place.y);
    bounds.width = std::max(bounds.width, place.x + place.width);
    bounds.height = std::max(bounds.height, place.y + place.height);
  }
  return bounds;
}

/// The share of the bounds that pictures cover.
inline double Used(std::span<const Place> places) {
  double area = 0;
  for (const Place& place : places) area += place.width * place.height;
  const Bounds bounds = BoundsOf(places);
  return area / (bounds.width * bounds.height);
}

inline std::size_t Resized(std::span<const Size> sizes, std::span<const Place> places) {
  std::size_t resized = 0;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    if (sizes[i].width != places[i].width || sizes[i].height != places[i].height) ++resized;
  }
  return resized;
}

/// The same places in an order drawn by `random`: a board on which nothing lies beside its like.
inline std::vector<Place> Shuffled(std::vector<Place> places, std::mt19937_64& random) {
  std::shuffle(places.begin(), places.end(), random);
  return places;
}

}  // namespace vitrine::layout
