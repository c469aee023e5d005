#include "support/fake_embedder.h"

#include <gtest/gtest.h>

#include <random>

namespace vitrine {
namespace {

RgbImage Plain(std::int32_t width, std::int32_t height, std::array<std::uint8_t, 3> colour) {
  RgbImage picture{width, height, {}};
  for (std::int32_t i = 0; i < width * height; ++i) {
    picture.pixels.insert(picture.pixels.end(), colour.begin(), colour.end());
  }
  return picture;
}

float Dot(std::span<const float> a, std::span<const float> b) {
  float sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

std::vector<float> Text(const std::string& text) {
  FakeEmbedder embedder;
  const Result<Matrix> vectors = embedder.EmbedTexts({{text}});
  return {vectors->row(0).begin(), vectors->row(0).end()};
}

std::vector<float> Picture(const RgbImage& picture) {
  FakeEmbedder embedder;
  const Result<Matrix> vectors = embedder.EmbedPictures({&picture, 1});
  return {vectors->row(0).begin(), vectors->row(0).end()};
}

TEST(FakeEmbedder, ColourWordFindsThePictureOfThatColourFirst) {
  const std::vector<std::pair<std::string, std::array<std::uint8_t, 3>>> colours = {
      {"red", {220, 20, 30}},     {"green", {20, 150, 30}}, {"blue", {20, 30, 220}},
      {"white", {250, 250, 250}}, {"black", {5, 5, 5}},     {"yellow", {240, 240, 30}}};
  for (const auto& [word, unused] : colours) {
    std::string best;
    float best_score = -2;
    for (const auto& [name, rgb] : colours) {
      const float score = Dot(Text("a " + word + " thing"), Picture(Plain(30, 20, rgb)));
      if (score > best_score) {
        best_score = score;
        best = name;
      }
    }
    EXPECT_EQ(best, word);
  }
}

TEST(FakeEmbedder, VectorsAreOfUnitLength) {
  for (const std::string text : {"red", "", "   ", "two dogs in the snow", "\xff\xfe", "été"}) {
    const std::vector<float> vector = Text(text);
    EXPECT_NEAR(Dot(vector, vector), 1, 1e-5) << text;
  }
  for (const std::int32_t edge : {1, 3, 64}) {
    const std::vector<float> vector = Picture(Plain(edge, 2 * edge, {128, 128, 128}));
    EXPECT_NEAR(Dot(vector, vector), 1, 1e-5) << edge;
  }
}

TEST(FakeEmbedder, ResizedCopyStaysNearAndAnotherPictureDoesNot) {
  std::mt19937 random(1);
  const auto grid_picture = [&](std::span<const std::uint8_t> cells, std::int32_t edge) {
    RgbImage picture{edge, edge, {}};
    for (std::int32_t y = 0; y < edge; ++y) {
      for (std::int32_t x = 0; x < edge; ++x) {
        const std::int32_t cell = (y * 4 / edge) * 4 + x * 4 / edge;
        for (std::int32_t c = 0; c < 3; ++c)
          picture.pixels.push_back(cells[static_cast<std::size_t>(cell * 3 + c)]);
      }
    }
    return picture;
  };
  std::vector<std::uint8_t> one(48);
  std::vector<std::uint8_t> other(48);
  for (auto* cells : {&one, &other}) {
    for (std::uint8_t& value : *cells) value = static_cast<std::uint8_t>(random());
  }
  const std::vector<float> original = Picture(grid_picture(one, 64));
  EXPECT_GT(Dot(original, Picture(grid_picture(one, 16))), 0.999f);
  EXPECT_LT(Dot(original, Picture(grid_picture(other, 64))), 0.9f);
}

TEST(FakeEmbedder, CountsAndFailsAsTold) {
  FakeEmbedder embedder;
  const std::vector<RgbImage> pictures = {Plain(2, 2, {1, 2, 3}), Plain(2, 2, {4, 5, 6})};
  ASSERT_TRUE(embedder.EmbedPictures(pictures));
  EXPECT_EQ(embedder.pictures_embedded(), 2u);
  embedder.set_failing(true);
  EXPECT_EQ(embedder.EmbedPictures(pictures).error().code(), Code::kModel);
  EXPECT_EQ(embedder.pictures_embedded(), 2u);
  embedder.set_failing(false);
  EXPECT_EQ(embedder.EmbedPictures({{RgbImage{}}}).error().code(), Code::kInvalidArgument);
}

}  // namespace
}  // namespace vitrine
