// How a text is cut into pieces that the model sees one at a time: the "pre_tokenizer" of a tokenizer.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "model/text_pattern.h"

namespace vitrine {

/// Well-formed UTF-8, never empty.
struct TextPiece {
  std::string text;
  bool first = false;  ///< Nothing of the text stands before it.
};

/// Cuts each piece into smaller ones. Immutable, so thread-safe.
class PieceCutter {
 public:
  virtual ~PieceCutter() = default;
  PieceCutter() = default;
  PieceCutter(const PieceCutter&) = delete;
  PieceCutter& operator=(const PieceCutter&) = delete;

  virtual void Cut(TextPiece piece, std::vector<TextPiece>& pieces) const = 0;
};

using PieceCutters = std::vector<std::unique_ptr<PieceCutter>>;

std::vector<TextPiece> CutAll(const PieceCutters& cutters, TextPiece piece);

/// What becomes of the matches of a pattern.
enum class MatchUse : std::uint8_t { kRemoved, kIsolated, kMergedWithPrevious, kMergedWithNext };

/// @param invert  the matches are what lies between the pattern's.
std::unique_ptr<PieceCutter> PatternCutter(std::unique_ptr<TextPattern> pattern, MatchUse use, bool invert);

/// Bytes become printable characters, one each (GPT-2); `pattern` may be null.
std::unique_ptr<PieceCutter> ByteLevelCutter(std::unique_ptr<TextPattern> pattern, bool space_in_front);

enum class MarkFront : std::uint8_t { kAlways, kFirst, kNever };

/// Spaces become `mark`, which stands in front of a word; with `split` each word is a piece.
std::unique_ptr<PieceCutter> MetaspaceCutter(const std::string& mark, MarkFront front, bool split);

/// Words between white space.
std::unique_ptr<PieceCutter> SpaceCutter();

}  // namespace vitrine
