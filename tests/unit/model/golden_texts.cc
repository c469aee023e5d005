#include "unit/model/golden_texts.h"

#include <gtest/gtest.h>

#include <array>
#include <fstream>
#include <iomanip>
#include <sstream>

#include "base/utf8.h"

namespace vitrine {
namespace {

constexpr std::size_t kBlock = 64;
constexpr char32_t kPointBlock = 4096;

std::string Utf8(char32_t c) {
  std::string text;
  AppendUtf8(text, c);
  return text;
}

// splitmix64, as in tests/golden/make_wordpiece_golden.py, whose strings this file makes again.
class Numbers {
 public:
  explicit Numbers(std::uint64_t seed) : state_(seed) {}

  char32_t Below(std::uint64_t n) {
    state_ += 0x9E3779B97F4A7C15;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return static_cast<char32_t>((z ^ (z >> 31)) % n);
  }

 private:
  std::uint64_t state_;
};

std::string VocabularyWord(Numbers& numbers, std::span<const std::string> words, char32_t kind) {
  std::string word = words[1000 + numbers.Below(words.size() - 1000)];
  if (word.starts_with("##")) word.erase(0, 2);
  std::string changed;
  for (const char32_t c : DecodeUtf8(word)) {
    if (kind == 7) {
      const bool upper = c >= 'a' && c <= 'z' && numbers.Below(2) != 0;
      AppendUtf8(changed, upper ? c - 32 : c);
    } else {
      AppendUtf8(changed, c);
      if (kind == 8 && numbers.Below(2) != 0) AppendUtf8(changed, 0x300 + numbers.Below(0x70));
    }
  }
  return changed;
}

std::string Run(Numbers& numbers, char32_t first, char32_t count, char32_t longest) {
  std::string text;
  for (char32_t n = 1 + numbers.Below(longest); n > 0; --n) AppendUtf8(text, first + numbers.Below(count));
  return text;
}

std::string Part(Numbers& numbers, std::span<const std::string> words) {
  const char32_t kind = numbers.Below(16);
  if (kind < 10) return VocabularyWord(numbers, words, kind);
  if (kind == 10) return Run(numbers, 0x80, 0x580, 6);
  if (kind == 11) return Utf8(numbers.Below(0x110000));
  if (kind == 12) {
    const std::string face = Utf8(0x1F300 + numbers.Below(0x800));
    return face + std::array<std::string, 3>{"\uFE0F", "\u200D", ""}[numbers.Below(3)];
  }
  if (kind == 13) return Run(numbers, 0x21, 0x20, 5);
  if (kind == 14) return Run(numbers, 0x2E00, 0xAA00, 5);
  return Utf8(numbers.Below(0x3000));
}

// As MARKED in make_tokenizer_golden.py.
struct Block {
  char32_t first;
  char32_t count;
};

constexpr Block kMarked[] = {
    {0x41, 26},      {0x61, 26},     {0x20, 1},        {0x300, 0x70},   {0x300, 0x70},    {0xA0, 0x160},
    {0x370, 0x90},   {0x400, 0x130}, {0x531, 0x60},    {0x591, 0x60},   {0x600, 0x100},   {0x900, 0x80},
    {0x980, 0x80},   {0xB80, 0x80},  {0xD00, 0x80},    {0xE00, 0x80},   {0xF40, 0x80},    {0x1000, 0xA0},
    {0x1100, 0x100}, {0x13A0, 0x60}, {0x1E00, 0x200},  {0x200B, 5},     {0x2028, 8},      {0x2100, 0x90},
    {0x2460, 0x80},  {0x3040, 0xC0}, {0x3200, 0x200},  {0xA640, 0x60},  {0xAC00, 0x2BA4}, {0xF900, 0x200},
    {0xFB00, 0x250}, {0xFE00, 0x10}, {0xFE20, 0x10},   {0xFF00, 0xF0},  {0x1D150, 0x20},  {0x1D400, 0x200},
    {0x1F1E6, 26},   {0x1F3FB, 5},   {0x1F400, 0x100}, {0x2F800, 0x200}};

class Hash {
 public:
  void Add(const TokenIdList& ids) {
    for (const std::int64_t id : ids) value_ = (value_ ^ static_cast<std::uint64_t>(id)) * 0x100000001B3;
    value_ = (value_ ^ ids.size()) * 0x100000001B3;
  }

  std::string Hex() const {
    std::ostringstream out;
    out << std::hex << std::setw(16) << std::setfill('0') << value_;
    return out.str();
  }

 private:
  std::uint64_t value_ = 0xCBF29CE484222325;
};

void ReadText(const std::string& line, TokenGolden& golden) {
  const std::size_t bar = line.find("| ");
  std::istringstream numbers(line.substr(5, bar - 5));
  TokenIdList ids;
  for (std::int64_t id = 0; numbers >> id;) ids.push_back(id);
  golden.texts.emplace_back(line.substr(bar + 2), std::move(ids));
}

void ExpectBlocks(const TokenGolden& golden, const std::string& kind, std::uint64_t size,
                  const std::function<std::string(std::uint64_t)>& text, const EncodeFunction& encode) {
  const auto found = golden.blocks.find(kind);
  ASSERT_NE(found, golden.blocks.end()) << kind;
  for (const auto& [first, expected] : found->second) {
    Hash hash;
    for (std::uint64_t i = first; i < first + size; ++i) hash.Add(encode(text(i)));
    EXPECT_EQ(hash.Hex(), expected) << kind << " from " << std::hex << std::showbase << first;
  }
}

std::size_t CountOf(const TokenGolden& golden, const std::string& kind) {
  const auto found = golden.blocks.find(kind);
  return found != golden.blocks.end() ? found->second.size() : 0;
}

}  // namespace

std::string GoldenString(std::uint64_t index, std::span<const std::string> words) {
  const std::array<std::string, 6> separators = {" ", " ", " ", "", "\t", "\u3000"};
  Numbers numbers(index);
  std::string text;
  for (char32_t n = 1 + numbers.Below(24); n > 0; --n) {
    text += Part(numbers, words);
    text += separators[numbers.Below(6)];
  }
  if (index % 100 == 1) text += std::string(90 + numbers.Below(20), 'w');
  if (index % 500 == 2) {
    const std::string once = text;
    for (std::size_t n = 100'000 / DecodeUtf8(once).size(); n > 0; --n) text += once;
  }
  return text;
}

std::string GoldenMarked(std::uint64_t index) {
  Numbers numbers(1'000'000 + index);
  std::string text;
  for (char32_t n = 1 + numbers.Below(10); n > 0; --n) {
    const Block& block = kMarked[numbers.Below(std::size(kMarked))];
    AppendUtf8(text, block.first + numbers.Below(block.count));
  }
  return text;
}

TokenGolden TokenGolden::Read(const std::string& path) {
  TokenGolden golden;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    std::istringstream fields(line);
    std::string key;
    fields >> key;
    if (key == "sha256") {
      fields >> golden.sha256;
    } else if (key == "max_tokens") {
      fields >> golden.max_tokens;
    } else if (key == "text") {
      ReadText(line, golden);
    } else if (key != "made-with") {
      std::pair<std::uint64_t, std::string> block;
      fields >> block.first >> block.second;
      golden.blocks[key].push_back(std::move(block));
    }
  }
  return golden;
}

void ExpectReadableTexts(const TokenGolden& golden, const EncodeFunction& encode) {
  ASSERT_GE(golden.texts.size(), 30u);
  for (const auto& [text, ids] : golden.texts) EXPECT_EQ(encode(text), ids) << Quoted(text);
}

void ExpectStrings(const TokenGolden& golden, std::span<const std::string> words,
                   const EncodeFunction& encode) {
  ASSERT_GE(CountOf(golden, "strings") * kBlock, 10'000u);
  ExpectBlocks(golden, "strings", kBlock, [&](std::uint64_t i) { return GoldenString(i, words); }, encode);
}

void ExpectMarked(const TokenGolden& golden, const EncodeFunction& encode) {
  ASSERT_GE(CountOf(golden, "marked") * kBlock, 10'000u);
  ExpectBlocks(golden, "marked", kBlock, GoldenMarked, encode);
}

void ExpectEveryCodePoint(const TokenGolden& golden, const EncodeFunction& encode) {
  ASSERT_EQ(CountOf(golden, "points") * kPointBlock, 0x110000u);
  const auto text = [](std::uint64_t c) {
    const std::string point = Utf8(static_cast<char32_t>(c));
    return "a" + point + "b " + point;
  };
  ExpectBlocks(golden, "points", kPointBlock, text, encode);
}

}  // namespace vitrine
