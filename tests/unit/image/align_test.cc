#include "image/align.h"

#include <gtest/gtest.h>

#include <cmath>

#include "support/painted_scene.h"

namespace vitrine {
namespace {

using testing::PaintedScene;
using testing::View;

std::optional<Alignment> Found(const PaintedScene& scene, const View& a, const View& b,
                               bool mirrored = false) {
  return AlignByFeatures(ShapeOf(scene.Take(a)), ShapeOf(scene.Take(b)), mirrored);
}

TEST(Align, FindsACropAndWhereItLies) {
  for (std::uint32_t seed = 1; seed <= 6; ++seed) {
    // 70 % of each side, off the middle, at another size.
    const auto found =
        Found(PaintedScene(seed), {},
              {.width_px = 180, .height_px = 120, .centre_x = 165, .centre_y = 90, .step = 210.0 / 180});
    ASSERT_TRUE(found) << "seed " << seed;
    EXPECT_TRUE(IsSameShot(*found)) << "seed " << seed << " agreement " << found->agreement;
    EXPECT_NEAR(found->shared_a, 0.49, 0.03);
    EXPECT_GT(found->shared_b, 0.97);
    EXPECT_GT(found->extra_a, 0.2);
    EXPECT_LT(found->extra_b, 0.02);
    EXPECT_NEAR(found->degrees(), 0, 0.5);
  }
}

TEST(Align, FindsTurnsOfAnyAngle) {
  for (const double degrees : {-170.0, -90.0, -5.0, 3.0, 33.0, 90.0, 180.0}) {
    const auto found = Found(PaintedScene(4), {}, {.width_px = 160, .height_px = 160, .degrees = degrees});
    ASSERT_TRUE(found) << degrees;
    EXPECT_TRUE(IsSameShot(*found)) << degrees << " agreement " << found->agreement;
    EXPECT_NEAR(std::remainder(found->degrees() - degrees, 360), 0, 0.6) << degrees;
    EXPECT_FALSE(found->mirrored());
  }
}

TEST(Align, FindsAMirrorImageOnlyWhenAskedTo) {
  const View straight{}, mirror{.mirrored = true};
  const auto plain = Found(PaintedScene(5), straight, mirror, false);
  EXPECT_FALSE(plain && IsSameShot(*plain));
  const auto found = Found(PaintedScene(5), straight, mirror, true);
  ASSERT_TRUE(found);
  EXPECT_TRUE(IsSameShot(*found));
  EXPECT_TRUE(found->mirrored());
  EXPECT_NEAR(found->degrees(), 0, 0.5);
}

TEST(Align, WholesLieOverEachOtherInAllEightWays) {
  const PaintedScene scene(6);
  const PictureShape a = ShapeOf(scene.Take({}));
  for (int quarters = 0; quarters < 4; ++quarters) {
    for (const bool mirrored : {false, true}) {
      // b, mirrored first and then turned clockwise by quarters, is a: so b is a turned back, then mirrored.
      View view{.degrees = 90.0 * quarters, .mirrored = mirrored};
      if (quarters % 2 == 1) std::swap(view.width_px, view.height_px);
      const PictureShape b = ShapeOf(scene.Take(view));
      for (int tried = 0; tried < 4; ++tried) {
        for (const bool tried_mirrored : {false, true}) {
          const Alignment whole = AlignWhole(a, b, {.mirrored = tried_mirrored, .quarters = tried});
          EXPECT_EQ(IsSameShot(whole), tried == quarters && tried_mirrored == mirrored)
              << quarters << mirrored << " tried " << tried << tried_mirrored << " agreement "
              << whole.agreement;
        }
      }
    }
  }
}

TEST(Align, AnotherShotOfTheSceneIsNotTheSame) {
  for (std::uint32_t seed = 1; seed <= 6; ++seed) {
    PaintedScene scene(seed);
    const PictureShape first = ShapeOf(scene.Take({}));
    scene.Stir(seed + 50, 60, 12);
    const PictureShape second = ShapeOf(scene.Take({}));
    EXPECT_FALSE(IsSameShot(AlignWhole(first, second, {}))) << "seed " << seed;
    const auto found = AlignByFeatures(first, second, false);
    EXPECT_FALSE(found && IsSameShot(*found)) << "seed " << seed << " agreement " << found->agreement;
  }
}

TEST(Align, OtherScenesHaveNothingInCommon) {
  for (std::uint32_t seed = 1; seed <= 10; ++seed) {
    const auto found = AlignByFeatures(ShapeOf(PaintedScene(seed).Take({})),
                                       ShapeOf(PaintedScene(seed + 100).Take({})), false);
    EXPECT_FALSE(found && IsSameShot(*found)) << "seed " << seed;
  }
}

TEST(Align, ColoursDoNotHideAShotButAreTold) {
  const PaintedScene scene(8);
  const RgbImage image = scene.Take({});
  RgbImage edited = image;
  for (std::size_t i = 0; i < edited.pixels.size(); i += 3) {
    edited.pixels[i] = static_cast<std::uint8_t>(40 + edited.pixels[i] * 0.8);
    edited.pixels[i + 2] = static_cast<std::uint8_t>(edited.pixels[i + 2] * 0.6);
  }
  const Alignment same = AlignWhole(ShapeOf(image), ShapeOf(image), {});
  EXPECT_NEAR(same.agreement, 1, 1e-9);
  EXPECT_NEAR(same.colour_change, 0, 0.01);
  const Alignment whole = AlignWhole(ShapeOf(image), ShapeOf(edited), {});
  EXPECT_TRUE(IsSameShot(whole));
  EXPECT_GT(whole.colour_change, 0.05);
}

TEST(Align, AFrameHasNothingToSee) {
  const RgbImage image = PaintedScene(9).Take({});
  RgbImage framed{340, 240, std::vector<std::uint8_t>(std::size_t{340} * 240 * 3, 250)};
  for (std::size_t y = 0; y < 200; ++y) {
    std::copy_n(image.pixels.begin() + static_cast<std::ptrdiff_t>(y * 300 * 3), 300 * 3,
                framed.pixels.begin() + static_cast<std::ptrdiff_t>(((y + 20) * 340 + 20) * 3));
  }
  const auto found = AlignByFeatures(ShapeOf(image), ShapeOf(framed), false);
  ASSERT_TRUE(found);
  EXPECT_TRUE(IsSameShot(*found));
  EXPECT_GT(found->shared_a, 0.97);
  EXPECT_NEAR(found->shared_b, 60000.0 / 81600, 0.03);
  EXPECT_LT(found->extra_b, 0.02);
}

TEST(Align, TinyAndEmptyPicturesAreNeverTheSame) {
  for (const auto& [width, height] : {std::pair(1, 1), {1, 300}, {300, 1}, {3, 3}, {256, 256}}) {
    const RgbImage image{width, height,
                         std::vector<std::uint8_t>(static_cast<std::size_t>(width * height) * 3, 120)};
    const PictureShape shape = ShapeOf(image);
    EXPECT_FALSE(IsSameShot(AlignWhole(shape, shape, {}))) << width << " x " << height;
    EXPECT_FALSE(AlignByFeatures(shape, shape, false)) << width << " x " << height;
  }
}

TEST(Affine, InverseTakesBack) {
  const Affine map{1.2, -0.4, 7, 0.3, 0.9, -2};
  const Affine back = map.Inverse();
  const double x = map.a * 5 + map.b * 6 + map.c, y = map.d * 5 + map.e * 6 + map.f;
  EXPECT_NEAR(back.a * x + back.b * y + back.c, 5, 1e-9);
  EXPECT_NEAR(back.d * x + back.e * y + back.f, 6, 1e-9);
}

}  // namespace
}  // namespace vitrine
