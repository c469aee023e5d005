// EXIF is a TIFF file without pixels: a header that says the byte order and where the first directory lies;
// directories of 12-byte entries (tag, type, count, value or the offset of it); two of the entries point to
// further directories, for the exposure and for GPS.
//
// The bytes are hostile, so every read goes through Tiff, which answers 0 or nothing outside the bounds. Only
// the three known directories are visited, each once, at most kMaxEntries entries of it: a loop of offsets
// leads nowhere, and the cost is bounded whatever the file says.
#include "image/worker/exif.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace vitrine::worker {
namespace {

constexpr std::size_t kMaxEntries = 1000;
constexpr std::size_t kMaxTextBytes = 1000;

enum Tag : std::uint16_t {
  kNewSubfileType = 0x00fe,
  kImageDescription = 0x010e,
  kMake = 0x010f,
  kModel = 0x0110,
  kOrientation = 0x0112,
  kDateTime = 0x0132,
  kXmpPacket = 0x02bc,
  kRating = 0x4746,
  kExposureTime = 0x829a,
  kFNumber = 0x829d,
  kIptcRecords = 0x83bb,
  kExifDirectory = 0x8769,
  kIsoSpeed = 0x8827,
  kGpsDirectory = 0x8825,
  kDateTimeOriginal = 0x9003,
  kDateTimeDigitized = 0x9004,
  kFocalLength = 0x920a,
  kLensModel = 0xa434,
  kDngVersion = 0xc612,
  kGpsLatitudeRef = 1,
  kGpsLatitude = 2,
  kGpsLongitudeRef = 3,
  kGpsLongitude = 4,
};

// Bounds-checked reads in the file's byte order.
class Tiff {
 public:
  explicit Tiff(std::span<const std::byte> bytes) : bytes_(bytes) {
    big_endian_ = !bytes.empty() && bytes[0] == std::byte{'M'};
  }

  std::uint32_t Unsigned(std::size_t at, std::size_t width) const {
    if (at > bytes_.size() || width > bytes_.size() - at) return 0;
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < width; ++i) {
      const std::size_t from = big_endian_ ? at + i : at + width - 1 - i;
      value = value << 8 | std::to_integer<std::uint32_t>(bytes_[from]);
    }
    return value;
  }

  std::string_view Text(std::size_t at, std::size_t size) const {
    if (at > bytes_.size() || size > bytes_.size() - at) return {};
    const std::string_view text(reinterpret_cast<const char*>(bytes_.data()) + at, size);
    return text.substr(0, text.find('\0'));
  }

  std::span<const std::byte> Bytes(std::size_t at, std::size_t size) const {
    if (at > bytes_.size() || size > bytes_.size() - at) return {};
    return bytes_.subspan(at, size);
  }

 private:
  std::span<const std::byte> bytes_;
  bool big_endian_;
};

// One entry of a directory and where its values lie.
class Entry {
 public:
  Entry(const Tiff& tiff, std::size_t at)
      : tiff_(&tiff), tag_(static_cast<std::uint16_t>(tiff.Unsigned(at, 2))) {
    type_ = tiff.Unsigned(at + 2, 2);
    count_ = tiff.Unsigned(at + 4, 4);
    const bool inside = count_ <= 4 && count_ * TypeBytes() <= 4;
    values_at_ = inside ? at + 8 : tiff.Unsigned(at + 8, 4);
  }

  std::uint16_t tag() const { return tag_; }

  std::uint32_t Integer() const {
    const bool integral = type_ == 1 || type_ == 3 || type_ == 4 || type_ == 13;
    return integral && count_ >= 1 ? tiff_->Unsigned(values_at_, TypeBytes()) : 0;
  }

  std::optional<double> Rational(std::size_t index = 0) const {
    if ((type_ != 5 && type_ != 10) || index >= count_) return std::nullopt;
    const std::size_t at = values_at_ + index * 8;
    const std::uint32_t numerator = tiff_->Unsigned(at, 4);
    const std::uint32_t denominator = tiff_->Unsigned(at + 4, 4);
    if (denominator == 0) return std::nullopt;
    return static_cast<double>(numerator) / static_cast<double>(denominator);
  }

  std::string Text() const {
    if (type_ != 2) return {};
    return std::string(tiff_->Text(values_at_, std::min<std::size_t>(count_, kMaxTextBytes)));
  }

  // Raw bytes; some writers count IPTC in words of four.
  std::span<const std::byte> Bytes() const {
    return type_ < 14 ? tiff_->Bytes(values_at_, std::size_t{count_} * TypeBytes())
                      : std::span<const std::byte>();
  }

 private:
  std::size_t TypeBytes() const {
    constexpr std::size_t kBytes[] = {1, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4};
    return type_ < std::size(kBytes) ? kBytes[type_] : 1;
  }

  const Tiff* tiff_;
  std::uint16_t tag_;
  std::uint32_t type_;
  std::uint32_t count_;
  std::size_t values_at_;
};

template <typename Visit>
void ForEachEntry(const Tiff& tiff, std::size_t directory, Visit visit) {
  const std::size_t entries = std::min<std::size_t>(tiff.Unsigned(directory, 2), kMaxEntries);
  for (std::size_t i = 0; i < entries; ++i) visit(Entry(tiff, directory + 2 + i * 12));
}

// What the directories say, before it is made into Facts.
struct Notes {
  int orientation = 1;
  std::size_t exif_directory = 0;
  std::size_t gps_directory = 0;
  std::string maker, model, changed_at, digitized_at, original_at;
  std::string latitude_ref, longitude_ref;
  std::optional<double> latitude, longitude;
  std::optional<int> rating;
  std::string description;
  std::span<const std::byte> xmp, iptc;
};

std::optional<double> Positive(std::optional<double> value) {
  return value && *value > 0 ? value : std::nullopt;
}

void TakeFirstDirectory(const Entry& entry, Notes& notes) {
  switch (entry.tag()) {
    case kMake:
      notes.maker = entry.Text();
      break;
    case kImageDescription:
      notes.description = entry.Text();
      break;
    case kRating:
      if (entry.Integer() >= 1 && entry.Integer() <= 5) notes.rating = static_cast<int>(entry.Integer());
      break;
    case kXmpPacket:
      notes.xmp = entry.Bytes();
      break;
    case kIptcRecords:
      notes.iptc = entry.Bytes();
      break;
    case kModel:
      notes.model = entry.Text();
      break;
    case kDateTime:
      notes.changed_at = entry.Text();
      break;
    case kExifDirectory:
      notes.exif_directory = entry.Integer();
      break;
    case kGpsDirectory:
      notes.gps_directory = entry.Integer();
      break;
    case kOrientation:
      if (entry.Integer() >= 1 && entry.Integer() <= 8) notes.orientation = static_cast<int>(entry.Integer());
      break;
    default:
      break;
  }
}

void TakeExposure(const Entry& entry, Notes& notes, Facts& facts) {
  switch (entry.tag()) {
    case kDateTimeOriginal:
      notes.original_at = entry.Text();
      break;
    case kDateTimeDigitized:
      notes.digitized_at = entry.Text();
      break;
    case kExposureTime:
      facts.exposure_s = Positive(entry.Rational());
      break;
    case kFNumber:
      facts.f_number = Positive(entry.Rational());
      break;
    case kFocalLength:
      facts.focal_length_mm = Positive(entry.Rational());
      break;
    case kIsoSpeed:
      if (entry.Integer() > 0) facts.iso = entry.Integer();
      break;
    case kLensModel:
      if (std::string lens = entry.Text(); !lens.empty()) facts.lens = std::move(lens);
      break;
    default:
      break;
  }
}

// Degrees, minutes, seconds.
std::optional<double> Angle(const Entry& entry) {
  const std::optional<double> degrees = entry.Rational(0);
  if (!degrees) return std::nullopt;
  return *degrees + entry.Rational(1).value_or(0) / 60 + entry.Rational(2).value_or(0) / 3600;
}

void TakePlace(const Entry& entry, Notes& notes) {
  switch (entry.tag()) {
    case kGpsLatitudeRef:
      notes.latitude_ref = entry.Text();
      break;
    case kGpsLongitudeRef:
      notes.longitude_ref = entry.Text();
      break;
    case kGpsLatitude:
      notes.latitude = Angle(entry);
      break;
    case kGpsLongitude:
      notes.longitude = Angle(entry);
      break;
    default:
      break;
  }
}

// A place counts only when both coordinates are there with their directions, and it is not the zero some
// cameras write while they search for satellites.
void SetPlace(const Notes& notes, Facts& facts) {
  const bool complete = notes.latitude && notes.longitude && !notes.latitude_ref.empty() &&
                        !notes.longitude_ref.empty() && *notes.latitude <= 90 && *notes.longitude <= 180;
  if (!complete || (*notes.latitude == 0 && *notes.longitude == 0)) return;
  facts.latitude = notes.latitude_ref[0] == 'S' ? -*notes.latitude : *notes.latitude;
  facts.longitude = notes.longitude_ref[0] == 'W' ? -*notes.longitude : *notes.longitude;
}

// "2024:06:01 17:03:22" to "2024-06-01T17:03:22"; nothing for the blanks and zeros of a camera whose clock is
// unset.
std::optional<std::string> IsoTime(std::string_view exif) {
  if (exif.size() < 19 || exif.starts_with("0000")) return std::nullopt;
  std::string iso(exif.substr(0, 19));
  for (std::size_t i = 0; i < iso.size(); ++i) {
    const bool separator = i == 4 || i == 7 || i == 10 || i == 13 || i == 16;
    if (!separator && std::isdigit(static_cast<unsigned char>(iso[i])) == 0) return std::nullopt;
  }
  iso[4] = iso[7] = '-';
  iso[10] = 'T';
  iso[13] = iso[16] = ':';
  return iso;
}

std::string_view Trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

}  // namespace

std::string CameraName(std::string_view maker, std::string_view model) {
  maker = Trim(maker);
  model = Trim(model);
  if (maker.empty() || model.empty()) return std::string(maker.empty() ? model : maker);
  const std::string_view brand = maker.substr(0, maker.find(' '));
  const bool named = model.size() >= brand.size() && std::equal(brand.begin(), brand.end(), model.begin(),
                                                                [](unsigned char a, unsigned char b) {
                                                                  return std::tolower(a) == std::tolower(b);
                                                                });
  return named ? std::string(model) : std::string(maker) + " " + std::string(model);
}

Exif ReadExif(std::span<const std::byte> bytes) {
  constexpr std::string_view kPrefix("Exif\0\0", 6);
  const std::string_view head(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (head.starts_with(kPrefix)) bytes = bytes.subspan(kPrefix.size());
  Exif exif;
  if (bytes.size() < 8 || bytes[0] != bytes[1] ||
      (bytes[0] != std::byte{'I'} && bytes[0] != std::byte{'M'})) {
    return exif;
  }
  const Tiff tiff(bytes);
  Notes notes;
  Facts& facts = exif.facts;
  ForEachEntry(tiff, tiff.Unsigned(4, 4), [&](const Entry& e) { TakeFirstDirectory(e, notes); });
  if (notes.exif_directory != 0) {
    ForEachEntry(tiff, notes.exif_directory, [&](const Entry& e) { TakeExposure(e, notes, facts); });
  }
  if (notes.gps_directory != 0) {
    ForEachEntry(tiff, notes.gps_directory, [&](const Entry& e) { TakePlace(e, notes); });
  }
  exif.orientation = notes.orientation;
  for (const std::string& time : {notes.original_at, notes.digitized_at, notes.changed_at}) {
    if (!facts.taken_at) facts.taken_at = IsoTime(time);
  }
  if (std::string camera = CameraName(notes.maker, notes.model); !camera.empty())
    facts.camera = std::move(camera);
  SetPlace(notes, facts);
  exif.rating = notes.rating;
  exif.description = std::move(notes.description);
  exif.xmp = notes.xmp;
  exif.iptc = notes.iptc;
  return exif;
}

bool HoldsRawData(std::span<const std::byte> bytes) {
  if (bytes.size() < 16) return false;
  const Tiff tiff(bytes);
  if (tiff.Text(8, 2) == "CR") return true;
  bool dng = false;
  bool camera = false;
  bool reduced = false;
  ForEachEntry(tiff, tiff.Unsigned(4, 4), [&](const Entry& entry) {
    dng = dng || entry.tag() == kDngVersion;
    camera = camera || (entry.tag() == kMake && !entry.Text().empty());
    reduced = reduced || (entry.tag() == kNewSubfileType && (entry.Integer() & 1) != 0);
  });
  return dng || (camera && reduced);
}

}  // namespace vitrine::worker
