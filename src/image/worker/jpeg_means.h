// The eighth of a baseline JPEG, without decoding the rest of it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "image/worker/color.h"

namespace vitrine::worker {

/// What a scan needs beyond its entropy-coded bytes, taken from the headers.
struct MeanScan {
  enum class Colour : std::uint8_t { kGrey, kRgb, kYCbCr };

  struct Component {
    int horizontal_factor = 1;
    int vertical_factor = 1;
    std::uint16_t dc_step = 1;                              ///< The quantisation step of the mean.
    std::array<std::uint8_t, 17> dc_counts{}, ac_counts{};  ///< Codes of each length, 1-16.
    std::array<std::uint8_t, 256> dc_values{}, ac_values{};
  };
  std::vector<Component> components;  ///< 1 or 3, interleaved in one scan.
  Colour colour = Colour::kYCbCr;
  std::int32_t width_px = 0;
  std::int32_t height_px = 0;
  std::uint32_t restart_interval = 0;  ///< In coding units; 0 for none.
};

/// Decodes the picture at 1/8 (sides rounded up): grey or RGB. `entropy` begins after the scan header and may
/// run past the scan's end. Empty when anything is out of the ordinary (a bad code, a missing restart marker,
/// data that ends early): the general decoder then judges the file. Luma equals that of libjpeg at 1/8 bit
/// for bit; subsampled chroma is interpolated from its own means.
std::optional<Samples> ReadEighth(std::span<const std::uint8_t> entropy, const MeanScan& scan);

}  // namespace vitrine::worker
