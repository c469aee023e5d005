#include "boards/export/file_metadata.h"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "base/utf8.h"
#include "boards/export/jpeg_segments.h"

namespace vitrine {
namespace {

using namespace std::string_view_literals;

constexpr std::uint32_t kOrientation = 0x0112, kArtist = 0x013B, kCopyright = 0x8298, kExifFolder = 0x8769,
                        kGpsFolder = 0x8825;
constexpr std::uint32_t kMakerNote = 0x927C, kOwner = 0xA430, kBodySerial = 0xA431, kLensSerial = 0xA435,
                        kCameraSerial = 0xC62F;
constexpr std::uint32_t kLatitude = 2, kLongitude = 4;
constexpr std::size_t kMostText = 1000;
constexpr std::size_t kXmpSearched = 4 << 20;

struct Entry {
  std::uint32_t tag = 0, type = 0, count = 0;
  std::uint32_t value = 0;   // As a 32-bit number: an offset, or the value itself.
  std::size_t value_at = 0;  // Where those four bytes stand.
};

class Tiff {
 public:
  static std::optional<Tiff> Open(std::string_view bytes) {
    if (bytes.size() < 8) return std::nullopt;
    const bool little =
        bytes.starts_with("II\x2A\0"sv) || bytes.starts_with("IIU\0"sv) || bytes.starts_with("IIRO"sv);
    if (!little && !bytes.starts_with("MM\0\x2A"sv)) return std::nullopt;
    return Tiff(bytes, little);
  }

  // The entries of the directory at `offset`; those inside the file where it is cut.
  template <typename Visit>
  void ForEach(std::uint32_t offset, Visit visit) const {
    const std::uint32_t count = Number(offset, 2).value_or(0);
    for (std::uint32_t i = 0; i < count; ++i) {
      const std::size_t at = std::size_t{offset} + 2 + std::size_t{i} * 12;
      if (at + 12 > bytes_.size()) return;
      visit(Entry{.tag = *Number(at, 2),
                  .type = *Number(at + 2, 2),
                  .count = *Number(at + 4, 4),
                  .value = *Number(at + 8, 4),
                  .value_at = at + 8});
    }
  }

  std::uint32_t First() const { return *Number(4, 4); }
  std::uint32_t Short(const Entry& entry) const { return *Number(entry.value_at, 2); }

  std::string Text(const Entry& entry) const {
    if (entry.type != 2 || entry.count == 0) return {};
    const std::size_t at = entry.count <= 4 ? entry.value_at : entry.value;
    if (at >= bytes_.size()) return {};
    std::string_view text = bytes_.substr(at, std::min<std::size_t>(entry.count, kMostText));
    text = text.substr(0, text.find('\0'));
    while (text.ends_with(' ')) text.remove_suffix(1);
    return ToValidUtf8(text);
  }

 private:
  Tiff(std::string_view bytes, bool little) : bytes_(bytes), little_(little) {}

  std::optional<std::uint32_t> Number(std::size_t at, std::size_t size) const {
    if (at > bytes_.size() || size > bytes_.size() - at) return std::nullopt;
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < size; ++i) {
      const auto byte = static_cast<std::uint8_t>(bytes_[at + (little_ ? size - 1 - i : i)]);
      value = value << 8 | byte;
    }
    return value;
  }

  std::string_view bytes_;
  bool little_;
};

void Add(FileMetadata& to, const FileMetadata& from) {
  to.place |= from.place;
  to.serial |= from.serial;
  if (from.orientation != 1) to.orientation = from.orientation;
  if (to.artist.empty()) to.artist = from.artist;
  if (to.copyright.empty()) to.copyright = from.copyright;
}

// XMP is found by the names of its properties, whatever it is wrapped in.
void AddXmp(FileMetadata& to, std::string_view bytes) {
  const auto has = [bytes](std::string_view name) { return bytes.find(name) != std::string_view::npos; };
  to.place |= has("exif:GPSLatitude") || has("exif:GPSLongitude");
  to.serial |= has("SerialNumber") || has("aux:OwnerName") || has("exifEX:CameraOwnerName");
}

FileMetadata OfPng(std::string_view file) {
  FileMetadata all;
  std::size_t at = 8;
  while (at + 12 <= file.size()) {
    std::uint32_t length = 0;
    for (std::size_t i = 0; i < 4; ++i) length = length << 8 | static_cast<std::uint8_t>(file[at + i]);
    if (length > file.size() - at - 12) break;
    const std::string_view type = file.substr(at + 4, 4), data = file.substr(at + 8, length);
    if (type == "eXIf") Add(all, ReadTiffMetadata(data));
    if (type == "iTXt" || type == "tEXt") AddXmp(all, data);
    at += std::size_t{length} + 12;
  }
  return all;
}

FileMetadata OfWebp(std::string_view file) {
  FileMetadata all;
  std::size_t at = 12;
  while (at + 8 <= file.size()) {
    std::uint32_t length = 0;
    for (std::size_t i = 4; i-- > 0;) length = length << 8 | static_cast<std::uint8_t>(file[at + 4 + i]);
    if (length > file.size() - at - 8) break;
    std::string_view data = file.substr(at + 8, length);
    if (file.substr(at, 4) == "EXIF") {
      if (data.starts_with("Exif\0\0"sv)) data.remove_prefix(6);
      Add(all, ReadTiffMetadata(data));
    }
    if (file.substr(at, 4) == "XMP ") AddXmp(all, data);
    at += std::size_t{length} + 8 + (length & 1);
  }
  return all;
}

FileMetadata OfJpeg(std::string_view file) {
  FileMetadata all;
  if (const Result<JpegInfo> info = ReadJpegInfo(file); info && !info->exif.empty()) {
    all = ReadTiffMetadata(info->exif);
  }
  AddXmp(all, file.substr(0, kXmpSearched));
  return all;
}

}  // namespace

FileMetadata ReadTiffMetadata(std::string_view bytes) {
  FileMetadata facts;
  const std::optional<Tiff> tiff = Tiff::Open(bytes);
  if (!tiff) return facts;
  const auto visit_gps = [&facts](const Entry& entry) {
    facts.place |= entry.tag == kLatitude || entry.tag == kLongitude;
  };
  const auto visit_exif = [&facts](const Entry& entry) {
    facts.serial |= entry.tag == kMakerNote || entry.tag == kOwner || entry.tag == kBodySerial ||
                    entry.tag == kLensSerial;
  };
  tiff->ForEach(tiff->First(), [&](const Entry& entry) {
    if (entry.tag == kOrientation && entry.type == 3) {
      const std::uint32_t value = tiff->Short(entry);
      if (value >= 1 && value <= 8) facts.orientation = static_cast<int>(value);
    }
    if (entry.tag == kArtist) facts.artist = tiff->Text(entry);
    if (entry.tag == kCopyright) facts.copyright = tiff->Text(entry);
    if (entry.tag == kCameraSerial) facts.serial = true;
    if (entry.tag == kExifFolder) tiff->ForEach(entry.value, visit_exif);
    if (entry.tag == kGpsFolder) tiff->ForEach(entry.value, visit_gps);
  });
  return facts;
}

FileMetadata ReadFileMetadata(std::string_view file) {
  if (file.starts_with("\xFF\xD8"sv)) return OfJpeg(file);
  if (file.starts_with("\x89PNG\r\n\x1A\n"sv)) return OfPng(file);
  if (file.starts_with("RIFF"sv) && file.size() > 12 && file.substr(8, 4) == "WEBP") return OfWebp(file);
  FileMetadata all = ReadTiffMetadata(file);
  AddXmp(all, file.substr(0, kXmpSearched));
  return all;
}

}  // namespace vitrine
