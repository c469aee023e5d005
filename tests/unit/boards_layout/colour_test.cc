#include <gtest/gtest.h>

#include <numbers>

#include "layout_testing.h"

namespace vitrine::layout {
namespace {

Matrix Colours(const std::vector<std::array<double, 3>>& colours) {
  Matrix oklab(colours.size(), 3);
  for (std::size_t i = 0; i < colours.size(); ++i) {
    for (std::size_t j = 0; j < 3; ++j) oklab.row(i)[j] = static_cast<float>(colours[i][j]);
  }
  return oklab;
}

std::array<double, 3> Hue(double lightness, double degrees) {
  const double angle = degrees * std::numbers::pi / 180;
  return {lightness, 0.15 * std::cos(angle), 0.15 * std::sin(angle)};
}

TEST(Colour, HuesSweepAcrossAndGreysFollow) {
  std::mt19937_64 random(1);
  std::vector<std::array<double, 3>> colours;
  std::vector<std::size_t> band;  // 0 red, 1 green, 2 blue, 3 grey
  constexpr double kHues[] = {29, 142, 264};
  for (std::size_t i = 0; i < 400; ++i) {
    band.push_back(random() % 4);
    const double lightness = Drawn(random, 0.2, 0.9);
    colours.push_back(band[i] == 3 ? std::array<double, 3>{lightness, 0.005, -0.005}
                                   : Hue(lightness, kHues[band[i]]));
  }
  const std::vector<Place> places =
      ArrangeByColour(std::vector<Size>(400, Size{150, 100}), Colours(colours), {});
  double across[4] = {};
  double down[4] = {};
  double count[4] = {};
  for (std::size_t i = 0; i < 400; ++i) {
    across[band[i]] += places[i].x;
    down[band[i]] += places[i].y;
    count[band[i]] += 1;
  }
  for (std::size_t b = 0; b < 4; ++b) {
    across[b] /= count[b];
    down[b] /= count[b];
  }
  const bool columns = across[0] < across[1] && across[1] < across[2] && across[2] < across[3];
  const bool rows = down[0] < down[1] && down[1] < down[2] && down[2] < down[3];
  EXPECT_TRUE(columns || rows);
}

TEST(Colour, WithinABandFromLightToDark) {
  std::vector<std::array<double, 3>> colours;
  for (const double lightness : {0.3, 0.9, 0.5, 0.7}) colours.push_back(Hue(lightness, 100));
  // Wide pictures and a tall board: one column.
  const std::vector<Place> column =
      ArrangeByColour(std::vector<Size>(4, Size{400, 100}), Colours(colours), {.aspect = 0.9});
  for (const Place& place : column) EXPECT_EQ(place.x, 0);
  EXPECT_LT(column[1].y, column[3].y);
  EXPECT_LT(column[3].y, column[2].y);
  EXPECT_LT(column[2].y, column[0].y);
}

TEST(Colour, TheCircleIsCutBeforeRed) {
  // Purple of 320 degrees comes last of the hues, red first; one row.
  const Matrix colours = Colours({Hue(0.5, 320), Hue(0.5, 29), Hue(0.5, 142), {0.5, 0, 0}, Hue(0.5, 110)});
  const std::vector<Place> row =
      ArrangeByColour(std::vector<Size>(5, Size{100, 400}), colours, {.aspect = 1.4});
  std::vector<std::size_t> order = {0, 1, 2, 3, 4};
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return row[a].x < row[b].x; });
  EXPECT_EQ(order, (std::vector<std::size_t>{1, 4, 2, 0, 3}));
}

}  // namespace
}  // namespace vitrine::layout
