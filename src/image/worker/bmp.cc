#include "image/worker/bmp.h"

#include <algorithm>
#include <climits>
#include <memory>
#include <string>

// libvips reads bitmaps only through ImageMagick, a loader it does not trust; this one is a single file of C.
#define STB_IMAGE_IMPLEMENTATION
#define STB_IMAGE_STATIC
#define STBI_ONLY_BMP
#define STBI_NO_STDIO
#define STBI_NO_THREAD_LOCALS
#define STBI_NO_SIMD
#define STBI_NO_HDR
#define STBI_NO_LINEAR
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
#include <stb/stb_image.h>
#pragma GCC diagnostic pop

#include "base/try.h"

namespace vitrine::worker {
namespace {

Error Failure() {
  return Error(Code::kCorrupt, std::string("the bmp file is damaged: ") + stbi_failure_reason());
}

// The rows that a plain bitmap promises; a compressed one may be shorter.
bool IsCutOff(std::span<const std::byte> file, int width_px, int height_px) {
  const auto byte = [&](std::size_t at) { return std::to_integer<std::uint64_t>(file[at]); };
  if (byte(14) < 40 || file.size() < 54 || (byte(30) | byte(31) | byte(32) | byte(33)) != 0) return false;
  const std::uint64_t bits = byte(28) | byte(29) << 8;
  const std::uint64_t offset = byte(10) | byte(11) << 8 | byte(12) << 16 | byte(13) << 24;
  const std::uint64_t stride = (static_cast<std::uint64_t>(width_px) * bits + 31) / 32 * 4;
  return offset + stride * static_cast<std::uint64_t>(height_px) > file.size() + 4;
}

}  // namespace

Result<Raster> DecodeBmp(std::span<const std::byte> file, const Limits& limits) {
  if (file.size() > INT_MAX) return Error(Code::kUnsupported, "a bmp file over 2 GB");
  const auto* const bytes = reinterpret_cast<const stbi_uc*>(file.data());
  const int size = static_cast<int>(file.size());
  int width = 0;
  int height = 0;
  int bands = 0;
  if (stbi_info_from_memory(bytes, size, &width, &height, &bands) == 0) return Failure();
  VITRINE_TRY(CheckSize(width, height, limits));
  if (IsCutOff(file, width, height)) return Error(Code::kCorrupt, "the bmp file is cut off");
  const std::unique_ptr<stbi_uc, decltype(&stbi_image_free)> pixels(
      stbi_load_from_memory(bytes, size, &width, &height, &bands, 4), &stbi_image_free);
  if (!pixels) return Failure();

  Raster raster;
  raster.original = {width, height};
  const std::size_t count = static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
  raster.image = {width, height, std::vector<std::uint8_t>(count * 3)};
  const std::uint8_t* from = pixels.get();
  std::uint8_t* to = raster.image.pixels.data();
  for (std::size_t i = 0; i < count; ++i, from += 4, to += 3) {
    for (int band = 0; band < 3; ++band) {
      to[band] = static_cast<std::uint8_t>((from[band] * from[3] + 255 * (255 - from[3]) + 127) / 255);
    }
  }
  return raster;
}

}  // namespace vitrine::worker
