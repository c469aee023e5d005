#include "model/text_pieces.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "base/utf8.h"
#include "model/text_forms.h"

namespace vitrine {
namespace {

struct Part {
  TextSpan span;
  bool is_match;
};

// Matches and what lies between them, in order.
std::vector<Part> AllParts(const std::vector<TextSpan>& matches, std::size_t size, bool invert) {
  std::vector<Part> parts;
  std::size_t done = 0;
  for (const TextSpan& span : matches) {
    if (span.begin > done) parts.push_back({{done, span.begin}, invert});
    parts.push_back({span, !invert});
    done = span.end;
  }
  if (size > done) parts.push_back({{done, size}, invert});
  return parts;
}

// The first of several matches in a row is merged, each other one stands alone: so has the reference it.
std::vector<TextSpan> MergeWithPrevious(const std::vector<Part>& parts) {
  std::vector<TextSpan> spans;
  bool after_match = false;
  for (const Part& part : parts) {
    if (part.is_match && !after_match && !spans.empty()) {
      spans.back().end = part.span.end;
    } else {
      spans.push_back(part.span);
    }
    after_match = part.is_match;
  }
  return spans;
}

std::vector<TextSpan> MergeWithNext(const std::vector<Part>& parts) {
  std::vector<TextSpan> spans;
  bool before_match = false;
  for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
    if (part->is_match && !before_match && !spans.empty()) {
      spans.back().begin = part->span.begin;
    } else {
      spans.push_back(part->span);
    }
    before_match = part->is_match;
  }
  std::ranges::reverse(spans);
  return spans;
}

std::vector<TextSpan> Apply(MatchUse use, const std::vector<Part>& parts) {
  if (use == MatchUse::kMergedWithPrevious) return MergeWithPrevious(parts);
  if (use == MatchUse::kMergedWithNext) return MergeWithNext(parts);
  std::vector<TextSpan> spans;
  for (const Part& part : parts) {
    if (use == MatchUse::kIsolated || !part.is_match) spans.push_back(part.span);
  }
  return spans;
}

void AppendSpans(const TextPiece& piece, const std::vector<TextSpan>& spans, std::vector<TextPiece>& pieces) {
  for (const TextSpan& span : spans) {
    pieces.push_back({piece.text.substr(span.begin, span.end - span.begin), piece.first && span.begin == 0});
  }
}

class ByPattern : public PieceCutter {
 public:
  ByPattern(std::unique_ptr<TextPattern> pattern, MatchUse use, bool invert)
      : pattern_(std::move(pattern)), use_(use), invert_(invert) {}

  void Cut(TextPiece piece, std::vector<TextPiece>& pieces) const override {
    const auto parts = AllParts(pattern_->Find(piece.text), piece.text.size(), invert_);
    AppendSpans(piece, Apply(use_, parts), pieces);
  }

 private:
  const std::unique_ptr<TextPattern> pattern_;
  const MatchUse use_;
  const bool invert_;
};

// GPT-2's alphabet: printable Latin-1 stands for itself, each other byte for a letter from U+0100 on.
std::array<std::string, 256> ByteAlphabet() {
  std::array<std::string, 256> alphabet;
  char32_t next = 0x100;
  for (char32_t byte = 0; byte < 256; ++byte) {
    const bool printable =
        (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte <= 0xAC) || (byte >= 0xAE && byte <= 0xFF);
    AppendUtf8(alphabet[byte], printable ? byte : next++);
  }
  return alphabet;
}

class ByteLevel : public PieceCutter {
 public:
  ByteLevel(std::unique_ptr<TextPattern> pattern, bool space_in_front)
      : pattern_(std::move(pattern)), space_in_front_(space_in_front) {}

  void Cut(TextPiece piece, std::vector<TextPiece>& pieces) const override {
    static const std::array<std::string, 256> alphabet = ByteAlphabet();
    if (space_in_front_ && !piece.text.starts_with(' ')) piece.text.insert(0, 1, ' ');
    const std::size_t before = pieces.size();
    if (pattern_ == nullptr) {
      pieces.push_back(std::move(piece));
    } else {
      AppendSpans(piece,
                  Apply(MatchUse::kIsolated, AllParts(pattern_->Find(piece.text), piece.text.size(), false)),
                  pieces);
    }
    for (std::size_t i = before; i < pieces.size(); ++i) {
      std::string letters;
      for (const char byte : pieces[i].text) letters += alphabet[static_cast<unsigned char>(byte)];
      pieces[i].text = std::move(letters);
    }
  }

 private:
  const std::unique_ptr<TextPattern> pattern_;
  const bool space_in_front_;
};

class Metaspace : public PieceCutter {
 public:
  Metaspace(const std::string& mark, MarkFront front, bool split)
      : mark_(mark), pattern_(LiteralPattern(mark)), front_(front), split_(split) {}

  void Cut(TextPiece piece, std::vector<TextPiece>& pieces) const override {
    std::string marked;
    for (const char c : piece.text) {
      if (c == ' ') {
        marked += mark_;
      } else {
        marked += c;
      }
    }
    const bool wanted = front_ == MarkFront::kAlways || (front_ == MarkFront::kFirst && piece.first);
    if (wanted && !marked.starts_with(mark_)) marked.insert(0, mark_);
    piece.text = std::move(marked);
    if (!split_) {
      pieces.push_back(std::move(piece));
      return;
    }
    const auto parts = AllParts(pattern_->Find(piece.text), piece.text.size(), false);
    AppendSpans(piece, Apply(MatchUse::kMergedWithNext, parts), pieces);
  }

 private:
  const std::string mark_;
  const std::unique_ptr<TextPattern> pattern_;
  const MarkFront front_;
  const bool split_;
};

}  // namespace

std::vector<TextPiece> CutAll(const PieceCutters& cutters, TextPiece piece) {
  std::vector<TextPiece> pieces;
  if (piece.text.empty()) return pieces;
  pieces.push_back(std::move(piece));
  for (const auto& cutter : cutters) {
    std::vector<TextPiece> smaller;
    for (TextPiece& one : pieces) cutter->Cut(std::move(one), smaller);
    pieces = std::move(smaller);
  }
  return pieces;
}

std::unique_ptr<PieceCutter> PatternCutter(std::unique_ptr<TextPattern> pattern, MatchUse use, bool invert) {
  return std::make_unique<ByPattern>(std::move(pattern), use, invert);
}

std::unique_ptr<PieceCutter> ByteLevelCutter(std::unique_ptr<TextPattern> pattern, bool space_in_front) {
  return std::make_unique<ByteLevel>(std::move(pattern), space_in_front);
}

std::unique_ptr<PieceCutter> MetaspaceCutter(const std::string& mark, MarkFront front, bool split) {
  return std::make_unique<Metaspace>(mark, front, split);
}

std::unique_ptr<PieceCutter> SpaceCutter() {
  return PatternCutter(KnownPattern("\\s+"), MatchUse::kRemoved, false);
}

}  // namespace vitrine
