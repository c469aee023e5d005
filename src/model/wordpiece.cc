// From text to word pieces, in one pass over the code points.
//
// Problem: a text tower reads numbers, one a piece of a word, and its weights only fit the pieces that it was
// trained with; a tokenizer that differs from the reference in one accent rule gives vectors that are
// silently worse.
//
// Idea: the reference (BERT, Devlin et al. 2019, as the Python package `tokenizers` has it) works in stages:
// drop control characters, put spaces around Chinese characters, decompose (NFD) and drop the accents, lower
// the case, cut at spaces and around punctuation, then take from each word the longest piece that the
// vocabulary has, again and again. All stages but the last look at one code point at a time, so they collapse
// into "what becomes of this code point": nothing, a space, a word of its own, or one to three letters of the
// current word. unicode_tables.cc holds those answers, asked of the reference for every code point there is.
//
// One thing that stages can do and tables cannot is NFD's reordering of neighbouring marks. It concerns only
// marks that are not dropped as accents (a dozen, in musical notation and old Hangul), which no BERT
// vocabulary holds: the word is [UNK] in either order.
//
// Cost: one table search a code point (ASCII none), one hash look-up a tried piece: about 2 us for a query.
// Texts are cut at max_tokens, so reading stops there: a text of 100 kB costs no more than its first words.
#include "model/wordpiece.h"

#include <algorithm>
#include <span>
#include <utility>

#include "base/try.h"
#include "base/utf8.h"
#include "model/fold.h"
#include "model/unicode_tables.h"

namespace vitrine {
namespace {

constexpr std::size_t kMaxWordLength = 100;  // Code points; a longer word is [UNK]. BERT's own limit.
constexpr std::size_t kMaxVocabulary = 1'000'000;
constexpr std::size_t kMaxPieceBytes = 1024;

// The blocks that BERT counts as Chinese: the ideographs, not the scripts that are written beside them.
bool IsChinese(char32_t c) {
  constexpr CodePointRange kBlocks[] = {{0x3400, 0x4DBF},   {0x4E00, 0x9FFF},   {0xF900, 0xFAFF},
                                        {0x20000, 0x2A6DF}, {0x2A700, 0x2B81F}, {0x2B920, 0x2CEAF},
                                        {0x2F800, 0x2FA1F}};
  return c >= kBlocks[0].first && Contains(kBlocks, c);
}

// Takes code points one at a time and hands over finished words.
template <typename OnWord>
class WordSplitter {
 public:
  WordSplitter(bool lowercase, OnWord on_word) : lowercase_(lowercase), on_word_(std::move(on_word)) {}

  void Take(char32_t c) {
    const UnicodeTables& tables = BertUnicodeTables();
    if (Contains(tables.controls, c)) return;
    if (Contains(tables.spaces, c)) return Flush();
    if (IsChinese(c)) {
      Flush();
      Append(c);
      return Flush();
    }
    Append(c);
  }

  void Flush() {
    if (!word_.empty()) on_word_(word_);
    word_.clear();
  }

 private:
  // Punctuation is judged after folding, as the reference does: U+037E, the Greek question mark, becomes ";".
  void Append(char32_t c) {
    letters_.clear();
    if (lowercase_) {
      AppendFolded(c, letters_);
    } else {
      letters_ += c;
    }
    for (const char32_t letter : letters_) {
      const bool alone = Contains(BertUnicodeTables().punctuation, letter);
      if (alone) Flush();
      // Past the limit the word is [UNK] whatever follows, so no more of it is kept.
      if (word_.size() <= kMaxWordLength) word_ += letter;
      if (alone) Flush();
    }
  }

  const bool lowercase_;
  OnWord on_word_;
  std::u32string word_;
  std::u32string letters_;
};

// The pieces by line; a last line without a newline counts, an empty one at the end does not.
Result<std::unordered_map<std::string, std::int64_t>> ReadVocabulary(std::string_view text) {
  std::unordered_map<std::string, std::int64_t> pieces;
  std::int64_t line_number = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.size() > kMaxPieceBytes || pieces.size() >= kMaxVocabulary) {
      return Error(Code::kModel, "the vocabulary is too large at line " + std::to_string(line_number + 1));
    }
    if (!pieces.emplace(line, line_number).second) {
      return Error(Code::kModel, "the vocabulary has " + Quoted(line) + " twice, again at line " +
                                     std::to_string(line_number + 1));
    }
    ++line_number;
  }
  return pieces;
}

}  // namespace

Result<WordPiece> WordPiece::Create(std::string_view vocabulary, bool lowercase, std::size_t max_tokens) {
  if (max_tokens < 2 || max_tokens > 4096) return Error(Code::kModel, "max_tokens must lie in 2..4096");
  Result<std::unordered_map<std::string, std::int64_t>> pieces = ReadVocabulary(vocabulary);
  if (!pieces) return std::move(pieces).error();
  VITRINE_TRY_ASSIGN(WordPiece tokenizer, Create(*std::move(pieces), lowercase));
  tokenizer.max_tokens_ = max_tokens;
  VITRINE_TRY_ASSIGN(tokenizer.start_, tokenizer.Find("[CLS]"));
  VITRINE_TRY_ASSIGN(tokenizer.end_, tokenizer.Find("[SEP]"));
  return tokenizer;
}

Result<WordPiece> WordPiece::Create(std::unordered_map<std::string, std::int64_t> pieces, bool lowercase) {
  WordPiece tokenizer;
  tokenizer.lowercase_ = lowercase;
  tokenizer.pieces_ = std::move(pieces);
  VITRINE_TRY_ASSIGN(tokenizer.unknown_, tokenizer.Find("[UNK]"));
  for (const auto& [piece, unused] : tokenizer.pieces_) {
    tokenizer.longest_piece_bytes_ = std::max(tokenizer.longest_piece_bytes_, piece.size());
  }
  return tokenizer;
}

Result<std::int64_t> WordPiece::Find(const std::string& piece) const {
  const auto found = pieces_.find(piece);
  if (found == pieces_.end()) return Error(Code::kModel, "the vocabulary lacks " + piece);
  return found->second;
}

std::vector<std::int64_t> WordPiece::Encode(std::string_view text) const {
  const std::size_t room = max_tokens_ - 2;
  std::vector<std::int64_t> ids = {start_};
  AppendIds(text, room + 1, ids);
  ids.resize(std::min(ids.size(), room + 1));
  ids.push_back(end_);
  return ids;
}

void WordPiece::AppendIds(std::string_view text, std::size_t most, std::vector<std::int64_t>& ids) const {
  WordSplitter splitter(lowercase_, [&](std::u32string_view word) { AppendPieces(word, ids); });
  // Decoded in slices, so that a huge text is left as soon as the ids are full. A slice never cuts a
  // sequence: its end is moved back to a byte that starts one.
  constexpr std::size_t kSlice = 4096;
  while (!text.empty() && ids.size() < most) {
    std::size_t size = std::min(kSlice, text.size());
    for (int back = 0; back < 3 && size > 1 && size < text.size() && (text[size] & 0xC0) == 0x80; ++back)
      --size;
    for (const char32_t c : DecodeUtf8(text.substr(0, size))) splitter.Take(c);
    text.remove_prefix(size);
  }
  splitter.Flush();
}

// Greedy longest match from the left; a word with a part that matches nothing is one [UNK].
void WordPiece::AppendPieces(std::u32string_view word, std::vector<std::int64_t>& ids) const {
  if (word.size() > kMaxWordLength) return ids.push_back(unknown_);
  const std::size_t first = ids.size();
  while (!word.empty()) {
    std::string piece = ids.size() == first ? "" : "##";
    std::vector<std::size_t> ends;  // Bytes of the piece after each of its letters.
    for (const char32_t letter : word) {
      AppendUtf8(piece, letter);
      if (piece.size() > longest_piece_bytes_) break;
      ends.push_back(piece.size());
    }
    auto found = pieces_.end();
    while (!ends.empty() && found == pieces_.end()) {
      piece.resize(ends.back());
      found = pieces_.find(piece);
      if (found == pieces_.end()) ends.pop_back();
    }
    if (ends.empty()) {
      ids.resize(first);
      return ids.push_back(unknown_);
    }
    ids.push_back(found->second);
    word.remove_prefix(ends.size());
  }
}

}  // namespace vitrine
