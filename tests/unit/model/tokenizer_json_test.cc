#include "model/tokenizer_json.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <sstream>

#include "base/file.h"
#include "base/hash.h"
#include "unit/model/golden_texts.h"

namespace vitrine {
namespace {

constexpr char kFolder[] = VITRINE_SOURCE_DIR "/tests/golden/tokenizers/";

std::vector<std::string> Words() {
  const Result<std::string> bytes = ReadFile(std::string(kFolder) + "words.txt");
  EXPECT_TRUE(bytes);
  std::istringstream file(bytes ? *bytes : "");
  std::vector<std::string> words;
  for (std::string word; std::getline(file, word, '\x1e');) words.push_back(word);
  return words;
}

EncodeFunction EncoderOf(const std::string& bytes, std::size_t max_tokens) {
  Result<std::unique_ptr<const Tokenizer>> made = ReadTokenizerJson(bytes, max_tokens);
  if (!made) {
    ADD_FAILURE() << made.error().message();
    return {};
  }
  return [tokenizer = std::shared_ptr<const Tokenizer>(*std::move(made))](const std::string& text) {
    return tokenizer->Encode(text);
  };
}

// Small tokenizers of each family, made by tests/golden/make_tokenizer_golden.py.
class TokenizerGolden : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    const std::string base = std::string(kFolder) + GetParam();
    const Result<std::string> bytes = ReadFile(base + ".json");
    ASSERT_TRUE(bytes) << bytes.error().message();
    golden_ = TokenGolden::Read(base + ".txt");
    ASSERT_EQ(golden_.sha256, Hex(Sha256(*bytes))) << "the golden file was made with another tokenizer";
    encode_ = EncoderOf(*bytes, golden_.max_tokens);
    ASSERT_TRUE(encode_);
  }

  TokenGolden golden_;
  EncodeFunction encode_;
};

TEST_P(TokenizerGolden, ReadableTextsEqualTheReference) { ExpectReadableTexts(golden_, encode_); }

TEST_P(TokenizerGolden, TwelveThousandStringsEqualTheReference) { ExpectStrings(golden_, Words(), encode_); }

TEST_P(TokenizerGolden, TwelveThousandMarkedStringsEqualTheReference) { ExpectMarked(golden_, encode_); }

TEST_P(TokenizerGolden, EveryCodePointEqualsTheReference) { ExpectEveryCodePoint(golden_, encode_); }

INSTANTIATE_TEST_SUITE_P(Families, TokenizerGolden, testing::Values("clip", "gemma", "siglip", "xlm_roberta"),
                         [](const auto& family) { return std::string(family.param); });

// The vocabularies of the world, which are too large to keep here.
class RealTokenizer : public testing::TestWithParam<const char*> {};

TEST_P(RealTokenizer, EqualsTheReference) {
  const char* folder = std::getenv("VITRINE_TOKENIZERS");
  if (folder == nullptr) GTEST_SKIP() << "VITRINE_TOKENIZERS names no folder with " << GetParam() << ".json";
  const Result<std::string> bytes = ReadFile(JoinPath(folder, std::string(GetParam()) + ".json"));
  ASSERT_TRUE(bytes) << bytes.error().message();
  const TokenGolden golden = TokenGolden::Read(std::string(kFolder) + "real/" + GetParam() + ".txt");
  ASSERT_EQ(golden.sha256, Hex(Sha256(*bytes))) << "the golden file was made with another tokenizer";
  const EncodeFunction encode = EncoderOf(*bytes, golden.max_tokens);
  ASSERT_TRUE(encode);
  ExpectStrings(golden, Words(), encode);
  ExpectMarked(golden, encode);
  ExpectEveryCodePoint(golden, encode);
}

INSTANTIATE_TEST_SUITE_P(World, RealTokenizer, testing::Values("clip", "gemma2"),
                         [](const auto& family) { return std::string(family.param); });

// A byte-pair model with what `parts` adds to the file.
std::string Bpe(const std::string& parts, const std::string& model_parts = "") {
  return R"({"model": {"type": "BPE", "vocab": {"a": 0, "b": 1, "ab": 2, "\u2581": 3, "\u2581a": 4}, )" +
         model_parts + R"("merges": ["a b", "\u2581 a"]})" + parts + "}";
}

std::string Refusal(const std::string& json, std::size_t max_tokens = 8) {
  const auto made = ReadTokenizerJson(json, max_tokens);
  if (made) return "";
  EXPECT_EQ(made.error().code(), Code::kModel);
  return made.error().message();
}

#define EXPECT_SAYS(message, part) EXPECT_NE((message).find(part), std::string::npos) << (message)

TEST(TokenizerJson, MergesByRankAndIgnoresWhatIsUnknown) {
  const EncodeFunction encode = EncoderOf(Bpe(""), 8);
  EXPECT_EQ(encode("abba"), (TokenIdList{2, 1, 0}));
  EXPECT_EQ(encode("axb"), (TokenIdList{2}));  // No unknown token: the reference leaves it out.
  EXPECT_EQ(encode(""), TokenIdList{});
}

TEST(TokenizerJson, TextIsCutAndTokensAroundItStay) {
  const std::string around =
      R"(, "post_processor": {"type": "RobertaProcessing", "cls": ["<s>", 7], "sep": ["</s>", 8]})";
  EXPECT_EQ(EncoderOf(Bpe(around), 4)("bbbb"), (TokenIdList{7, 1, 1, 8}));
  EXPECT_EQ(EncoderOf(Bpe(around), 4)(""), (TokenIdList{7, 8}));
  EXPECT_SAYS(Refusal(Bpe(around), 2), "no room for a text");
  const std::string shorter = around + R"(, "truncation": {"direction": "Right", "max_length": 3})";
  EXPECT_EQ(EncoderOf(Bpe(shorter), 4)("bbbb"), (TokenIdList{7, 1, 8}));
}

TEST(TokenizerJson, LongTextIsReadInWindowsWithTheSameIds) {
  const std::string marks =
      R"(, "normalizer": {"type": "Replace", "pattern": {"String": " "}, "content": "\u2581"})";
  std::string text;
  for (int i = 0; i < 30'000; ++i) text += i % 3 == 0 ? "ab " : "  xa";
  const TokenIdList all = EncoderOf(Bpe(marks), 4096)(text);
  ASSERT_EQ(all.size(), 4096u);
  for (const std::ptrdiff_t room : {4, 64, 1000}) {
    const TokenIdList ids = EncoderOf(Bpe(marks), static_cast<std::size_t>(room))(text);
    EXPECT_EQ(ids, TokenIdList(all.begin(), all.begin() + room)) << room;
  }
}

TEST(TokenizerJson, PrependedTextStandsBeforeEveryTextButTheEmptyOne) {
  const EncodeFunction encode =
      EncoderOf(Bpe(R"(, "normalizer": {"type": "Prepend", "prepend": "\u2581"})"), 8);
  EXPECT_EQ(encode("ab"), (TokenIdList{3, 2}));
  EXPECT_EQ(encode(""), TokenIdList{});
}

TEST(TokenizerJson, AddedTokenIsFoundBeforeAnythingElse) {
  const std::string tokens =
      R"(, "added_tokens": [{"id": 9, "content": "ab", "normalized": false, "special": true},
          {"id": 10, "content": "abb", "normalized": false}, {"id": 11, "content": "<x>", "normalized": true,
          "lstrip": true, "rstrip": true}], "normalizer": {"type": "Lowercase"})";
  const EncodeFunction encode = EncoderOf(Bpe(tokens), 8);
  EXPECT_EQ(encode("aabbab"), (TokenIdList{0, 10, 9}));  // The longest of those that begin first.
  EXPECT_EQ(encode("AB"), TokenIdList{2});               // Looked for in the raw text.
  EXPECT_EQ(encode("A  <X> B"), (TokenIdList{0, 11, 1}));
}

TEST(TokenizerJson, BytesThatAreNotUtf8AreReplaced) {
  const std::string unknown = R"("unk_token": "b", )";
  EXPECT_EQ(EncoderOf(Bpe("", unknown), 8)("a\xff"), EncoderOf(Bpe("", unknown), 8)("a\uFFFD"));
}

TEST(TokenizerJson, WhatIsNotKnownIsNamed) {
  EXPECT_SAYS(Refusal("{"), "not valid JSON");
  EXPECT_SAYS(Refusal("[]"), "is not an object");
  EXPECT_SAYS(Refusal(R"({"model": {"type": "Novel"}})"),
              "\"model.type\" is \"Novel\"; this version knows: BPE");
  EXPECT_SAYS(Refusal(Bpe(R"(, "normalizer": {"type": "Rot13"})")), "\"normalizer.type\" is \"Rot13\"");
  EXPECT_SAYS(Refusal(Bpe(R"(, "normalizer": {"type": "Sequence", "normalizers": [{"type": "Nmt"}]})")),
              "\"normalizer.normalizers[0].type\" is \"Nmt\"");
  EXPECT_SAYS(Refusal(Bpe(R"(, "pre_tokenizer": {"type": "Punctuation"})")), "is \"Punctuation\"");
  EXPECT_SAYS(
      Refusal(
          Bpe(R"(, "pre_tokenizer": {"type": "Split", "behavior": "Removed", "pattern": {"Regex": "a|b"}})")),
      "\"pre_tokenizer.pattern.Regex\" is \"a|b\"");
  EXPECT_SAYS(Refusal(Bpe(R"(, "post_processor": {"type": "Twice"})")), "is \"Twice\"");
  EXPECT_SAYS(Refusal(Bpe(R"(, "added_tokens": [{"id": 9, "content": "x", "single_word": true}])")),
              "\"added_tokens[0].single_word\"");
  EXPECT_SAYS(Refusal(Bpe(R"(, "truncation": {"direction": "Left", "max_length": 5})")), "is \"Left\"");
  EXPECT_SAYS(Refusal(Bpe("", R"("dropout": 0.1, )")), "\"model.dropout\"");
}

TEST(TokenizerJson, ModelThatContradictsItselfIsRefused) {
  EXPECT_SAYS(Refusal(R"({"model": {"type": "BPE", "vocab": {"a": 0}, "merges": ["a a"]}})"),
              "its merge of \"a\" and \"a\" names a token");
  EXPECT_SAYS(Refusal(R"({"model": {"type": "BPE", "vocab": {"a": 0}, "merges": ["a"]}})"),
              "no two tokens at place 0");
  EXPECT_SAYS(Refusal(R"({"model": {"type": "BPE", "vocab": {"a": -1}, "merges": []}})"),
              "a number for \"a\"");
  EXPECT_SAYS(Refusal(Bpe("", R"("unk_token": "?", )")), "its unknown token \"?\"");
  EXPECT_SAYS(Refusal(R"({"model": {"type": "Unigram", "unk_id": 1, "vocab": [["a", 0]]}})"),
              "number 1 of 1");
  const std::string map = R"(, "normalizer": {"type": "Precompiled", "precompiled_charsmap": ")";
  EXPECT_SAYS(Refusal(Bpe(map + "!\"}")), "is not base64");
  EXPECT_SAYS(Refusal(Bpe(map + "/////w==\"}")), "has a tree of 4294967295 bytes");
}

}  // namespace
}  // namespace vitrine
