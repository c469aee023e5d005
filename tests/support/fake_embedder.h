// An Embedder without a model, so that every room behind the seam can be tested: fast, deterministic, and
// with enough meaning that a test can read like a use of the product ("red" finds the red pictures, a resized
// copy is near its original).
//
// A vector has two parts. The first 12 numbers say how much of the picture is near each of 12 named colours;
// a word that names a colour points along its axis. The other 48 hold the mean colours of a 4 x 4 grid, less
// grey; any other word points somewhere among them, by the hash of its letters. Both parts change smoothly
// with the pixels, so re-encoding or resizing a picture moves its vector little.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cctype>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "model/embedder.h"

namespace vitrine {

/// Thread-safe. Counts what it is asked for, so that a test can assert that something cost no inference.
class FakeEmbedder final : public Embedder {
 public:
  static constexpr std::size_t kColours = 12;
  static constexpr std::size_t kGrid = 4;
  static constexpr std::size_t kDimension = kColours + kGrid * kGrid * 3;

  /// @param space_id  16 lower-case hex digits; give two fakes different ones to play two models.
  explicit FakeEmbedder(std::string space_id = "fa4e000000000001")
      : space_{std::move(space_id), "fake 1.0.0", kDimension} {}

  const Space& space() const override { return space_; }
  std::int32_t picture_edge_px() const override { return 64; }

  Result<Matrix> EmbedPictures(std::span<const RgbImage> pictures) override {
    if (failing_) return Error(Code::kModel, "the fake model was told to fail");
    Matrix vectors(pictures.size(), kDimension);
    for (std::size_t i = 0; i < pictures.size(); ++i) {
      const RgbImage& picture = pictures[i];
      if (picture.width_px < 1 || picture.height_px < 1) {
        return Error(Code::kInvalidArgument, "a picture without pixels");
      }
      EmbedPicture(picture, vectors.row(i));
    }
    pictures_embedded_ += pictures.size();
    return vectors;
  }

  Result<Matrix> EmbedTexts(std::span<const std::string> texts) override {
    if (failing_) return Error(Code::kModel, "the fake model was told to fail");
    Matrix vectors(texts.size(), kDimension);
    for (std::size_t i = 0; i < texts.size(); ++i) EmbedText(texts[i], vectors.row(i));
    texts_embedded_ += texts.size();
    return vectors;
  }

  /// From now on (or no longer) every call fails with kModel.
  void set_failing(bool failing) { failing_ = failing; }
  std::size_t pictures_embedded() const { return pictures_embedded_; }
  std::size_t texts_embedded() const { return texts_embedded_; }

 private:
  struct NamedColour {
    std::string_view name;
    std::array<float, 3> rgb;
  };
  static constexpr std::array<NamedColour, kColours> kNamedColours = {{
      {"red", {1.0f, 0.0f, 0.0f}},
      {"orange", {1.0f, 0.5f, 0.0f}},
      {"yellow", {1.0f, 1.0f, 0.0f}},
      {"green", {0.0f, 0.6f, 0.0f}},
      {"cyan", {0.0f, 0.9f, 0.9f}},
      {"blue", {0.0f, 0.0f, 1.0f}},
      {"purple", {0.5f, 0.0f, 0.6f}},
      {"pink", {1.0f, 0.6f, 0.8f}},
      {"brown", {0.5f, 0.3f, 0.1f}},
      {"black", {0.0f, 0.0f, 0.0f}},
      {"white", {1.0f, 1.0f, 1.0f}},
      {"grey", {0.5f, 0.5f, 0.5f}},
  }};

  static void EmbedPicture(const RgbImage& picture, std::span<float> vector) {
    for (std::size_t cell = 0; cell < kGrid * kGrid; ++cell) {
      const std::array<float, 3> mean = CellMean(picture, cell % kGrid, cell / kGrid);
      for (std::size_t c = 0; c < kColours; ++c) {
        vector[c] += std::exp(-12 * SquaredDistance(mean, kNamedColours[c].rgb));
      }
      for (std::size_t channel = 0; channel < 3; ++channel) {
        vector[kColours + cell * 3 + channel] = 2 * (mean[channel] - 0.5f);
      }
    }
    Normalise(vector);
  }

  static void EmbedText(std::string_view text, std::span<float> vector) {
    std::string word;
    const auto add_word = [&] {
      if (!word.empty()) AddWord(word, vector);
      word.clear();
    };
    for (const char letter : text) {
      const auto byte = static_cast<unsigned char>(letter);
      if (std::isalnum(byte) != 0 || byte >= 0x80) {
        word += static_cast<char>(std::tolower(byte));
      } else {
        add_word();
      }
    }
    add_word();
    if (std::all_of(vector.begin(), vector.end(), [](float x) { return x == 0; })) AddWord("", vector);
    Normalise(vector);
  }

  static void AddWord(std::string_view word, std::span<float> vector) {
    for (std::size_t c = 0; c < kColours; ++c) {
      if (kNamedColours[c].name == word || (word == "gray" && kNamedColours[c].name == "grey")) {
        vector[c] += 4;
        return;
      }
    }
    std::uint64_t state = 0xcbf29ce484222325;  // FNV-1a, then splitmix64 for one number after another.
    for (const char letter : word) state = (state ^ static_cast<unsigned char>(letter)) * 0x100000001b3;
    for (std::size_t i = kColours; i < kDimension; ++i) {
      state += 0x9e3779b97f4a7c15;
      std::uint64_t mixed = (state ^ (state >> 30)) * 0xbf58476d1ce4e5b9;
      mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
      vector[i] += static_cast<float>(mixed >> 40) / static_cast<float>(1 << 23) - 1;
    }
  }

  static std::array<float, 3> CellMean(const RgbImage& picture, std::size_t column, std::size_t row) {
    const auto width = static_cast<std::size_t>(picture.width_px);
    const auto height = static_cast<std::size_t>(picture.height_px);
    const std::size_t left = column * width / kGrid;
    const std::size_t top = row * height / kGrid;
    const std::size_t right = std::max(left + 1, (column + 1) * width / kGrid);
    const std::size_t bottom = std::max(top + 1, (row + 1) * height / kGrid);
    std::array<std::uint64_t, 3> sum = {};
    for (std::size_t y = top; y < bottom; ++y) {
      for (std::size_t x = left; x < right; ++x) {
        for (std::size_t channel = 0; channel < 3; ++channel) {
          sum[channel] += picture.pixels[(y * width + x) * 3 + channel];
        }
      }
    }
    const auto scale = 255.0f * static_cast<float>((right - left) * (bottom - top));
    std::array<float, 3> mean = {};
    for (std::size_t channel = 0; channel < 3; ++channel)
      mean[channel] = static_cast<float>(sum[channel]) / scale;
    return mean;
  }

  static float SquaredDistance(const std::array<float, 3>& a, const std::array<float, 3>& b) {
    float sum = 0;
    for (std::size_t i = 0; i < 3; ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
    return sum;
  }

  static void Normalise(std::span<float> vector) {
    float sum = 0;
    for (const float x : vector) sum += x * x;
    const float scale = sum > 0 ? 1 / std::sqrt(sum) : 0;
    for (float& x : vector) x *= scale;
  }

  const Space space_;
  std::atomic<bool> failing_ = false;
  std::atomic<std::size_t> pictures_embedded_ = 0;
  std::atomic<std::size_t> texts_embedded_ = 0;
};

}  // namespace vitrine
