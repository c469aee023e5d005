// Most photographs carry an sRGB profile, a few thousand bytes that ask for no conversion at all. Running the
// colour engine for them would cost more than the rest of the decode, so a profile is first compared with
// sRGB by what it says: where its three primaries lie, and how its tone curve bends at three points. Names
// are not looked at.
#include "image/worker/color.h"

#include <array>
#include <cmath>
#include <optional>
#include <string_view>
#include <utility>

#include "base/try.h"
#include "image/worker/vips_loader.h"

namespace vitrine::worker {
namespace {

constexpr std::size_t kTagTable = 128;

std::uint32_t Big32(std::span<const std::byte> bytes, std::size_t at) {
  if (at > bytes.size() || bytes.size() - at < 4) return 0;
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = value << 8 | std::to_integer<std::uint32_t>(bytes[at + i]);
  return value;
}

// ICC's signed 16.16 fixed point.
double Fixed(std::span<const std::byte> bytes, std::size_t at) {
  return static_cast<double>(static_cast<std::int32_t>(Big32(bytes, at))) / 65536.0;
}

constexpr std::uint32_t Signature(std::string_view text) {
  std::uint32_t value = 0;
  for (const char c : text) value = value << 8 | static_cast<unsigned char>(c);
  return value;
}

std::span<const std::byte> FindTag(std::span<const std::byte> profile, std::uint32_t signature) {
  const std::uint32_t tags = std::min<std::uint32_t>(Big32(profile, kTagTable), 100);
  for (std::size_t i = 0; i < tags; ++i) {
    const std::size_t entry = kTagTable + 4 + i * 12;
    if (Big32(profile, entry) != signature) continue;
    const std::size_t offset = Big32(profile, entry + 4);
    const std::size_t size = Big32(profile, entry + 8);
    if (offset > profile.size() || size > profile.size() - offset) return {};
    return profile.subspan(offset, size);
  }
  return {};
}

bool PrimaryIs(std::span<const std::byte> profile, std::string_view tag, const std::array<double, 3>& xyz) {
  const std::span<const std::byte> data = FindTag(profile, Signature(tag));
  if (data.size() < 20) return false;
  for (std::size_t i = 0; i < 3; ++i) {
    if (std::abs(Fixed(data, 8 + 4 * i) - xyz[i]) > 0.002) return false;
  }
  return true;
}

// The tone curve at x (0-1): a table, a plain gamma, or the parametric form of sRGB.
std::optional<double> ToneAt(std::span<const std::byte> curve, double x) {
  if (Big32(curve, 0) == Signature("curv")) {
    const std::size_t count = Big32(curve, 8);
    if (count < 2 || curve.size() < 12 + 2 * count) return std::nullopt;
    const auto index = static_cast<std::size_t>(std::lround(x * static_cast<double>(count - 1)));
    return static_cast<double>(Big32(curve, 10 + 2 * index) & 0xffff) / 65535.0;
  }
  if (Big32(curve, 0) != Signature("para") || Big32(curve, 8) >> 16 != 3 || curve.size() < 32)
    return std::nullopt;
  const double gamma = Fixed(curve, 12);
  const double toe_end = Fixed(curve, 28);
  if (x < toe_end) return Fixed(curve, 24) * x;
  return std::pow(Fixed(curve, 16) * x + Fixed(curve, 20), gamma);
}

bool ToneIsSrgb(std::span<const std::byte> curve) {
  // IEC 61966-2-1 at a quarter, a half and three quarters.
  constexpr std::array<std::array<double, 2>, 3> kPoints = {{{0.25, 0.0508}, {0.5, 0.2140}, {0.75, 0.5225}}};
  for (const auto& [x, expected] : kPoints) {
    const std::optional<double> tone = ToneAt(curve, x);
    if (!tone || std::abs(*tone - expected) > 0.006) return false;
  }
  return true;
}

RgbImage ExpandGrey(const Samples& samples) {
  RgbImage image{samples.size.width_px, samples.size.height_px,
                 std::vector<std::uint8_t>(samples.values.size() * 3)};
  std::uint8_t* to = image.pixels.data();
  for (const std::uint8_t value : samples.values) {
    to[0] = to[1] = to[2] = value;
    to += 3;
  }
  return image;
}

// Whether the profile's own colour space has as many bands as the samples.
bool Fits(const Samples& samples, std::span<const std::byte> profile) {
  const std::uint32_t space = Big32(profile, 16);
  return (samples.bands == 3 && space == Signature("RGB ")) ||
         (samples.bands == 4 && space == Signature("CMYK"));
}

}  // namespace

bool IsSrgbProfile(std::span<const std::byte> profile) {
  // The primaries of sRGB adapted to D50, as ICC profiles state them.
  return PrimaryIs(profile, "rXYZ", {0.4360, 0.2225, 0.0139}) &&
         PrimaryIs(profile, "gXYZ", {0.3851, 0.7169, 0.0971}) &&
         PrimaryIs(profile, "bXYZ", {0.1431, 0.0606, 0.7141}) &&
         ToneIsSrgb(FindTag(profile, Signature("rTRC"))) && ToneIsSrgb(FindTag(profile, Signature("gTRC")));
}

Result<RgbImage> ToSrgb(Samples samples, std::span<const std::byte> profile) {
  if (samples.bands == 1) return ExpandGrey(samples);
  if (!Fits(samples, profile)) profile = {};
  if (samples.bands == 3 && (profile.empty() || IsSrgbProfile(profile))) {
    return RgbImage{samples.size.width_px, samples.size.height_px, std::move(samples.values)};
  }
  return ConvertWithVips(samples, profile);
}

}  // namespace vitrine::worker
