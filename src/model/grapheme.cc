#include "model/grapheme.h"

#include <cstdint>

#include "model/grapheme_tables.h"
#include "model/text_forms.h"

namespace vitrine {
namespace {

enum class Kind : std::uint8_t {
  kOther,
  kReturn,
  kLineFeed,
  kControl,
  kExtender,
  kJoiner,
  kLinker,
  kSpacingMark,
  kPrepended,
  kPicture,
  kConsonant,
  kIndicator,  // A half of a flag.
  kLeading,    // Hangul, down to kLvt.
  kVowel,
  kTrailing,
  kLv,
  kLvt,
};

Kind HangulKind(char32_t c) {
  if ((c >= 0x1100 && c <= 0x115F) || (c >= 0xA960 && c <= 0xA97C)) return Kind::kLeading;
  if ((c >= 0x1160 && c <= 0x11A7) || (c >= 0xD7B0 && c <= 0xD7C6)) return Kind::kVowel;
  if ((c >= 0x11A8 && c <= 0x11FF) || (c >= 0xD7CB && c <= 0xD7FB)) return Kind::kTrailing;
  if (c >= 0xAC00 && c <= 0xD7A3) return (c - 0xAC00) % 28 == 0 ? Kind::kLv : Kind::kLvt;
  return Kind::kOther;
}

Kind KindOf(char32_t c) {
  if (c == U'\r') return Kind::kReturn;
  if (c == U'\n') return Kind::kLineFeed;
  if (c >= 0x20 && c < 0x7F) return Kind::kOther;
  if (c == 0x200D) return Kind::kJoiner;
  if (c >= 0x1F1E6 && c <= 0x1F1FF) return Kind::kIndicator;
  if (const Kind hangul = HangulKind(c); hangul != Kind::kOther) return hangul;
  const GraphemeTables& tables = ReferenceGraphemeTables();
  if (Contains(tables.controls, c)) return Kind::kControl;
  if (Contains(tables.extenders, c)) return Contains(tables.linkers, c) ? Kind::kLinker : Kind::kExtender;
  if (Contains(tables.spacing_marks, c)) return Kind::kSpacingMark;
  if (Contains(tables.prepended, c)) return Kind::kPrepended;
  if (Contains(tables.pictures, c)) return Kind::kPicture;
  return Contains(tables.consonants, c) ? Kind::kConsonant : Kind::kOther;
}

bool IsControl(Kind kind) {
  return kind == Kind::kControl || kind == Kind::kReturn || kind == Kind::kLineFeed;
}

bool IsExtender(Kind kind) {
  return kind == Kind::kExtender || kind == Kind::kJoiner || kind == Kind::kLinker;
}

bool HangulGoesOn(Kind before, Kind next) {
  const bool vowel_or_trailing = next == Kind::kVowel || next == Kind::kTrailing;
  switch (before) {
    case Kind::kLeading:
      return next == Kind::kLeading || next == Kind::kVowel || next == Kind::kLv || next == Kind::kLvt;
    case Kind::kLv:
    case Kind::kVowel:
      return vowel_or_trailing;
    case Kind::kLvt:
    case Kind::kTrailing:
      return next == Kind::kTrailing;
    default:
      return false;
  }
}

// What of a grapheme so far decides whether it goes on.
class State {
 public:
  explicit State(Kind first) { Take(first); }

  bool GoesOnWith(Kind next) const {
    if (last_ == Kind::kReturn && next == Kind::kLineFeed) return true;
    if (IsControl(last_) || IsControl(next)) return false;
    if (IsExtender(next) || next == Kind::kSpacingMark || last_ == Kind::kPrepended) return true;
    if (next == Kind::kConsonant && linked_) return true;
    if (next == Kind::kPicture && last_ == Kind::kJoiner && picture_) return true;
    if (next == Kind::kIndicator && last_ == Kind::kIndicator) return half_flag_;
    return HangulGoesOn(last_, next);
  }

  void Take(Kind kind) {
    const bool extends = IsExtender(kind);
    picture_ = kind == Kind::kPicture || (picture_ && extends);
    linked_ = extends && consonant_ && (linked_ || kind == Kind::kLinker);
    consonant_ = kind == Kind::kConsonant || (consonant_ && extends);
    half_flag_ = kind == Kind::kIndicator && !(half_flag_ && last_ == Kind::kIndicator);
    last_ = kind;
  }

 private:
  Kind last_ = Kind::kOther;
  bool picture_ = false;    // A picture, then extenders alone.
  bool consonant_ = false;  // A consonant, then extenders alone,
  bool linked_ = false;     // a linker among them.
  bool half_flag_ = false;  // An odd number of indicators.
};

}  // namespace

std::string_view GraphemeReader::Next() {
  if (rest_.empty()) return rest_;
  const std::string_view begin = rest_;
  State state(KindOf(TakeCodePoint(rest_)));
  while (!rest_.empty()) {
    std::string_view after = rest_;
    const Kind next = KindOf(TakeCodePoint(after));
    if (!state.GoesOnWith(next)) break;
    state.Take(next);
    rest_ = after;
  }
  return begin.substr(0, begin.size() - rest_.size());
}

}  // namespace vitrine
