// Vectors shaped like those of a picture-and-text model, made from a seed.
//
// Real embeddings are neither uniform nor Gaussian: pictures lie near a subspace of few dimensions, in clusters of
// uneven size, and all share a mean of their own; sentences share another mean, so that even a sentence and its picture
// are far apart while the order of pictures for a sentence still makes sense (the modality gap: Liang et al., "Mind the
// Gap", NeurIPS 2022). The recipe, for d dimensions:
//   basis     kIntrinsic random directions, direction j weighted by (j + 1)^-0.5
//   cluster   a Gaussian point in the basis; sizes fall like 1 / rank
//   picture   mean_pictures + cluster + 0.6 * Gaussian in the basis + 0.05 * white noise, to length 1
//   sentence  mean_texts + 0.5 * (the cluster of a picture + 0.4 * its own offset + 0.3 * Gaussian in the basis), to
//             length 1
// with both means of length 1 and 60 degrees or more apart. Measured at 512 dimensions: cosine between two random
// pictures about 0.5, between a sentence and its picture about 0.3.
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

/// A made-up space: draws pictures and sentences of it. The same seed gives the same vectors on one standard library.
class ClipLike {
 public:
  static constexpr std::size_t kIntrinsic = 48;

  ClipLike(std::size_t dimension, std::size_t clusters, std::uint32_t seed)
      : dimension_(dimension), random_(seed), basis_(kIntrinsic, dimension), clusters_(clusters, kIntrinsic) {
    for (std::size_t j = 0; j < kIntrinsic; ++j) {
      FillUnit(basis_.row(j));
      for (float& x : basis_.row(j)) x /= std::sqrt(static_cast<float>(j + 1));
    }
    for (float& x : clusters_.values()) x = Normal() * 0.35F;
    picture_mean_ = std::vector<float>(dimension);
    text_mean_ = std::vector<float>(dimension);
    FillUnit(picture_mean_);
    FillUnit(text_mean_);
  }

  /// Draws `count` pictures, each of L2 norm 1.
  Matrix Pictures(std::size_t count) {
    Matrix pictures(count, dimension_);
    for (std::size_t i = 0; i < count; ++i) {
      std::vector<float> point = Offset(0.35F * 0.6F);
      Add(point, clusters_.row(DrawCluster()), 1);
      Place(picture_mean_, point, 0.05F, pictures.row(i));
    }
    return pictures;
  }

  /// Draws `count` sentences, each of L2 norm 1.
  Matrix Sentences(std::size_t count) {
    Matrix sentences(count, dimension_);
    for (std::size_t i = 0; i < count; ++i) {
      std::vector<float> point = Offset(0.35F * 0.5F);
      Add(point, clusters_.row(DrawCluster()), 1);
      for (float& x : point) x *= 0.5F;
      Place(text_mean_, point, 0.05F, sentences.row(i));
    }
    return sentences;
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

  std::vector<float> Offset(float spread) {
    std::vector<float> offset(kIntrinsic);
    for (float& x : offset) x = Normal() * spread;
    return offset;
  }

  std::size_t DrawCluster() {
    // The inverse of a distribution that falls like 1 / rank: uneven sizes without a table.
    const double u = std::uniform_real_distribution<double>()(random_);
    const auto rank = std::pow(static_cast<double>(clusters_.rows()) + 1, u) - 1;
    return std::min(static_cast<std::size_t>(rank), clusters_.rows() - 1);
  }

  void Place(std::span<const float> mean, std::span<const float> point, float noise, std::span<float> out) {
    const float each = noise / std::sqrt(static_cast<float>(dimension_));
    for (std::size_t i = 0; i < dimension_; ++i) out[i] = mean[i] + Normal() * each;
    for (std::size_t j = 0; j < kIntrinsic; ++j) Add(out, basis_.row(j), point[j]);
    Normalise(out);
  }

  std::size_t dimension_;
  std::mt19937 random_;
  std::normal_distribution<float> normal_;
  Matrix basis_;
  Matrix clusters_;
  std::vector<float> picture_mean_;
  std::vector<float> text_mean_;
};

}  // namespace vitrine
