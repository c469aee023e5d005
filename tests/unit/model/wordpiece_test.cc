#include "model/wordpiece.h"

#include <gtest/gtest.h>

#include <memory>
#include <sstream>

#include "base/file.h"
#include "base/hash.h"
#include "model/tokenizer_json.h"
#include "unit/model/golden_texts.h"

namespace vitrine {
namespace {

constexpr char kGolden[] = VITRINE_SOURCE_DIR "/tests/golden/wordpiece.txt";
constexpr char kVocabulary[] = VITRINE_SOURCE_DIR "/models/starter/vocab.txt";
// Skipped when the starter pack is not in this tree.
class WordPieceGolden : public testing::Test {
 protected:
  void SetUp() override {
    const Result<std::string> vocabulary = ReadFile(kVocabulary);
    if (!vocabulary) GTEST_SKIP() << "no " << kVocabulary;
    std::istringstream lines(*vocabulary);
    for (std::string word; std::getline(lines, word);) words_.push_back(word);
    golden_ = TokenGolden::Read(kGolden);
    EXPECT_EQ(golden_.sha256, Hex(Sha256(*vocabulary))) << "the golden file was made with another vocabulary";
    Result<WordPiece> tokenizer = WordPiece::Create(*vocabulary, true, golden_.max_tokens);
    ASSERT_TRUE(tokenizer) << tokenizer.error().message();
    encode_ = [inner = std::make_shared<WordPiece>(*std::move(tokenizer))](const std::string& text) {
      return inner->Encode(text);
    };
  }

  std::vector<std::string> words_;
  TokenGolden golden_;
  EncodeFunction encode_;
};

TEST_F(WordPieceGolden, ReadableTextsEqualTheReference) { ExpectReadableTexts(golden_, encode_); }

TEST_F(WordPieceGolden, TwelveThousandStringsEqualTheReference) { ExpectStrings(golden_, words_, encode_); }

TEST_F(WordPieceGolden, EveryCodePointEqualsTheReference) { ExpectEveryCodePoint(golden_, encode_); }

std::string TokenizerJson(const std::vector<std::string>& pieces) {
  std::string json = R"({"normalizer": {"type": "BertNormalizer", "lowercase": true}, )"
                     R"("pre_tokenizer": {"type": "BertPreTokenizer"}, "model": {"type": "WordPiece", )"
                     R"("unk_token": "[UNK]", "continuing_subword_prefix": "##", "vocab": {)";
  for (std::size_t id = 0; id < pieces.size(); ++id) {
    json += id > 0 ? ", \"" : "\"";
    for (const char c : pieces[id]) json += (c == '"' || c == '\\' ? "\\" : "") + std::string(1, c);
    json += "\": " + std::to_string(id);
  }
  return json +
         R"(}}, "post_processor": {"type": "BertProcessing", "cls": ["[CLS]", 101], "sep": ["[SEP]", 102]}})";
}

TEST_F(WordPieceGolden, TokenizerJsonGivesTheSameIds) {
  const auto tokenizer = ReadTokenizerJson(TokenizerJson(words_), golden_.max_tokens);
  ASSERT_TRUE(tokenizer) << tokenizer.error().message();
  ExpectStrings(golden_, words_, [&](const std::string& text) { return (*tokenizer)->Encode(text); });
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
