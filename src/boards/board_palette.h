// The colours that many pictures have together.
#pragma once

#include <span>
#include <vector>

#include "vitrine/types.h"

namespace vitrine {

/// 5 to 8 colours (fewer only where there are fewer), largest share first; shares add up to 1. They are the
/// means in OKLab of groups of the given ones, weighted by share (k-means); the loosest group is divided as
/// long as that is visible.
/// @param colours  shares are weights of any size; those of 0 do not count.
std::vector<Swatch> PaletteOf(std::span<const Swatch> colours);

}  // namespace vitrine
