#include "image/worker/embedded.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/utf8.h"
#include "xmp/note.h"
#include "xmp/xmp.h"

namespace vitrine::worker {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kMaxKeywords = 1000;
constexpr std::uint16_t kIptcResource = 0x0404;

std::string_view TextOf(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::size_t BigEndian(std::string_view bytes) {
  std::size_t number = 0;
  for (const char c : bytes) number = number << 8 | static_cast<std::uint8_t>(c);
  return number;
}

// UTF-8 where it is that, else Latin-1: what programs wrote before they said which.
std::string Decoded(std::string_view bytes) {
  if (IsUtf8(bytes)) return std::string(bytes);
  std::string utf8;
  for (const char c : bytes) AppendUtf8(utf8, static_cast<std::uint8_t>(c));
  return utf8;
}

// The IPTC block among Photoshop's resources: each is "8BIM", a number, a name and its data, both padded to
// an even length.
std::string_view IptcResource(std::string_view bytes) {
  while (bytes.size() >= 12 && bytes.starts_with("8BIM"sv)) {
    const std::size_t id = BigEndian(bytes.substr(4, 2));
    const std::size_t name = (static_cast<std::uint8_t>(bytes[6]) + 2u) & ~std::size_t{1};
    if (bytes.size() < 6 + name + 4) return {};
    const std::size_t size = BigEndian(bytes.substr(6 + name, 4));
    bytes.remove_prefix(6 + name + 4);
    if (size > bytes.size()) return {};
    if (id == kIptcResource) return bytes.substr(0, size);
    bytes.remove_prefix(std::min(size + size % 2, bytes.size()));
  }
  return {};
}

// Records are a marker, two numbers that say what it is, a length, and a text.
void ReadIptc(std::string_view bytes, EmbeddedNote& note) {
  constexpr std::string_view kPhotoshop = "Photoshop 3.0\0"sv;
  if (bytes.starts_with(kPhotoshop)) bytes.remove_prefix(kPhotoshop.size());
  if (bytes.starts_with("8BIM"sv)) bytes = IptcResource(bytes);
  while (bytes.size() >= 5 && bytes[0] == '\x1c') {
    const std::size_t kind = BigEndian(bytes.substr(1, 2));
    const std::size_t size = BigEndian(bytes.substr(3, 2));
    bytes.remove_prefix(5);
    if (size > bytes.size()) return;  // Also a length of more than 32 KiB, which has a form of its own.
    const std::string_view text = bytes.substr(0, size);
    if (kind == 0x0219 && note.tags.size() < kMaxKeywords) {
      const std::array<std::string, 1> level = {Decoded(text)};
      note.tags.push_back(PathOfLevels(level));
    }
    if (kind == 0x0278 && note.caption.empty()) note.caption = CleanCaption(Decoded(text));
    bytes.remove_prefix(size);
  }
}

// What cameras write where a caption belongs.
bool IsCameraBoast(std::string_view text) {
  constexpr std::array kBoasts = {"DIGITAL CAMERA"sv, "SONY DSC"sv, "DCIM"sv, "Exif_JPEG"sv, "default"sv};
  return std::ranges::any_of(kBoasts, [&](std::string_view boast) { return text.find(boast) != text.npos; });
}

}  // namespace

EmbeddedNote ReadEmbedded(const Metadata& metadata) {
  EmbeddedNote note;
  if (!metadata.xmp.empty()) {
    if (Result<EmbeddedNote> read = ReadXmp(TextOf(metadata.xmp))) note = *std::move(read);
  }
  EmbeddedNote iptc;
  ReadIptc(TextOf(metadata.iptc), iptc);
  if (note.tags.empty()) note.tags = std::move(iptc.tags);
  if (note.caption.empty()) note.caption = std::move(iptc.caption);
  if (!note.rating) note.rating = metadata.exif.rating;
  if (note.caption.empty() && !IsCameraBoast(metadata.exif.description)) {
    note.caption = CleanCaption(Decoded(metadata.exif.description));
  }
  return CleanNote(note);
}

}  // namespace vitrine::worker
