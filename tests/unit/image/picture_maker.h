// Pictures for tests: made in memory, written as files of any format, opened as descriptors.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/file.h"
#include "image/decoder.h"
#include "image/pixels.h"

namespace vitrine::testing {

/// A picture whose four quarters are red, green (top), blue and white (bottom), so that every turn shows.
RgbImage Quarters(std::int32_t width_px, std::int32_t height_px);

/// The colour in the middle of the quarter at (right, bottom).
std::uint32_t QuarterColour(const RgbImage& image, bool right, bool bottom);

/// The same colour, within what lossy coding does to it.
bool IsNear(std::uint32_t colour, std::uint32_t expected);

/// `image` as a file, by libvips' name of a saver and its options: ".png", ".jpg[Q=90]". Empty when this
/// libvips cannot write the format.
std::string Encode(const RgbImage& image, const std::string& saver);

/// A descriptor on a nameless file that holds `bytes`.
UniqueFd FileWith(std::string_view bytes);

/// The path of a program of this build.
std::string Program(std::string_view name);

/// A pool of `workers` that run `program`.
std::unique_ptr<DecoderPool> StartPool(std::string_view program, DecoderPoolOptions options = {});

}  // namespace vitrine::testing
