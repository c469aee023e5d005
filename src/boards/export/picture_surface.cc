#include "boards/export/picture_surface.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace vitrine {
namespace {

constexpr std::int32_t kMostSide = 32'767;  // cairo's own bound
constexpr std::int32_t kUnknownEdge = 4096;

}  // namespace

Result<CairoSurface> SurfaceOf(const RgbImage& image, bool grey) {
  if (image.width_px < 1 || image.height_px < 1 || image.width_px > kMostSide ||
      image.height_px > kMostSide) {
    return Error(Code::kUnsupported, "a picture of " + std::to_string(image.width_px) + " x " +
                                         std::to_string(image.height_px) +
                                         " pixels cannot be drawn (the bound is 32,767 on a side)");
  }
  CairoSurface surface(cairo_image_surface_create(CAIRO_FORMAT_RGB24, image.width_px, image.height_px));
  if (cairo_surface_status(surface.get()) != CAIRO_STATUS_SUCCESS) {
    return Error(Code::kInternal, "no memory to draw a picture of " + std::to_string(image.width_px) + " x " +
                                      std::to_string(image.height_px) + " pixels");
  }
  cairo_surface_flush(surface.get());
  std::uint8_t* rows = cairo_image_surface_get_data(surface.get());
  const auto stride = static_cast<std::size_t>(cairo_image_surface_get_stride(surface.get()));
  const auto width = static_cast<std::size_t>(image.width_px);
  for (std::size_t y = 0; y < static_cast<std::size_t>(image.height_px); ++y) {
    const std::uint8_t* from = image.pixels.data() + y * width * 3;
    std::uint8_t* to = rows + y * stride;
    for (std::size_t x = 0; x < width; ++x, from += 3, to += 4) {
      std::uint32_t red = from[0], green = from[1], blue = from[2];
      if (grey) red = green = blue = (red * 13933 + green * 46871 + blue * 4732 + 32768) >> 16;
      const std::uint32_t pixel = (red << 16) | (green << 8) | blue;
      std::memcpy(to, &pixel, 4);
    }
  }
  cairo_surface_mark_dirty(surface.get());
  return surface;
}

std::int32_t WholeEdge(const SourcePicture& picture) {
  const double width = picture.width_px, height = picture.height_px;
  if (width < 1 || height < 1) return kUnknownEdge;
  const double within =
      std::min({1.0, std::sqrt(kMostPicturePixels / (width * height)), 30'000 / std::max(width, height)});
  return std::max(1, static_cast<std::int32_t>(std::floor(std::min(width, height) * within)));
}

std::int32_t EdgeToAskFor(const SourcePicture& picture, const BoardItem& item, double scale) {
  const std::int32_t whole = WholeEdge(picture);
  const double width = picture.width_px, height = picture.height_px;
  const double share_x = std::max(item.crop.right - item.crop.left, 1e-6);
  const double share_y = std::max(item.crop.bottom - item.crop.top, 1e-6);
  const double shown_x = item.width * scale / share_x, shown_y = item.height * scale / share_y;
  if (width < 1 || height < 1) {
    return std::clamp(static_cast<std::int32_t>(std::ceil(std::min(std::min(shown_x, shown_y), 4096.0))), 1,
                      whole);
  }
  const double part = std::min(1.0, std::max(shown_x / width, shown_y / height));
  return std::clamp(static_cast<std::int32_t>(std::ceil(std::min(width, height) * part)), 1, whole);
}

}  // namespace vitrine
