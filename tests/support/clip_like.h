// Vectors shaped like those of a picture-and-text model, made from a seed.
//
// Real embeddings are neither uniform nor Gaussian: they vary in far fewer directions than they have numbers,
// pictures gather in clusters of uneven size and share a mean, and sentences share another mean, so that a
// sentence is far from all pictures while their order still makes sense (the modality gap: Liang et al.,
// "Mind the Gap", NeurIPS 2022). The recipe, for d dimensions:
//   basis     kIntrinsic random directions, direction j weighted by (j + 1)^-0.35; Gaussian coordinates in
//   it, scaled to
//             an expected length of 1, are called a *draw* below
//   cluster   a draw; sizes fall like 1 / rank
//   picture   own mean + 0.8 * its cluster + 0.6 * a draw + white noise of length 0.1, to length 1
//   sentence  own mean + 0.8 * a cluster + 0.6 * a draw + white noise of length 0.1, to length 1
// with means of length 1. docs/performance.md holds its shape against that of real embeddings.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <vector>

#include "base/matrix.h"

namespace vitrine {

/// A made-up space: draws pictures and sentences of it. The same seed gives the same vectors on one standard
/// library.
class ClipLike {
 public:
  static constexpr std::size_t kIntrinsic = 96;

  ClipLike(std::size_t dimension, std::size_t clusters, std::uint32_t seed)
      : dimension_(dimension),
        seed_(seed),
        random_(seed),
        basis_(kIntrinsic, dimension),
        clusters_(clusters, kIntrinsic) {
    float squares = 0;
    for (std::size_t j = 0; j < kIntrinsic; ++j) {
      FillUnit(basis_.row(j));
      const float weight = std::pow(static_cast<float>(j + 1), -0.35F);
      for (float& x : basis_.row(j)) x *= weight;
      squares += weight * weight;
    }
    for (float& x : basis_.values()) x /= std::sqrt(squares);
    for (float& x : clusters_.values()) x = Normal();
    picture_mean_ = std::vector<float>(dimension);
    text_mean_ = std::vector<float>(dimension);
    FillUnit(picture_mean_);
    FillUnit(text_mean_);
  }

  /// Draws `count` pictures, each of L2 norm 1.
  Matrix Pictures(std::size_t count) { return Around(picture_mean_, count); }

  /// Draws `count` sentences, each of L2 norm 1.
  Matrix Sentences(std::size_t count) { return Around(text_mean_, count); }

  /// Fills `rows` (a whole number of vectors) with pictures that depend on the seed and on `stream` alone:
  /// threads draw different streams side by side, and nobody need keep them all. Thread-safe.
  void DrawPictures(std::uint32_t stream, std::span<float> rows) const {
    ClipLike own = *this;
    std::seed_seq seed{seed_, stream};
    own.random_.seed(seed);
    own.normal_.reset();
    for (; !rows.empty(); rows = rows.subspan(dimension_)) own.Draw(picture_mean_, rows.first(dimension_));
  }

 private:
  float Normal() { return normal_(random_); }

  static void Add(std::span<float> sum, std::span<const float> term, float weight) {
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += weight * term[i];
  }

  static void Normalise(std::span<float> vector) {
    double squares = 0;
    for (const float x : vector) squares += static_cast<double>(x) * static_cast<double>(x);
    const auto factor = static_cast<float>(1 / std::sqrt(squares));
    for (float& x : vector) x *= factor;
  }

  void FillUnit(std::span<float> vector) {
    for (float& x : vector) x = Normal();
    Normalise(vector);
  }

  Matrix Around(std::span<const float> mean, std::size_t count) {
    Matrix vectors(count, dimension_);
    for (std::size_t i = 0; i < count; ++i) Draw(mean, vectors.row(i));
    return vectors;
  }

  void Draw(std::span<const float> mean, std::span<float> vector) {
    const float noise = 0.1F / std::sqrt(static_cast<float>(dimension_));
    const std::span<const float> cluster = clusters_.row(DrawCluster());
    for (std::size_t c = 0; c < dimension_; ++c) vector[c] = mean[c] + Normal() * noise;
    for (std::size_t j = 0; j < kIntrinsic; ++j) {
      Add(vector, basis_.row(j), 0.8F * cluster[j] + 0.6F * Normal());
    }
    Normalise(vector);
  }

  std::size_t DrawCluster() {
    // The inverse of a distribution that falls like 1 / rank: uneven sizes without a table.
    const double u = std::uniform_real_distribution<double>()(random_);
    const auto rank = std::pow(static_cast<double>(clusters_.rows()) + 1, u) - 1;
    return std::min(static_cast<std::size_t>(rank), clusters_.rows() - 1);
  }

  std::size_t dimension_;
  std::uint32_t seed_;
  std::mt19937 random_;
  std::normal_distribution<float> normal_;
  Matrix basis_;
  Matrix clusters_;
  std::vector<float> picture_mean_;
  std::vector<float> text_mean_;
};

}  // namespace vitrine
