#include "boards/export/strip.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "boards/export/file_metadata.h"
#include "boards/export/jpeg_segments.h"

namespace vitrine {
namespace {

using namespace std::string_view_literals;

constexpr std::array kPngStays = {"IHDR"sv, "PLTE"sv, "IDAT"sv, "IEND"sv, "tRNS"sv, "cHRM"sv,
                                  "gAMA"sv, "iCCP"sv, "sBIT"sv, "sRGB"sv, "cICP"sv, "bKGD"sv,
                                  "pHYs"sv, "acTL"sv, "fcTL"sv, "fdAT"sv};
constexpr std::array kWebpStays = {"VP8 "sv, "VP8L"sv, "VP8X"sv, "ALPH"sv, "ANIM"sv, "ANMF"sv, "ICCP"sv};

Result<std::string> StripPng(std::string_view file) {
  std::string out(file.substr(0, 8));
  std::size_t at = 8;
  bool ended = false;
  while (!ended) {
    if (at + 12 > file.size()) return Error(Code::kCorrupt, "the PNG is damaged: it is cut off");
    std::uint32_t length = 0;
    for (std::size_t i = 0; i < 4; ++i) length = length << 8 | static_cast<std::uint8_t>(file[at + i]);
    if (length > file.size() - at - 12) return Error(Code::kCorrupt, "the PNG is damaged: it is cut off");
    const std::string_view type = file.substr(at + 4, 4);
    if (std::ranges::find(kPngStays, type) != kPngStays.end())
      out += file.substr(at, std::size_t{length} + 12);
    ended = type == "IEND";
    at += std::size_t{length} + 12;
  }
  return out;
}

Result<std::string> StripWebp(std::string_view file) {
  std::string out(file.substr(0, 12));
  std::size_t at = 12;
  while (at + 8 <= file.size()) {
    std::uint32_t length = 0;
    for (std::size_t i = 4; i-- > 0;) length = length << 8 | static_cast<std::uint8_t>(file[at + 4 + i]);
    if (length > file.size() - at - 8) return Error(Code::kCorrupt, "the WebP is damaged: it is cut off");
    const std::size_t whole = std::min<std::size_t>(std::size_t{length} + 8 + (length & 1), file.size() - at);
    const std::string_view type = file.substr(at, 4);
    if (std::ranges::find(kWebpStays, type) != kWebpStays.end()) {
      std::string chunk(file.substr(at, whole));
      // The flags that say that Exif (8) and XMP (4) follow.
      if (type == "VP8X" && length > 0) chunk[8] = static_cast<char>(chunk[8] & ~0x0C);
      out += chunk;
    }
    at += whole;
  }
  const std::size_t size = out.size() - 8;
  for (std::size_t i = 0; i < 4; ++i) out[4 + i] = static_cast<char>((size >> (8 * i)) & 255);
  return out;
}

}  // namespace

Result<std::string> StripPrivate(std::string_view file) {
  const int orientation = ReadFileMetadata(file).orientation;
  if (file.starts_with("\xFF\xD8"sv)) return StripJpeg(file, orientation);
  const bool png = file.starts_with("\x89PNG\r\n\x1A\n"sv);
  const bool webp = file.starts_with("RIFF"sv) && file.size() > 12 && file.substr(8, 4) == "WEBP";
  if ((!png && !webp) || orientation != 1) {
    return Error(Code::kUnsupported, "what this file says beside its picture cannot be taken out of it");
  }
  return png ? StripPng(file) : StripWebp(file);
}

}  // namespace vitrine
