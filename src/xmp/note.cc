#include "xmp/note.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <unordered_set>

#include "base/utf8.h"

namespace vitrine {
namespace {

constexpr std::uint8_t kPackedVersion = 1;
constexpr std::int8_t kNoRating = -128;

bool IsControl(char32_t c) { return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0xFFFE || c == 0xFFFF; }

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

std::string_view Trimmed(std::string_view text) {
  while (!text.empty() && IsBlank(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsBlank(text.back())) text.remove_suffix(1);
  return text;
}

// Cuts at a whole code point.
std::string_view Cut(std::string_view utf8, std::size_t max_bytes) {
  if (utf8.size() <= max_bytes) return utf8;
  std::size_t end = max_bytes;
  while (end > 0 && (static_cast<std::uint8_t>(utf8[end]) & 0xC0) == 0x80) --end;
  return utf8.substr(0, end);
}

std::string CleanLevel(std::string_view raw) {
  std::string clean;
  for (const char32_t c : DecodeUtf8(raw)) AppendUtf8(clean, IsControl(c) ? U' ' : c);
  return std::string(Trimmed(Cut(Trimmed(clean), kMaxLevelBytes)));
}

// Lower case in the scripts that have it and that people tag in: Latin, Greek, Cyrillic.
char32_t LowerOf(char32_t c) {
  const auto between = [c](char32_t low, char32_t high) { return c >= low && c <= high; };
  if (between(U'A', U'Z') || (between(0xC0, 0xDE) && c != 0xD7)) return c + 32;
  const bool even_pair = (between(0x100, 0x137) && c != 0x130) || between(0x14A, 0x177);
  if (even_pair) return c % 2 == 0 ? c + 1 : c;
  if (between(0x139, 0x148) || between(0x179, 0x17E)) return c % 2 == 1 ? c + 1 : c;
  if (c == 0x178) return 0xFF;
  if (between(0x391, 0x3A9) || between(0x410, 0x42F)) return c + 32;
  return between(0x400, 0x40F) ? c + 80 : c;
}

void PutNumber(std::string& bytes, std::uint32_t number) {
  for (int shift = 0; shift < 32; shift += 8) bytes += static_cast<char>(number >> shift & 0xFF);
}

void PutText(std::string& bytes, std::string_view text) {
  PutNumber(bytes, static_cast<std::uint32_t>(text.size()));
  bytes += text;
}

// Reads what PutNumber and PutText wrote, out of bytes that may end anywhere.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  std::uint8_t Byte() {
    const std::string_view one = Take(1);
    return one.empty() ? 0 : static_cast<std::uint8_t>(one[0]);
  }
  std::uint32_t Number() {
    const std::string_view four = Take(4);
    std::uint32_t number = 0;
    for (std::size_t i = four.size(); i-- > 0;) number = number << 8 | static_cast<std::uint8_t>(four[i]);
    return number;
  }
  std::string_view Text() { return Take(Number()); }

  bool whole() const { return !broken_ && bytes_.empty(); }
  bool broken() const { return broken_; }

 private:
  std::string_view Take(std::size_t size) {
    if (size > bytes_.size()) broken_ = true;
    if (broken_) return {};
    const std::string_view taken = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return taken;
  }

  std::string_view bytes_;
  bool broken_ = false;
};

}  // namespace

std::string PathOfLevels(std::span<const std::string> levels) {
  std::string path;
  std::size_t count = 0;
  for (const std::string& raw : levels) {
    const std::string level = CleanLevel(raw);
    if (level.empty()) continue;
    if (++count > kMaxTagLevels) break;
    if (!path.empty()) path += '/';
    for (const char c : level) {
      if (c == '/' || c == '\\') path += '\\';
      path += c;
    }
  }
  return path;
}

std::vector<std::string> LevelsOfPath(std::string_view path) {
  std::vector<std::string> levels(1);
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (path[i] == '/') {
      levels.emplace_back();
    } else {
      if (path[i] == '\\' && i + 1 < path.size()) ++i;
      levels.back() += path[i];
    }
  }
  std::erase_if(levels, [](const std::string& level) { return level.empty(); });
  return levels;
}

std::string TagKey(std::string_view path) {
  std::string key;
  for (const char32_t c : DecodeUtf8(path)) AppendUtf8(key, LowerOf(c));
  return key;
}

std::string CleanCaption(std::string_view text) {
  std::string clean;
  const std::vector<char32_t> points = DecodeUtf8(text);
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (points[i] == U'\r') {
      clean += '\n';
      if (i + 1 < points.size() && points[i + 1] == U'\n') ++i;
    } else {
      const bool keeps = points[i] == U'\n' || points[i] == U'\t' || !IsControl(points[i]);
      AppendUtf8(clean, keeps ? points[i] : U' ');
    }
  }
  return std::string(Trimmed(Cut(Trimmed(clean), kMaxCaptionBytes)));
}

std::optional<int> RatingOf(std::string_view text) {
  const std::string number(Trimmed(text).substr(0, 32));
  if (number.empty()) return std::nullopt;
  char* end = nullptr;
  const double value = std::strtod(number.c_str(), &end);
  if (*end != '\0' || !(value >= -1 && value <= 5)) return std::nullopt;
  return static_cast<int>(std::lround(value));
}

EmbeddedNote CleanNote(const EmbeddedNote& note) {
  EmbeddedNote clean;
  std::unordered_set<std::string> keys;
  for (const std::string& tag : note.tags) {
    std::string path = PathOfLevels(LevelsOfPath(tag));
    if (!path.empty() && keys.insert(TagKey(path)).second) clean.tags.push_back(std::move(path));
  }
  if (note.rating && *note.rating >= -1 && *note.rating <= 5) clean.rating = note.rating;
  clean.caption = CleanCaption(note.caption);
  return clean;
}

std::string PackNote(const EmbeddedNote& note) {
  std::string bytes(1, static_cast<char>(kPackedVersion));
  bytes += static_cast<char>(note.rating ? *note.rating : kNoRating);
  PutText(bytes, Cut(note.caption, kMaxCaptionBytes));
  for (const std::string& tag : note.tags) {
    if (bytes.size() + 4 + tag.size() <= kMaxPackedNoteBytes) PutText(bytes, tag);
  }
  return bytes;
}

Result<EmbeddedNote> UnpackNote(std::string_view bytes) {
  if (bytes.size() > kMaxPackedNoteBytes) return Error(Code::kCorrupt, "a note that is too long");
  Reader reader(bytes);
  EmbeddedNote note;
  if (reader.Byte() != kPackedVersion) return Error(Code::kCorrupt, "a note of another version");
  const auto rating = static_cast<std::int8_t>(reader.Byte());
  if (rating != kNoRating) note.rating = rating;
  note.caption = reader.Text();
  while (!reader.broken() && !reader.whole()) note.tags.emplace_back(reader.Text());
  if (!reader.whole()) return Error(Code::kCorrupt, "a note that is cut off");
  return CleanNote(note);
}

}  // namespace vitrine
