#include "model/text_forms.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "base/utf8.h"
#include "model/text_tables.h"

namespace vitrine {
namespace {

// Unicode 15.0, section 3.12: syllables are leading consonants by vowels by trailing consonants.
constexpr char32_t kSyllables = 0xAC00, kLeading = 0x1100, kVowels = 0x1161, kTrailing = 0x11A7;
constexpr char32_t kLeadingCount = 19, kVowelCount = 21, kTrailingCount = 28;
constexpr char32_t kSyllableCount = kLeadingCount * kVowelCount * kTrailingCount;

// Nothing below it is moved, composed, or taken part in a composition as a second part.
constexpr char32_t kFirstMark = 0x300;

template <typename Entry>
const Entry* Find(std::span<const Entry> entries, char32_t Entry::* key, char32_t c) {
  const auto found =
      std::lower_bound(entries.begin(), entries.end(), c,
                       [key](const Entry& entry, char32_t value) { return entry.*key < value; });
  return found != entries.end() && (*found).*key == c ? &*found : nullptr;
}

// The entry of a list of ranges that holds `c`.
template <typename Range>
const Range* FindRange(std::span<const Range> ranges, char32_t c) {
  const auto after = std::upper_bound(ranges.begin(), ranges.end(), c,
                                      [](char32_t value, const Range& range) { return value < range.first; });
  return after != ranges.begin() && c <= std::prev(after)->last ? &*std::prev(after) : nullptr;
}

std::uint32_t ClassOf(char32_t c) {
  if (c < kFirstMark) return 0;
  const CombiningClass* found = FindRange(ReferenceTextTables().classes, c);
  return found != nullptr ? found->value : 0;
}

void AppendDecomposed(char32_t c, std::u32string& text) {
  if (c < 0x80) {
    text += c;
    return;
  }
  const TextTables& tables = ReferenceTextTables();
  if (c >= kSyllables && c < kSyllables + kSyllableCount) {
    const char32_t index = c - kSyllables;
    text += static_cast<char32_t>(kLeading + index / (kVowelCount * kTrailingCount));
    text += static_cast<char32_t>(kVowels + index / kTrailingCount % kVowelCount);
    if (index % kTrailingCount != 0) text += static_cast<char32_t>(kTrailing + index % kTrailingCount);
    return;
  }
  const CanonicalPair* pair = Find(tables.composed, &CanonicalPair::whole, c);
  if (pair == nullptr) pair = Find(tables.taken_apart, &CanonicalPair::whole, c);
  if (pair != nullptr) {
    AppendDecomposed(pair->first, text);
    AppendDecomposed(pair->second, text);
  } else if (const CodePointFold* other = Find(tables.replaced, &CodePointFold::from, c)) {
    text += other->to;
  } else {
    text += c;
  }
}

// Every run of marks by class, those of one class in the order that they had.
void SortMarks(std::u32string& text) {
  for (std::size_t begin = 0; begin < text.size();) {
    if (ClassOf(text[begin]) == 0) {
      ++begin;
      continue;
    }
    std::size_t end = begin + 1;
    while (end < text.size() && ClassOf(text[end]) != 0) ++end;
    const auto at = [&](std::size_t i) { return text.begin() + static_cast<std::ptrdiff_t>(i); };
    std::stable_sort(at(begin), at(end), [](char32_t a, char32_t b) { return ClassOf(a) < ClassOf(b); });
    begin = end;
  }
}

std::u32string Decompose(std::string_view text) {
  std::u32string parts;
  parts.reserve(text.size());
  while (!text.empty()) AppendDecomposed(TakeCodePoint(text), parts);
  SortMarks(parts);
  return parts;
}

// What two code points make together, or 0.
char32_t Compose(char32_t first, char32_t second) {
  if (second < kFirstMark) return 0;
  if (first - kLeading < kLeadingCount && second - kVowels < kVowelCount) {
    return kSyllables + ((first - kLeading) * kVowelCount + second - kVowels) * kTrailingCount;
  }
  if (first - kSyllables < kSyllableCount && (first - kSyllables) % kTrailingCount == 0 &&
      second - kTrailing - 1 < kTrailingCount - 1) {
    return first + second - kTrailing;
  }
  static const std::vector<CanonicalPair> by_parts = [] {
    const std::span<const CanonicalPair> pairs = ReferenceTextTables().composed;
    std::vector<CanonicalPair> sorted(pairs.begin(), pairs.end());
    std::ranges::sort(sorted, {}, [](const CanonicalPair& p) { return std::pair(p.first, p.second); });
    return sorted;
  }();
  const auto found =
      std::ranges::lower_bound(by_parts, std::pair(first, second), {},
                               [](const CanonicalPair& p) { return std::pair(p.first, p.second); });
  return found != by_parts.end() && found->first == first && found->second == second ? found->whole : 0;
}

// A mark joins the last starter unless a mark of its own class or a higher one, or another starter, stands
// between.
void ComposeAll(std::u32string& text) {
  constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  std::size_t starter = kNone;
  std::size_t size = 0;
  std::uint32_t last_class = 0;  // Of what stands between the starter and here; 0: nothing does.
  for (const char32_t c : text) {
    const std::uint32_t mark_class = ClassOf(c);
    const bool adjacent = starter != kNone && size == starter + 1;
    if (starter != kNone && (adjacent || (last_class != 0 && last_class < mark_class))) {
      if (const char32_t whole = Compose(text[starter], c); whole != 0) {
        text[starter] = whole;
        continue;
      }
    }
    if (mark_class == 0) starter = size;
    last_class = mark_class;
    text[size++] = c;
  }
  text.resize(size);
}

std::string Encode(std::u32string_view text) {
  std::string bytes;
  bytes.reserve(text.size() * 2);
  for (const char32_t c : text) AppendUtf8(bytes, c);
  return bytes;
}

bool IsAscii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

}  // namespace

char32_t TakeCodePoint(std::string_view& text) {
  const auto byte = [&](std::size_t i) { return static_cast<char32_t>(static_cast<unsigned char>(text[i])); };
  const char32_t first = byte(0);
  if (first < 0x80) {
    text.remove_prefix(1);
    return first;
  }
  const std::size_t length = std::min<std::size_t>(first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4, text.size());
  char32_t c = first & (length == 2 ? 0x1Fu : length == 3 ? 0x0Fu : 0x07u);
  for (std::size_t i = 1; i < length; ++i) c = c << 6 | (byte(i) & 0x3Fu);
  text.remove_prefix(length);
  return c;
}

bool IsLetter(char32_t c) {
  if (c < 0x80) return (c | 0x20) >= U'a' && (c | 0x20) <= U'z';
  return Contains(ReferenceTextTables().letters, c);
}

bool IsNumber(char32_t c) {
  if (c < 0x80) return c >= U'0' && c <= U'9';
  return Contains(ReferenceTextTables().numbers, c);
}

bool IsSpace(char32_t c) {
  if (c < 0x80) return c == U' ' || (c >= U'\t' && c <= U'\r');
  return Contains(ReferenceTextTables().spaces, c);
}

std::string LowerCase(std::string_view text) {
  std::string lower;
  lower.reserve(text.size());
  while (!text.empty()) {
    const char32_t c = TakeCodePoint(text);
    if (c < 0x80) {
      lower += static_cast<char>(c >= U'A' && c <= U'Z' ? c + 0x20 : c);
    } else if (c == 0x130) {
      lower += "i\u0307";
    } else {
      const LoweredRun* run = FindRange(ReferenceTextTables().lowered, c);
      const bool moved = run != nullptr && (c - run->first) % run->step == 0;
      AppendUtf8(lower, moved ? c + run->distance : c);
    }
  }
  return lower;
}

std::string ToNfc(std::string_view text) {
  if (IsAscii(text)) return std::string(text);
  std::u32string parts = Decompose(text);
  ComposeAll(parts);
  return Encode(parts);
}

}  // namespace vitrine
