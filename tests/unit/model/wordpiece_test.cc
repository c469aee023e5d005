#include "model/wordpiece.h"

#include <gtest/gtest.h>

#include <array>
#include <fstream>
#include <iomanip>
#include <optional>
#include <span>
#include <sstream>

#include "base/file.h"
#include "base/hash.h"
#include "base/utf8.h"

namespace vitrine {
namespace {

constexpr char kGolden[] = VITRINE_SOURCE_DIR "/tests/golden/wordpiece.txt";
constexpr char kVocabulary[] = VITRINE_SOURCE_DIR "/models/starter/vocab.txt";
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

std::string String(std::uint64_t index, std::span<const std::string> words) {
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

void AddToHash(std::uint64_t& hash, const std::vector<std::int64_t>& ids) {
  for (const std::int64_t id : ids) hash = (hash ^ static_cast<std::uint64_t>(id)) * 0x100000001B3;
  hash = (hash ^ ids.size()) * 0x100000001B3;
}

std::string HashOf(const WordPiece& tokenizer, std::span<const std::string> texts) {
  std::uint64_t hash = 0xCBF29CE484222325;
  for (const std::string& text : texts) AddToHash(hash, tokenizer.Encode(text));
  std::ostringstream out;
  out << std::hex << std::setw(16) << std::setfill('0') << hash;
  return out.str();
}

// The golden file, the vocabulary that it was made with, and the tokenizer over both.
struct Golden {
  std::vector<std::string> words;
  std::vector<std::pair<std::string, std::vector<std::int64_t>>> texts;
  std::vector<std::pair<std::uint64_t, std::string>> strings;
  std::vector<std::pair<std::uint64_t, std::string>> points;
  std::optional<WordPiece> tokenizer;
};

void ReadText(const std::string& line, Golden& golden) {
  const std::size_t bar = line.find(" | ");
  std::istringstream numbers(line.substr(5, bar - 5));
  std::vector<std::int64_t> ids;
  for (std::int64_t id = 0; numbers >> id;) ids.push_back(id);
  golden.texts.emplace_back(line.substr(bar + 3), std::move(ids));
}

// Empty when the starter pack is not in this tree.
std::optional<Golden> ReadGolden() {
  const Result<std::string> vocabulary = ReadFile(kVocabulary);
  if (!vocabulary) return std::nullopt;
  Golden golden;
  std::istringstream lines(*vocabulary);
  for (std::string word; std::getline(lines, word);) golden.words.push_back(word);
  std::ifstream file(kGolden);
  std::size_t max_tokens = 0;
  for (std::string line; std::getline(file, line);) {
    std::istringstream fields(line);
    std::string key;
    std::uint64_t first = 0;
    std::string hash;
    fields >> key;
    if (key == "vocabulary") {
      fields >> hash;
      EXPECT_EQ(hash, Hex(Sha256(*vocabulary))) << "the golden file was made with another vocabulary";
    } else if (key == "max_tokens") {
      fields >> max_tokens;
    } else if (key == "text") {
      ReadText(line, golden);
    } else {
      fields >> first >> hash;
      (key == "strings" ? golden.strings : golden.points).emplace_back(first, hash);
    }
  }
  Result<WordPiece> tokenizer = WordPiece::Create(*vocabulary, true, max_tokens);
  EXPECT_TRUE(tokenizer);
  if (tokenizer) golden.tokenizer = *std::move(tokenizer);
  return golden;
}

class WordPieceGolden : public testing::Test {
 protected:
  void SetUp() override {
    golden_ = ReadGolden();
    if (!golden_) GTEST_SKIP() << "no " << kVocabulary;
    ASSERT_TRUE(golden_->tokenizer);
  }

  std::optional<Golden> golden_;
};

TEST_F(WordPieceGolden, ReadableTextsEqualTheReference) {
  ASSERT_GE(golden_->texts.size(), 30u);
  for (const auto& [text, ids] : golden_->texts)
    EXPECT_EQ(golden_->tokenizer->Encode(text), ids) << Quoted(text);
}

TEST_F(WordPieceGolden, TwelveThousandStringsEqualTheReference) {
  ASSERT_GE(golden_->strings.size() * kBlock, 10'000u);
  for (const auto& [first, hash] : golden_->strings) {
    std::vector<std::string> texts;
    for (std::uint64_t i = first; i < first + kBlock; ++i) texts.push_back(String(i, golden_->words));
    EXPECT_EQ(HashOf(*golden_->tokenizer, texts), hash) << "strings from " << first;
  }
}

TEST_F(WordPieceGolden, EveryCodePointEqualsTheReference) {
  ASSERT_EQ(golden_->points.size() * kPointBlock, 0x110000u);
  for (const auto& [first, hash] : golden_->points) {
    std::vector<std::string> texts;
    for (std::uint64_t c = first; c < first + kPointBlock; ++c) {
      const std::string point = Utf8(static_cast<char32_t>(c));
      texts.push_back("a" + point + "b " + point);
    }
    EXPECT_EQ(HashOf(*golden_->tokenizer, texts), hash) << "code points from " << std::hex << first;
  }
}

// Ids: [PAD] 0, [UNK] 1, [CLS] 2, [SEP] 3, a 4, ##b 5, ##bc 6, ! 7, É 8, [ 9, ] 10, sep 11
constexpr char kSmallVocabulary[] = "[PAD]\n[UNK]\n[CLS]\n[SEP]\na\n##b\n##bc\n!\nÉ\n[\n]\nsep\n";

std::vector<std::int64_t> Encode(std::string_view text, bool lowercase = true, std::size_t max_tokens = 8) {
  return WordPiece::Create(kSmallVocabulary, lowercase, max_tokens)->Encode(text);
}

using Ids = std::vector<std::int64_t>;

TEST(WordPiece, LongestPieceIsTakenFirst) {
  EXPECT_EQ(Encode("abcb"), (Ids{2, 4, 6, 5, 3}));
  EXPECT_EQ(Encode("abb a"), (Ids{2, 4, 5, 5, 4, 3}));
}

TEST(WordPiece, WordWithAnUnknownPartIsOneUnknown) { EXPECT_EQ(Encode("abx a"), (Ids{2, 1, 4, 3})); }

TEST(WordPiece, TextIsCutAtMaxTokens) {
  EXPECT_EQ(Encode("a a a a a", true, 4), (Ids{2, 4, 4, 3}));
  EXPECT_EQ(Encode("a", true, 2), (Ids{2, 3}));
}

TEST(WordPiece, SpecialTokenInATextIsPlainText) { EXPECT_EQ(Encode("[SEP]"), (Ids{2, 9, 11, 10, 3})); }

TEST(WordPiece, CasedModelKeepsCaseAndAccents) {
  EXPECT_EQ(Encode("É", false), (Ids{2, 8, 3}));
  EXPECT_EQ(Encode("A!", false), (Ids{2, 1, 7, 3}));
  EXPECT_EQ(Encode("Á!"), (Ids{2, 4, 7, 3}));
}

TEST(WordPiece, BytesThatAreNotUtf8AreDropped) {
  EXPECT_EQ(Encode("a\xff"
                   "b\xc3"),
            (Ids{2, 4, 5, 3}));
  EXPECT_EQ(Encode(std::string("a\0b", 3)), (Ids{2, 4, 5, 3}));
}

TEST(WordPiece, SequenceAcrossAReadingSliceStaysWhole) {
  // One of the lengths puts the two bytes of É on both sides of the end of a slice.
  for (std::size_t size = 4090; size < 4100; ++size) {
    EXPECT_EQ(Encode(std::string(size, ' ') + "É", false), (Ids{2, 8, 3})) << size;
  }
}

TEST(WordPiece, DamagedVocabularyIsRefused) {
  EXPECT_EQ(WordPiece::Create("", true, 64).error().code(), Code::kModel);
  EXPECT_EQ(WordPiece::Create("[UNK]\n[CLS]\n", true, 64).error().message(), "the vocabulary lacks [SEP]");
  EXPECT_EQ(WordPiece::Create("[UNK]\n[CLS]\n[SEP]\na\na\n", true, 64).error().message(),
            "the vocabulary has \"a\" twice, again at line 5");
  EXPECT_FALSE(WordPiece::Create(kSmallVocabulary, true, 1));
}

}  // namespace
}  // namespace vitrine
