#include "boards/export/jpeg_segments.h"

#include <algorithm>
#include <cctype>
#include <optional>

#include "base/try.h"

namespace vitrine {
namespace {

using namespace std::string_view_literals;

constexpr std::uint8_t kStartOfImage = 0xD8, kEndOfImage = 0xD9, kStartOfScan = 0xDA;
constexpr std::uint8_t kApp0 = 0xE0, kApp1 = 0xE1, kApp2 = 0xE2, kApp14 = 0xEE, kApp15 = 0xEF,
                       kComment = 0xFE;

std::uint8_t Byte(std::string_view bytes, std::size_t at) { return static_cast<std::uint8_t>(bytes[at]); }
std::uint32_t Word(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint32_t>(Byte(bytes, at)) << 8 | Byte(bytes, at + 1);
}

bool StandsAlone(std::uint8_t marker) { return marker == 0x01 || (marker >= 0xD0 && marker <= kEndOfImage); }

bool IsFrame(std::uint8_t marker) {
  return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
}

struct Segment {
  std::uint8_t marker = 0;
  std::string_view payload;  // Without marker and length.
  std::string_view whole;    // Marker, length, payload and, of a scan, the coded data after it.
};

// Walks the segments behind the start marker.
class Walker {
 public:
  explicit Walker(std::string_view file) : file_(file) {}

  static bool IsJpeg(std::string_view file) { return file.starts_with("\xFF\xD8\xFF"sv); }

  // Nothing at the end of the file. Errors: kCorrupt.
  Result<std::optional<Segment>> Next() {
    if (at_ >= file_.size()) return std::optional<Segment>();
    if (Byte(file_, at_) != 0xFF) return Bad("bytes between its segments");
    std::size_t at = at_;
    while (at < file_.size() && Byte(file_, at) == 0xFF) ++at;
    if (at >= file_.size()) return std::optional<Segment>();
    Segment segment{.marker = Byte(file_, at)};
    const std::size_t start = at - 1;
    at_ = at + 1;
    if (!StandsAlone(segment.marker)) {
      if (at_ + 2 > file_.size()) return Bad("a segment that is cut off");
      const std::size_t length = Word(file_, at_);
      if (length < 2 || at_ + length > file_.size()) return Bad("a segment longer than the file");
      segment.payload = file_.substr(at_ + 2, length - 2);
      at_ += length;
      if (segment.marker == kStartOfScan) SkipCodedData();
    }
    segment.whole = file_.substr(start, at_ - start);
    return std::optional<Segment>(segment);
  }

 private:
  static Error Bad(std::string_view what) {
    return Error(Code::kCorrupt, "the JPEG is damaged: it has " + std::string(what));
  }

  // To the next marker that is neither a stuffed 0xFF nor a restart.
  void SkipCodedData() {
    for (;;) {
      const std::size_t found = file_.find('\xFF', at_);
      if (found == std::string_view::npos || found + 1 >= file_.size()) {
        at_ = file_.size();
        return;
      }
      const std::uint8_t next = Byte(file_, found + 1);
      const bool restart = next >= 0xD0 && next <= 0xD7;
      if (next != 0 && next != 0xFF && !restart) {
        at_ = found;
        return;
      }
      at_ = next == 0xFF ? found + 1 : found + 2;
    }
  }

  std::string_view file_;
  std::size_t at_ = 2;
};

bool SaysSrgb(std::string_view profile) {
  std::string letters;
  for (const char letter : profile) {
    // Names stand in ASCII or in UTF-16, whose zero bytes fall out here.
    if (letter != '\0') letters += static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  }
  return letters.find("srgb") != std::string::npos;
}

bool IsProfile(const Segment& segment) {
  return segment.marker == kApp2 && segment.payload.starts_with("ICC_PROFILE\0"sv);
}
bool IsJfif(const Segment& segment) {
  return segment.marker == kApp0 && segment.payload.starts_with("JFIF\0"sv) && segment.payload.size() >= 14;
}
bool IsExif(const Segment& segment) {
  return segment.marker == kApp1 && segment.payload.starts_with("Exif\0"sv) && segment.payload.size() > 6;
}

bool Stays(const Segment& segment) {
  if (segment.marker == kComment) return false;
  if (segment.marker < kApp0 || segment.marker > kApp15) return true;
  return IsProfile(segment) || (segment.marker == kApp14 && segment.payload.starts_with("Adobe"sv));
}

std::string JfifWithoutThumbnail(const Segment& segment) {
  return std::string("\xFF\xE0\x00\x10"sv) + std::string(segment.payload.substr(0, 12)) +
         std::string("\0\0"sv);
}

// A TIFF of one directory with one entry.
std::string OrientationSegment(int orientation) {
  std::string segment(
      "\xFF\xE1\x00\x22"
      "Exif\0\0"
      "MM\0\x2A\0\0\0\x08"
      "\0\x01"
      "\x01\x12\0\x03\0\0\0\x01"sv);
  segment += '\0';
  segment += static_cast<char>(orientation);
  segment += std::string("\0\0\0\0\0\0"sv);
  return segment;
}

}  // namespace

Result<JpegInfo> ReadJpegInfo(std::string_view file) {
  if (!Walker::IsJpeg(file)) return Error(Code::kCorrupt, "this is no JPEG");
  JpegInfo info;
  std::string profile;
  Walker walker(file);
  bool scan = false;
  while (!scan) {
    VITRINE_TRY_ASSIGN(const std::optional<Segment> segment, walker.Next());
    if (!segment || segment->marker == kEndOfImage) break;
    scan = segment->marker == kStartOfScan;
    if (IsProfile(*segment)) profile += segment->payload;
    if (IsExif(*segment) && info.exif.empty()) info.exif = segment->payload.substr(6);
    if (!IsFrame(segment->marker)) continue;
    if (segment->payload.size() < 6)
      return Error(Code::kCorrupt, "the JPEG is damaged: its frame is cut off");
    info.bits = Byte(segment->payload, 0);
    info.height_px = static_cast<std::int32_t>(Word(segment->payload, 1));
    info.width_px = static_cast<std::int32_t>(Word(segment->payload, 3));
    info.components = Byte(segment->payload, 5);
    info.common = segment->marker <= 0xC2;
  }
  if (!scan || info.width_px == 0 || info.height_px == 0) {
    return Error(Code::kCorrupt, "the JPEG is damaged: it has no picture in it");
  }
  info.srgb = profile.empty() || SaysSrgb(profile);
  return info;
}

Result<std::string> StripJpeg(std::string_view file, int orientation) {
  if (Result<JpegInfo> info = ReadJpegInfo(file); !info) return std::move(info).error();
  std::string out("\xFF\xD8"sv);
  out.reserve(file.size());
  Walker walker(file);
  bool orientation_due = orientation >= 2 && orientation <= 8;
  for (;;) {
    VITRINE_TRY_ASSIGN(const std::optional<Segment> segment, walker.Next());
    if (!segment || segment->marker == kEndOfImage) break;
    if (segment->marker == kStartOfImage) continue;
    if (IsJfif(*segment)) {
      out += JfifWithoutThumbnail(*segment);
      continue;
    }
    if (orientation_due) out += OrientationSegment(orientation);
    orientation_due = false;
    if (Stays(*segment)) out += segment->whole;
  }
  out += "\xFF\xD9"sv;
  return out;
}

}  // namespace vitrine
