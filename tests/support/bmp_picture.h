// Picture files that a test can make without a library: BMP of a smooth gradient, different for each seed.
#pragma once

#include <cstdint>
#include <random>
#include <string>

namespace vitrine {

/// A whole file of 24 bits a pixel. Different sizes or seeds give different bytes and different pictures.
inline std::string BmpPicture(std::int32_t width_px, std::int32_t height_px, std::uint32_t seed) {
  const auto row_bytes = static_cast<std::uint32_t>((3 * width_px + 3) / 4 * 4);
  const std::uint32_t pixel_bytes = row_bytes * static_cast<std::uint32_t>(height_px);
  std::string file = "BM";
  const auto put = [&](std::uint32_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) file += static_cast<char>(value >> (8 * i) & 0xff);
  };
  put(54 + pixel_bytes, 4);
  put(0, 4);
  put(54, 4);
  put(40, 4);
  put(static_cast<std::uint32_t>(width_px), 4);
  put(static_cast<std::uint32_t>(height_px), 4);
  put(1, 2);
  put(24, 2);
  put(0, 4);
  put(pixel_bytes, 4);
  for (int i = 0; i < 4; ++i) put(0, 4);
  std::mt19937 dice(seed);
  const auto blue = static_cast<std::uint32_t>(dice() % 256),
             green = static_cast<std::uint32_t>(dice() % 256), red = static_cast<std::uint32_t>(dice() % 256);
  for (std::int32_t y = 0; y < height_px; ++y) {
    std::uint32_t written = 0;
    for (std::int32_t x = 0; x < width_px; ++x, written += 3) {
      put((blue + static_cast<std::uint32_t>(255 * x / width_px)) / 2, 1);
      put((green + static_cast<std::uint32_t>(255 * y / height_px)) / 2, 1);
      put(red, 1);
    }
    for (; written < row_bytes; ++written) put(0, 1);
  }
  return file;
}

}  // namespace vitrine
