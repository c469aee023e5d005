#include "picture_maker.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <vips/vips.h>

#include <cstdlib>
#include <memory>
#include <utility>

// The encoder of HEIC leaks a little at exit; no code of ours is on its stack.
extern "C" const char* __lsan_default_suppressions();  // NOLINT(bugprone-reserved-identifier)
extern "C" const char* __lsan_default_suppressions() {
  return "leak:libx265";
}  // NOLINT(bugprone-reserved-identifier)

namespace vitrine::testing {

RgbImage Quarters(std::int32_t width_px, std::int32_t height_px) {
  RgbImage image{width_px, height_px, {}};
  for (std::int32_t y = 0; y < height_px; ++y) {
    for (std::int32_t x = 0; x < width_px; ++x) {
      const bool right = x >= width_px / 2;
      const bool bottom = y >= height_px / 2;
      image.pixels.push_back(right == bottom ? 255 : 0);  // Red and white.
      image.pixels.push_back(right ? 255 : 0);            // Green and white.
      image.pixels.push_back(bottom ? 255 : 0);           // Blue and white.
      if (!right && !bottom) image.pixels.back() = 0;
    }
  }
  return image;
}

std::uint32_t QuarterColour(const RgbImage& image, bool right, bool bottom) {
  const std::int32_t x = image.width_px * (right ? 3 : 1) / 4;
  const std::int32_t y = image.height_px * (bottom ? 3 : 1) / 4;
  const std::size_t at = static_cast<std::size_t>(y * image.width_px + x) * 3;
  return static_cast<std::uint32_t>(image.pixels[at] << 16 | image.pixels[at + 1] << 8 |
                                    image.pixels[at + 2]);
}

bool IsNear(std::uint32_t colour, std::uint32_t expected) {
  for (const int shift : {0, 8, 16}) {
    const int difference =
        static_cast<int>(colour >> shift & 255) - static_cast<int>(expected >> shift & 255);
    if (std::abs(difference) > 24) return false;
  }
  return true;
}

std::string Encode(const RgbImage& image, const std::string& saver) {
  static const bool kStarted = vips_init("image_test") == 0;
  EXPECT_TRUE(kStarted);
  VipsImage* const memory = vips_image_new_from_memory(image.pixels.data(), image.pixels.size(),
                                                       image.width_px, image.height_px, 3, VIPS_FORMAT_UCHAR);
  VipsImage* picture = nullptr;
  EXPECT_EQ(vips_copy(memory, &picture, "interpretation", VIPS_INTERPRETATION_sRGB, nullptr), 0);
  if (saver.find("bitdepth=16") !=
      std::string::npos) {  // libvips' saver needs the samples to be 16 bit already.
    VipsImage* const narrow = std::exchange(picture, nullptr);
    EXPECT_EQ(vips_colourspace(narrow, &picture, VIPS_INTERPRETATION_RGB16, nullptr), 0);
    g_object_unref(narrow);
  }
  void* data = nullptr;
  std::size_t bytes = 0;
  const int failed = vips_image_write_to_buffer(picture, saver.c_str(), &data, &bytes, nullptr);
  g_object_unref(picture);
  g_object_unref(memory);
  if (failed != 0) return {};
  const std::unique_ptr<void, decltype(&g_free)> owner(data, &g_free);
  return {static_cast<const char*>(data), bytes};
}

UniqueFd FileWith(std::string_view bytes) {
  UniqueFd fd(memfd_create("test-file", MFD_CLOEXEC));
  EXPECT_TRUE(WriteAll(fd.get(), bytes, "test-file"));
  return fd;
}

std::string Program(std::string_view name) { return JoinPath(VITRINE_BINARY_DIR, name); }

std::unique_ptr<DecoderPool> StartPool(std::string_view program, DecoderPoolOptions options) {
  options.worker_program = Program(program);
  Result<std::unique_ptr<DecoderPool>> pool = DecoderPool::Start(options);
  EXPECT_TRUE(pool) << (pool ? "" : pool.error().message());
  return pool ? *std::move(pool) : nullptr;
}

}  // namespace vitrine::testing
