#include "image/protocol.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>

#include "base/utf8.h"
#include "xmp/note.h"

namespace vitrine::protocol {
namespace {

constexpr std::size_t kMaxTextBytes = 255;
constexpr double kAbsent = std::numeric_limits<double>::quiet_NaN();

// The bytes of a fixed field up to its first NUL, or all of them where a liar left none.
template <std::size_t kSize>
std::string_view TextOf(const char (&field)[kSize]) {
  return {field, ::strnlen(field, kSize)};
}

template <std::size_t kSize>
void PutText(char (&field)[kSize], std::string_view text) {
  field[text.copy(field, kSize - 1)] = '\0';
}

// Valid UTF-8 of at most 255 bytes without control characters, trimmed.
std::string CleanText(std::string_view raw) {
  std::string clean;
  for (const char32_t c : DecodeUtf8(raw)) {
    std::string encoded;
    AppendUtf8(encoded, c < 0x20 || (c >= 0x7f && c < 0xa0) ? U' ' : c);
    if (clean.size() + encoded.size() > kMaxTextBytes) break;
    clean += encoded;
  }
  const std::size_t first = clean.find_first_not_of(' ');
  if (first == std::string::npos) return {};
  return clean.substr(first, clean.find_last_not_of(' ') - first + 1);
}

std::optional<std::string> OptionalText(std::string_view raw) {
  std::string clean = CleanText(raw);
  if (clean.empty()) return std::nullopt;
  return clean;
}

std::optional<double> Between(double value, double low, double high) {
  if (!std::isfinite(value) || value < low || value > high) return std::nullopt;
  return value;
}

// "2024-06-01T17:03:22" and nothing else.
std::optional<std::string> DateTime(std::string_view text) {
  constexpr std::string_view kPattern = "dddd-dd-ddTdd:dd:dd";
  if (text.size() != kPattern.size()) return std::nullopt;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (kPattern[i] == 'd' ? !digit : text[i] != kPattern[i]) return std::nullopt;
  }
  const auto number = [&](std::size_t at) { return (text[at] - '0') * 10 + (text[at + 1] - '0'); };
  const bool plausible = number(5) >= 1 && number(5) <= 12 && number(8) >= 1 && number(8) <= 31 &&
                         number(11) <= 23 && number(14) <= 59 && number(17) <= 60;
  if (!plausible) return std::nullopt;
  return std::string(text);
}

Error Lie(std::string_view what) {
  return Error(Code::kInternal, "the decoder broke its protocol (" + std::string(what) + ")");
}

Error FailureOf(const Reply& reply) {
  constexpr std::array kAllowed = {Code::kCorrupt, Code::kUnsupported, Code::kIo};
  const auto* const code = std::find_if(kAllowed.begin(), kAllowed.end(),
                                        [&](Code c) { return static_cast<std::uint32_t>(c) == reply.code; });
  if (code == kAllowed.end()) return Lie("a failure of no known kind");
  std::string reason = CleanText(TextOf(reply.reason));
  return Error(*code, reason.empty() ? "the decoder gave no reason" : std::move(reason));
}

// The short side serves the tower or the thumbnail, whichever wants more, and a reduction of less than half
// is left out.
std::int32_t MaxShortSide(std::int32_t min_edge_px, std::int32_t thumbnail_edge_px) {
  return 2 * std::max(min_edge_px, thumbnail_edge_px);
}

std::int32_t MaxLongSide(std::int32_t min_edge_px, std::int32_t thumbnail_edge_px) {
  return std::max(8 * min_edge_px, thumbnail_edge_px);
}

// No JPEG of these sides is larger than its pixels, save for its tables.
std::uint64_t ThumbnailBytes(const DecodeRequest& request) {
  const auto edge = static_cast<std::uint64_t>(request.thumbnail_edge_px);
  return edge * edge * 3 + (64u << 10);
}

Status CheckOriginal(const Request& request, const Reply& reply) {
  if (reply.original_width_px < 1 || reply.original_height_px < 1) return Lie("original size out of range");
  const auto original_pixels = static_cast<std::uint64_t>(reply.original_width_px) *
                               static_cast<std::uint64_t>(reply.original_height_px);
  if (original_pixels > request.max_pixels) return Lie("original size over the cap");
  if (FormatName(reply.format).empty()) return Lie("unknown format");
  return {};
}

// The sizes a truthful worker can send for this request; see DecodeRequest.
Status CheckSizes(const Request& request, const Reply& reply) {
  const auto [short_px, long_px] = std::minmax(reply.width_px, reply.height_px);
  if (request.only_thumbnail != 0) {
    if (reply.width_px != 0 || reply.height_px != 0) return Lie("pixels that nobody asked for");
    return CheckOriginal(request, reply);
  }
  const std::int32_t max_short_px = MaxShortSide(request.min_edge_px, request.thumbnail_edge_px);
  if (short_px < 1 || short_px > max_short_px) return Lie("short side out of range");
  if (long_px > MaxLongSide(request.min_edge_px, request.thumbnail_edge_px)) {
    return Lie("long side out of range");
  }
  return CheckOriginal(request, reply);
}

// A JPEG file by its first and last bytes; the rest is for whoever displays it.
bool LooksLikeJpeg(std::string_view bytes) {
  return bytes.size() > 4 && bytes.starts_with("\xff\xd8\xff") && bytes.ends_with("\xff\xd9");
}

}  // namespace

std::string FormatName(Format format) {
  constexpr std::array<std::string_view, 12> kNames = {"",    "jpeg", "png",  "webp", "gif", "tiff",
                                                       "bmp", "heif", "avif", "jxl",  "svg", "raw"};
  const auto index = static_cast<std::size_t>(format);
  return std::string(index < kNames.size() ? kNames[index] : "");
}

DecodeRequest RequestOf(const Request& request) {
  return {.min_edge_px = request.min_edge_px,
          .thumbnail_edge_px = request.thumbnail_edge_px,
          .thumbnail_quality = request.thumbnail_quality,
          .only_thumbnail = request.only_thumbnail != 0};
}

std::uint64_t ArenaBytes(const DecodeRequest& request) {
  if (request.only_thumbnail) return ThumbnailBytes(request) + kMaxPackedNoteBytes;
  const auto long_px =
      static_cast<std::uint64_t>(MaxLongSide(request.min_edge_px, request.thumbnail_edge_px));
  const auto short_px =
      static_cast<std::uint64_t>(MaxShortSide(request.min_edge_px, request.thumbnail_edge_px));
  return long_px * short_px * 3 + ThumbnailBytes(request) + kMaxPackedNoteBytes;
}

Status CheckRequest(const Request& request) {
  const bool sound = request.magic == kMagic && request.version == kVersion &&
                     request.kind == Kind::kDecode && request.min_edge_px >= 1 &&
                     request.min_edge_px <= kMaxEdgePx && request.thumbnail_edge_px >= 0 &&
                     request.thumbnail_edge_px <= kMaxEdgePx && request.thumbnail_quality >= 1 &&
                     request.thumbnail_quality <= 100 && request.only_thumbnail <= 1;
  if (!sound) return Error(Code::kInvalidArgument, "not a decode request of this version");
  const std::uint64_t needed = ArenaBytes(RequestOf(request));
  if (request.arena_bytes < needed) return Error(Code::kInvalidArgument, "the arena is too small");
  return {};
}

Result<DecodedPicture> CheckReply(const Request& request, std::span<const std::byte> message,
                                  std::span<const std::byte> arena) {
  Reply reply;
  if (message.size() != sizeof reply) return Lie("a message of the wrong length");
  std::memcpy(&reply, message.data(), sizeof reply);
  if (reply.magic != kMagic || reply.version != kVersion) return Lie("another version");
  if (reply.id != request.id) return Lie("an answer to another question");
  if (reply.kind == Kind::kFailure) return FailureOf(reply);
  if (reply.kind != Kind::kPicture) return Lie("neither picture nor failure");
  if (Status sizes = CheckSizes(request, reply); !sizes) return std::move(sizes).error();

  const std::size_t pixel_bytes =
      static_cast<std::size_t>(reply.width_px) * static_cast<std::size_t>(reply.height_px) * 3;
  if (pixel_bytes > arena.size() || reply.thumbnail_bytes > arena.size() - pixel_bytes) {
    return Lie("more bytes than the arena holds");
  }
  const std::span pixels(reinterpret_cast<const std::uint8_t*>(arena.data()), pixel_bytes);
  DecodedPicture decoded;
  // A copy: from here on the worker cannot change what was judged.
  decoded.thumbnail.assign(reinterpret_cast<const char*>(arena.data()) + pixel_bytes, reply.thumbnail_bytes);
  const bool right =
      request.thumbnail_edge_px > 0 ? LooksLikeJpeg(decoded.thumbnail) : decoded.thumbnail.empty();
  if (!right) return Lie("not a thumbnail");
  const std::size_t before_note = pixel_bytes + reply.thumbnail_bytes;
  if (reply.note_bytes > arena.size() - before_note || reply.note_bytes > kMaxPackedNoteBytes) {
    return Lie("a note of impossible length");
  }
  const std::string packed(reinterpret_cast<const char*>(arena.data()) + before_note, reply.note_bytes);
  Result<EmbeddedNote> note = packed.empty() ? EmbeddedNote() : UnpackNote(packed);
  if (!note) return Lie(note.error().message());
  decoded.note = *std::move(note);
  decoded.picture = {reply.width_px, reply.height_px, {pixels.begin(), pixels.end()}};
  decoded.info = {reply.original_width_px, reply.original_height_px, FormatName(reply.format),
                  FromWire(reply.facts)};
  return decoded;
}

WireFacts ToWire(const Facts& facts) {
  WireFacts wire;
  wire.exposure_s = facts.exposure_s.value_or(kAbsent);
  wire.f_number = facts.f_number.value_or(kAbsent);
  wire.focal_length_mm = facts.focal_length_mm.value_or(kAbsent);
  wire.latitude = facts.latitude.value_or(kAbsent);
  wire.longitude = facts.longitude.value_or(kAbsent);
  wire.iso = facts.iso.value_or(-1);
  PutText(wire.taken_at, facts.taken_at.value_or(""));
  PutText(wire.camera, facts.camera.value_or(""));
  PutText(wire.lens, facts.lens.value_or(""));
  return wire;
}

Facts FromWire(const WireFacts& wire) {
  Facts facts;
  facts.taken_at = DateTime(TextOf(wire.taken_at));
  facts.camera = OptionalText(TextOf(wire.camera));
  facts.lens = OptionalText(TextOf(wire.lens));
  facts.exposure_s = Between(wire.exposure_s, 1e-7, 1e6);
  facts.f_number = Between(wire.f_number, 0.1, 1000);
  facts.focal_length_mm = Between(wire.focal_length_mm, 0.1, 1e5);
  facts.latitude = Between(wire.latitude, -90, 90);
  facts.longitude = Between(wire.longitude, -180, 180);
  if (wire.iso > 0 && wire.iso <= 100'000'000) facts.iso = wire.iso;
  return facts;
}

}  // namespace vitrine::protocol
