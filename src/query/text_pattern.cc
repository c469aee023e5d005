#include "query/text_pattern.h"

#include <algorithm>
#include <utility>

#include "base/utf8.h"
#include "model/fold.h"

namespace vitrine {

std::string FoldText(std::string_view text) {
  std::string folded;
  folded.reserve(text.size());
  if (std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; })) {
    for (const char c : text) folded += c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
    return folded;
  }
  std::u32string code_points;
  for (const char32_t c : DecodeUtf8(text)) AppendFolded(c, code_points);
  for (const char32_t c : code_points) AppendUtf8(folded, c);
  return folded;
}

TextPattern::TextPattern(std::string_view typed, Whole whole) : whole_(whole) {
  std::string folded = FoldText(typed);
  glob_ = folded.find('*') != std::string::npos;
  for (std::size_t at = 0; at <= folded.size();) {
    const std::size_t star = std::min(folded.find('*', at), folded.size());
    pieces_.push_back(folded.substr(at, star - at));
    at = star + 1;
  }
  longest_ = *std::ranges::max_element(pieces_, {}, &std::string::size);
}

bool TextPattern::Matches(std::string_view text) const {
  if (!glob_) {
    return whole_ == Whole::kYes ? text == pieces_.front()
                                 : text.find(pieces_.front()) != std::string_view::npos;
  }
  // The first and last piece are held by the ends; each one between is taken where it first fits, which
  // leaves the most room for the rest.
  if (!text.starts_with(pieces_.front())) return false;
  text.remove_prefix(pieces_.front().size());
  if (!text.ends_with(pieces_.back())) return false;
  text.remove_suffix(pieces_.back().size());
  for (std::size_t i = 1; i + 1 < pieces_.size(); ++i) {
    const std::size_t found = text.find(pieces_[i]);
    if (found == std::string_view::npos) return false;
    text.remove_prefix(found + pieces_[i].size());
  }
  return true;
}

PathPattern::PathPattern(const std::vector<std::string>& levels, bool from_top) : from_top_(from_top) {
  for (const std::string& level : levels) levels_.emplace_back(level, TextPattern::Whole::kYes);
}

bool PathPattern::Matches(const std::vector<std::string>& levels) const {
  for (std::size_t first = 0; first + levels_.size() <= levels.size(); ++first) {
    std::size_t same = 0;
    while (same < levels_.size() && levels_[same].Matches(levels[first + same])) ++same;
    if (same == levels_.size()) return true;
    if (from_top_) return false;
  }
  return false;
}

std::vector<std::string> PathLevels(std::string_view path, bool escapes) {
  std::vector<std::string> levels;
  std::string level;
  for (std::size_t i = 0; i <= path.size(); ++i) {
    if (i == path.size() || path[i] == '/') {
      if (!level.empty()) levels.push_back(std::exchange(level, {}));
    } else {
      if (escapes && path[i] == '\\' && i + 1 < path.size()) ++i;
      level += path[i];
    }
  }
  return levels;
}

}  // namespace vitrine
