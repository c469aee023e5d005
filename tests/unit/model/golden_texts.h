// The strings that make_wordpiece_golden.py and make_tokenizer_golden.py (tests/golden) make from numbers,
// made again, and the files in which those keep what the reference tokenizer gives for them.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace vitrine {

using TokenIdList = std::vector<std::int64_t>;
using EncodeFunction = std::function<TokenIdList(const std::string&)>;

/// Every 100th is a long word, every 500th about 100 kB. `words`: the script's.
std::string GoldenString(std::uint64_t index, std::span<const std::string> words);

/// Up to ten code points that normal forms, lower case or graphemes have something to decide about.
std::string GoldenMarked(std::uint64_t index);

struct TokenGolden {
  std::string sha256;  ///< Of the vocabulary or tokenizer.json.
  std::size_t max_tokens = 0;
  std::vector<std::pair<std::string, TokenIdList>> texts;
  /// By "strings", "marked" and "points": where each block begins, and the hash of its ids.
  std::map<std::string, std::vector<std::pair<std::uint64_t, std::string>>> blocks;

  /// Everything empty where there is no such file.
  static TokenGolden Read(const std::string& path);
};

/// Encodes all that the file has hashes of, and expects the same ids.
void ExpectReadableTexts(const TokenGolden& golden, const EncodeFunction& encode);
void ExpectStrings(const TokenGolden& golden, std::span<const std::string> words,
                   const EncodeFunction& encode);
void ExpectMarked(const TokenGolden& golden, const EncodeFunction& encode);
void ExpectEveryCodePoint(const TokenGolden& golden, const EncodeFunction& encode);

}  // namespace vitrine
