#include "image/worker/sniff.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "image/worker/exif.h"

namespace vitrine::worker {
namespace {

using protocol::Format;
using namespace std::string_view_literals;

// ISO base media: the brands of the `ftyp` box tell HEIF from AVIF from Canon's CR3.
Format SniffBoxes(std::string_view head) {
  if (head.size() < 16 || head.substr(4, 4) != "ftyp"sv) return Format::kUnknown;
  const auto box_bytes = static_cast<std::size_t>(static_cast<unsigned char>(head[2])) << 8 |
                         static_cast<std::size_t>(static_cast<unsigned char>(head[3]));
  const std::string_view brands = head.substr(8, std::max<std::size_t>(box_bytes, 16) - 8);
  const auto has = [&](std::string_view brand) {
    for (std::size_t at = 0; at + 4 <= brands.size(); at += 4) {
      if (at != 4 && brands.substr(at, 4) == brand) return true;  // Offset 4 is the minor version.
    }
    return false;
  };
  if (has("crx "sv)) return Format::kRaw;
  if (has("avif"sv) || has("avis"sv)) return Format::kAvif;
  constexpr std::array kHeif = {"heic"sv, "heix"sv, "hevc"sv, "hevx"sv,
                                "heim"sv, "heis"sv, "mif1"sv, "msf1"sv};
  return std::any_of(kHeif.begin(), kHeif.end(), has) ? Format::kHeif : Format::kUnknown;
}

bool LooksLikeSvg(std::string_view head) {
  if (head.starts_with("\xef\xbb\xbf"sv)) head.remove_prefix(3);
  const std::size_t first = head.find_first_not_of(" \t\r\n"sv);
  if (first == std::string_view::npos || head[first] != '<') return false;
  return head.find("<svg"sv) != std::string_view::npos;
}

// A bitmap's second header begins with its own length, one of a few.
bool LooksLikeBmp(std::string_view head) {
  constexpr std::array kHeaderBytes = {12, 40, 52, 56, 64, 108, 124};
  return head.size() >= 26 && head.starts_with("BM"sv) && head.substr(15, 3) == "\0\0\0"sv &&
         std::find(kHeaderBytes.begin(), kHeaderBytes.end(), head[14]) != kHeaderBytes.end();
}

}  // namespace

Format SniffFormat(std::span<const std::byte> file) {
  const std::string_view head(reinterpret_cast<const char*>(file.data()),
                              std::min<std::size_t>(file.size(), 1024));
  if (head.starts_with("\xff\xd8\xff"sv)) return Format::kJpeg;
  if (head.starts_with("\x89PNG\r\n\x1a\n"sv)) return Format::kPng;
  if (head.starts_with("GIF87a"sv) || head.starts_with("GIF89a"sv)) return Format::kGif;
  if (head.starts_with("RIFF"sv) && head.size() >= 12 && head.substr(8, 4) == "WEBP"sv) return Format::kWebp;
  if (head.starts_with("\xff\x0a"sv) || head.starts_with("\0\0\0\x0cJXL \r\n\x87\n"sv)) return Format::kJxl;
  constexpr std::array kRaw = {
      "FUJIFILMCCD-RAW"sv, "IIU\0"sv, "IIRO"sv, "IIRS"sv, "MMOR"sv, "FOVb"sv, "\0MRM"sv};
  if (std::any_of(kRaw.begin(), kRaw.end(),
                  [&](std::string_view magic) { return head.starts_with(magic); })) {
    return Format::kRaw;
  }
  if (head.starts_with("II*\0"sv) || head.starts_with("MM\0*"sv)) {
    return HoldsRawData(file) ? Format::kRaw : Format::kTiff;
  }
  if (head.starts_with("II+\0"sv) || head.starts_with("MM\0+"sv)) return Format::kTiff;
  if (LooksLikeBmp(head)) return Format::kBmp;
  if (LooksLikeSvg(head)) return Format::kSvg;
  return SniffBoxes(head);
}

}  // namespace vitrine::worker
