#include "model/fold.h"

#include <algorithm>

#include "model/unicode_tables.h"

namespace vitrine {
namespace {

template <typename Fold>
const Fold* Find(std::span<const Fold> folds, char32_t c) {
  const auto found = std::lower_bound(folds.begin(), folds.end(), c,
                                      [](const Fold& fold, char32_t value) { return fold.from < value; });
  return found != folds.end() && found->from == c ? &*found : nullptr;
}

// Unicode 15.0, section 3.12: a Hangul syllable is a leading consonant, a vowel and perhaps a trailing
// consonant.
bool AppendHangul(char32_t c, std::u32string& text) {
  constexpr char32_t kSyllables = 0xAC00, kLeading = 0x1100, kVowels = 0x1161, kTrailing = 0x11A7;
  constexpr char32_t kVowelCount = 21, kTrailingCount = 28, kLast = 0xD7A3;
  if (c < kSyllables || c > kLast) return false;
  const char32_t index = c - kSyllables;
  text += static_cast<char32_t>(kLeading + index / (kVowelCount * kTrailingCount));
  text += static_cast<char32_t>(kVowels + index / kTrailingCount % kVowelCount);
  if (index % kTrailingCount != 0) text += static_cast<char32_t>(kTrailing + index % kTrailingCount);
  return true;
}

}  // namespace

void AppendFolded(char32_t c, std::u32string& text) {
  if (c < 0x80) {
    text += c >= U'A' && c <= U'Z' ? static_cast<char32_t>(c + 0x20) : c;
    return;
  }
  const UnicodeTables& tables = BertUnicodeTables();
  if (AppendHangul(c, text) || Contains(tables.accents, c)) return;
  if (const CodePointFold* fold = Find(tables.folds, c)) {
    text += fold->to;
  } else if (const CodePointLongFold* long_fold = Find(tables.long_folds, c)) {
    for (const char32_t to : long_fold->to) {
      if (to != 0) text += to;
    }
  } else {
    text += c;
  }
}

}  // namespace vitrine
