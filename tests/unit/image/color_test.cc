#include "image/worker/color.h"

#include <gtest/gtest.h>
#include <vips/vips.h>

#include <string>

#include "image/worker/vips_loader.h"
#include "picture_maker.h"

namespace vitrine::worker {
namespace {

std::vector<std::byte> BuiltInProfile(const char* name) {
  testing::Encode(testing::Quarters(2, 2), ".png");  // Starts libvips.
  VipsBlob* blob = nullptr;
  if (vips_profile_load(name, &blob, nullptr) != 0 || blob == nullptr) return {};
  std::size_t bytes = 0;
  const auto* const data = static_cast<const std::byte*>(vips_blob_get(blob, &bytes));
  std::vector<std::byte> profile(data, data + bytes);
  vips_area_unref(VIPS_AREA(blob));
  return profile;
}

TEST(IsSrgbProfile, KnowsSrgbFromItsNeighbours) {
  EXPECT_TRUE(IsSrgbProfile(BuiltInProfile("srgb")));
  EXPECT_FALSE(IsSrgbProfile(BuiltInProfile("p3")));
  EXPECT_FALSE(IsSrgbProfile(BuiltInProfile("cmyk")));
  EXPECT_FALSE(IsSrgbProfile({}));
}

TEST(IsSrgbProfile, CutProfilesAreReadWithinTheirBounds) {
  const std::vector<std::byte> profile = BuiltInProfile("srgb");
  for (std::size_t size = 0; size < profile.size(); size += 7) {
    const std::vector<std::byte> cut(profile.begin(), profile.begin() + static_cast<std::ptrdiff_t>(size));
    IsSrgbProfile(cut);
  }
}

TEST(ToSrgb, WideGamutColoursMove) {
  const auto image = ToSrgb({{1, 1}, 3, {200, 60, 60}}, BuiltInProfile("p3"));
  ASSERT_TRUE(image) << image.error().message();
  EXPECT_GT(image->pixels[0], 205);  // The same red needs a higher number in the smaller space.
  EXPECT_LT(image->pixels[1], 55);
}

TEST(ToSrgb, GreyBecomesThreeEqualBands) {
  const auto image = ToSrgb({{2, 1}, 1, {7, 200}}, {});
  ASSERT_TRUE(image);
  EXPECT_EQ(image->pixels, (std::vector<std::uint8_t>{7, 7, 7, 200, 200, 200}));
}

TEST(ToSrgb, InkBecomesLight) {
  const auto image = ToSrgb({{2, 1}, 4, {0, 0, 0, 0, 0, 255, 255, 0}}, {});
  ASSERT_TRUE(image) << image.error().message();
  for (int band = 0; band < 3; ++band)
    EXPECT_GT(image->pixels[static_cast<std::size_t>(band)], 240);  // Paper.
  EXPECT_GT(image->pixels[3], 180);                                 // Magenta and yellow make red.
  EXPECT_LT(image->pixels[4], 80);
}

}  // namespace
}  // namespace vitrine::worker
