// How names, folders, cameras and tags are compared with what was typed: without case and accents, and with
// '*' for any run of characters.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace vitrine {

/// Lower case without accents, UTF-8; bytes that are none become U+FFFD.
std::string FoldText(std::string_view text);

/// What a text must look like. All texts are folded ones.
class TextPattern {
 public:
  enum class Whole : bool { kNo, kYes };

  /// With a '*' the whole text must fit; without one it must hold `typed`, or with Whole::kYes equal it.
  TextPattern(std::string_view typed, Whole whole);

  bool Matches(std::string_view text) const;
  /// The longest piece of the pattern: every text that matches holds it.
  const std::string& longest_piece() const { return longest_; }

 private:
  bool glob_ = false;
  Whole whole_;
  std::vector<std::string> pieces_;  // Between the stars.
  std::string longest_;
};

/// A path of a folder or tag: its levels, each a pattern for a whole level.
class PathPattern {
 public:
  /// @param levels  unfolded.  @param from_top  the first level must be the path's first.
  PathPattern(const std::vector<std::string>& levels, bool from_top);

  /// The levels stand, one behind the other, somewhere in `levels` (folded).
  bool Matches(const std::vector<std::string>& levels) const;

 private:
  std::vector<TextPattern> levels_;
  bool from_top_;
};

/// Pieces between '/', empty ones left out; with `escapes` a backslash keeps the next character from being
/// one.
std::vector<std::string> PathLevels(std::string_view path, bool escapes);

}  // namespace vitrine
