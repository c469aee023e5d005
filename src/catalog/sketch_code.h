// A palette as bytes: five a colour, red, green, blue, and its share in 65,535ths (big end first).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "vitrine/types.h"

namespace vitrine {

inline constexpr std::size_t kMaxSwatches = 16;

/// Swatches past the sixteenth are left out; shares outside 0..1 are taken for the nearer end.
std::string EncodePalette(const std::vector<Swatch>& palette);

/// Appends the colours to `palette` and returns how many; bytes that are no whole colour are ignored.
std::size_t DecodePalette(std::string_view bytes, std::vector<Swatch>& palette);

}  // namespace vitrine
