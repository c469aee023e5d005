#include "model/ocr_boxes.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <random>
#include <set>

namespace vitrine {
namespace {

constexpr float kDegree = std::numbers::pi_v<float> / 180;

struct Map {
  std::size_t width = 0;
  std::size_t height = 0;
  std::vector<float> values = std::vector<float>(width * height);

  void Paint(const TurnedBox& box, float value) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      const float dx = static_cast<float>(i % width) + 0.5F - box.centre_x;
      const float dy = static_cast<float>(i / width) + 0.5F - box.centre_y;
      const float u = dx * std::cos(box.angle) + dy * std::sin(box.angle);
      const float v = dy * std::cos(box.angle) - dx * std::sin(box.angle);
      if (std::abs(u) <= box.width / 2 && std::abs(v) <= box.height / 2) values[i] = value;
    }
  }
  std::vector<TextBox> Find(const BoxRule& rule) const { return FindTextBoxes(values, width, height, rule); }
};

const BoxRule kPlain = {.ink = 0.3F, .score = 0.5F, .unclip = 0};

// Patches of pixels that touch, by giving each pixel the least number among its neighbours until none
// changes: how many have at least `min_px` on both sides of their upright bounds.
std::size_t SlowCount(const Map& map, float ink, std::size_t min_px) {
  std::vector<std::size_t> label(map.values.size());
  for (std::size_t i = 0; i < label.size(); ++i) label[i] = i;
  for (bool changed = true; changed;) {
    changed = false;
    for (std::size_t i = 0; i < label.size(); ++i) {
      for (std::size_t j = 0; j < label.size(); ++j) {
        const auto dx = static_cast<long>(i % map.width) - static_cast<long>(j % map.width);
        const auto dy = static_cast<long>(i / map.width) - static_cast<long>(j / map.width);
        const bool touch = std::abs(dx) <= 1 && std::abs(dy) <= 1;
        if (touch && map.values[i] >= ink && map.values[j] >= ink && label[j] < label[i]) {
          label[i] = label[j];
          changed = true;
        }
      }
    }
  }
  std::size_t count = 0;
  for (const std::size_t name : std::set<std::size_t>(label.begin(), label.end())) {
    std::set<std::size_t> columns;
    std::set<std::size_t> rows;
    for (std::size_t i = 0; i < label.size(); ++i) {
      if (label[i] != name || map.values[i] < ink) continue;
      columns.insert(i % map.width);
      rows.insert(i / map.width);
    }
    if (columns.size() >= min_px && rows.size() >= min_px) ++count;
  }
  return count;
}

TEST(TextBoxes, UprightBarIsFoundToThePixel) {
  Map map{64, 48};
  map.Paint({30, 20, 40, 10, 0}, 0.9F);
  const std::vector<TextBox> found = map.Find(kPlain);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_FLOAT_EQ(found[0].box.centre_x, 30);
  EXPECT_FLOAT_EQ(found[0].box.centre_y, 20);
  EXPECT_FLOAT_EQ(found[0].box.width, 40);
  EXPECT_FLOAT_EQ(found[0].box.height, 10);
  EXPECT_FLOAT_EQ(found[0].box.angle, 0);
  EXPECT_NEAR(found[0].score, 0.9F, 1e-6F);
}

TEST(TextBoxes, TurnedBarsComeBackWithTheirAngle) {
  for (const float degrees : {-40.0F, -8.0F, 3.0F, 17.0F, 44.0F}) {
    Map map{300, 300};
    map.Paint({150, 140, 160, 30, degrees * kDegree}, 0.8F);
    const std::vector<TextBox> found = map.Find(kPlain);
    ASSERT_EQ(found.size(), 1u) << degrees;
    EXPECT_NEAR(found[0].box.angle / kDegree, degrees, 1) << degrees;
    EXPECT_NEAR(found[0].box.width, 160, 3) << degrees;
    EXPECT_NEAR(found[0].box.height, 30, 3) << degrees;
    EXPECT_NEAR(found[0].box.centre_x, 150, 1) << degrees;
    EXPECT_NEAR(found[0].box.centre_y, 140, 1) << degrees;
  }
}

TEST(TextBoxes, NoTurnOfACompassHasASmallerBox) {
  std::mt19937 random(20261125);
  std::uniform_real_distribution<float> place(0, 100);
  for (int round = 0; round < 50; ++round) {
    std::vector<std::pair<float, float>> points;
    for (int i = 0; i < 12; ++i) points.emplace_back(place(random), place(random) * 0.4F);
    const TurnedBox box = SmallestBox(points);
    float least = INFINITY;
    for (float degrees = 0; degrees < 90; degrees += 0.1F) {
      const float x = std::cos(degrees * kDegree);
      const float y = std::sin(degrees * kDegree);
      float bounds[4] = {INFINITY, -INFINITY, INFINITY, -INFINITY};
      for (const auto& [px, py] : points) {
        bounds[0] = std::min(bounds[0], px * x + py * y);
        bounds[1] = std::max(bounds[1], px * x + py * y);
        bounds[2] = std::min(bounds[2], py * x - px * y);
        bounds[3] = std::max(bounds[3], py * x - px * y);
      }
      least = std::min(least, (bounds[1] - bounds[0]) * (bounds[3] - bounds[2]));
    }
    EXPECT_LE(box.width * box.height, least * 1.001F) << round;
    EXPECT_GT(box.angle, -45.01F * kDegree);
    EXPECT_LE(box.angle, 45.01F * kDegree);
    for (const auto& [px, py] : points) {
      const float u = (px - box.centre_x) * std::cos(box.angle) + (py - box.centre_y) * std::sin(box.angle);
      const float v = (py - box.centre_y) * std::cos(box.angle) - (px - box.centre_x) * std::sin(box.angle);
      EXPECT_LE(std::abs(u), box.width / 2 + 0.01F) << round;
      EXPECT_LE(std::abs(v), box.height / 2 + 0.01F) << round;
    }
  }
}

TEST(TextBoxes, PatchesAreThoseThatTouch) {
  std::mt19937 random(7);
  for (int round = 0; round < 20; ++round) {
    Map map{24, 20};
    for (int i = 0; i < 9; ++i) {
      map.Paint({static_cast<float>(2 + random() % 20), static_cast<float>(2 + random() % 16),
                 static_cast<float>(3 + random() % 5), 3, 0},
                0.7F);
    }
    // Blobs of at least three pixels a side: none is dropped as dust for lying askew.
    EXPECT_EQ(map.Find({.ink = 0.3F, .score = 0, .unclip = 0}).size(), SlowCount(map, 0.3F, 3)) << round;
  }
}

TEST(TextBoxes, GrowsBackByAreaOverCircumference) {
  Map map{128, 64};
  map.Paint({60, 30, 80, 10, 0}, 1);
  const TurnedBox box = map.Find({.ink = 0.3F, .score = 0.5F, .unclip = 1.5F}).at(0).box;
  const float distance = 80 * 10 * 1.5F / (2 * (80 + 10));
  EXPECT_NEAR(box.width, 80 + 2 * distance, 1e-3F);
  EXPECT_NEAR(box.height, 10 + 2 * distance, 1e-3F);
}

TEST(TextBoxes, FaintPatchesAndDustAreLeftOut) {
  Map map{128, 64};
  map.Paint({30, 20, 40, 10, 0}, 0.4F);   // Text to a pixel, no line as a whole.
  map.Paint({90, 20, 40, 2, 0}, 1);       // Too thin.
  map.Paint({30, 50, 40, 10, 0}, 0.29F);  // No text.
  EXPECT_TRUE(map.Find(kPlain).empty());
  map.values.assign(map.values.size(), std::nanf(""));
  EXPECT_TRUE(map.Find(kPlain).empty());
  EXPECT_TRUE(FindTextBoxes({}, 0, 0, kPlain).empty());
}

TEST(TextBoxes, AreReadByRowsThenFromTheLeft) {
  Map map{200, 100};
  map.Paint({150, 22, 40, 10, 0}, 1);
  map.Paint({50, 25, 40, 10, 0}, 1);
  map.Paint({100, 60, 40, 10, 0}, 1);
  const std::vector<TextBox> found = map.Find(kPlain);
  ASSERT_EQ(found.size(), 3u);
  EXPECT_NEAR(found[0].box.centre_x, 50, 1);
  EXPECT_NEAR(found[1].box.centre_x, 150, 1);
  EXPECT_NEAR(found[2].box.centre_x, 100, 1);
}

TEST(TextBoxes, TheBestAreKeptWhereThereAreTooMany) {
  Map map{100, 200};
  for (int i = 0; i < 8; ++i) {
    map.Paint({50, 20.0F + 20 * static_cast<float>(i), 40, 8, 0}, 0.6F + 0.04F * static_cast<float>(i));
  }
  const std::vector<TextBox> found = map.Find({.ink = 0.3F, .score = 0.5F, .unclip = 0, .max_boxes = 3});
  ASSERT_EQ(found.size(), 3u);
  EXPECT_NEAR(found[0].box.centre_y, 120, 0.5F);
  EXPECT_NEAR(found[2].box.centre_y, 160, 0.5F);
}

}  // namespace
}  // namespace vitrine
