// Colours by name, as photographs show them.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "base/oklab.h"

namespace vitrine {

struct NamedColor {
  std::string_view name;
  Rgb8 color;
};

/// All names, the usual ones first. A colour may have two names (grey, gray); the first is the one to show.
std::span<const NamedColor> ColorNames();

/// Lower case ASCII; empty for an unknown name.
std::optional<Rgb8> ColorOf(std::string_view name);

/// The name of exactly this colour, or an empty string.
std::string_view NameOfColor(Rgb8 color);

}  // namespace vitrine
