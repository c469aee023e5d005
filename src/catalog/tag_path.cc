#include "base/utf8.h"
#include "catalog/annotations.h"

namespace vitrine {
namespace {

constexpr std::size_t kMaxLevels = 16;
constexpr std::size_t kMaxLevelBytes = 255;

Error NoTag(const std::string& path, std::string_view why) {
  return {Code::kInvalidArgument, "the tag " + Quoted(CutUtf8(path, 200)) + " " + std::string(why)};
}

bool HasControls(std::string_view text) {
  for (const char32_t c : DecodeUtf8(text)) {
    if (c < 0x20 || (c >= 0x7F && c < 0xA0)) return true;
  }
  return false;
}

}  // namespace

Result<std::vector<std::string>> TagPath::Levels(const std::string& path) {
  std::vector<std::string> levels(1);
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (path[i] == '/') {
      if (levels.size() == kMaxLevels) return NoTag(path, "has more than 16 levels");
      levels.emplace_back();
      continue;
    }
    if (path[i] == '\\') ++i;
    if (i == path.size()) return NoTag(path, "ends with a single '\\'; write '\\\\'");
    if (levels.back().size() == kMaxLevelBytes) return NoTag(path, "has a level of more than 255 bytes");
    levels.back() += path[i];
  }
  for (const std::string& level : levels) {
    if (level.find_first_not_of(' ') == std::string::npos) return NoTag(path, "has an empty level");
    if (!IsUtf8(level)) return NoTag(path, "is no valid UTF-8");
    if (HasControls(level)) return NoTag(path, "holds a control character, such as a line break");
  }
  return levels;
}

std::string TagPath::Join(std::span<const std::string> levels) {
  std::string path;
  for (const std::string& level : levels) {
    if (&level != levels.data()) path += '/';
    for (const char letter : level) {
      if (letter == '/' || letter == '\\') path += '\\';
      path += letter;
    }
  }
  return path;
}

std::string TagPath::Folded(const std::string& path) { return FoldCase(path); }

}  // namespace vitrine
