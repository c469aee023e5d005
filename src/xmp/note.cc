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

std::string CleanLevel(std::string_view raw) {
  std::string clean;
  for (const char32_t c : DecodeUtf8(raw)) AppendUtf8(clean, IsControl(c) ? U' ' : c);
  return std::string(Trimmed(CutUtf8(Trimmed(clean), kMaxLevelBytes)));
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

std::string TagKey(std::string_view path) { return FoldCase(path); }

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
  return std::string(Trimmed(CutUtf8(Trimmed(clean), kMaxCaptionBytes)));
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
  PutText(bytes, CutUtf8(note.caption, kMaxCaptionBytes));
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
