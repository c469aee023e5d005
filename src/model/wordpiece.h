// The tokenizer of BERT's text towers: text to the ids of word pieces.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "vitrine/result.h"

namespace vitrine {

/// WordPiece over BERT's vocabulary, equal to the Python package `tokenizers` (BertNormalizer,
/// BertPreTokenizer, WordPiece, [CLS] ... [SEP]). Words like "[SEP]" inside a text are plain text. Immutable,
/// so thread-safe.
class WordPiece {
 public:
  /// @param vocabulary  one piece a line, the line's number (from 0) its id; must hold [UNK], [CLS] and
  /// [SEP].
  /// @param lowercase   fold case and drop accents.
  /// @param max_tokens  ids a text at most, [CLS] and [SEP] among them, 2..4096.
  /// Errors: kModel (a piece is missing or there twice, the vocabulary is empty or above a million lines).
  static Result<WordPiece> Create(std::string_view vocabulary, bool lowercase, std::size_t max_tokens);

  /// The same over pieces with ids, [UNK] among them, for AppendIds() alone.
  /// Errors: kModel (there is no [UNK]).
  static Result<WordPiece> Create(std::unordered_map<std::string, std::int64_t> pieces, bool lowercase);

  /// @param text  bytes; what is not UTF-8 is read as U+FFFD, which the tokenizer drops.
  /// @return 2 .. max_tokens ids, [CLS] first and [SEP] last. Reads no further into `text` than it needs to.
  std::vector<std::int64_t> Encode(std::string_view text) const;

  /// Appends the ids of `text` without [CLS] and [SEP], until there are `most` of them in all or more.
  void AppendIds(std::string_view text, std::size_t most, std::vector<std::int64_t>& ids) const;

 private:
  WordPiece() = default;

  Result<std::int64_t> Find(const std::string& piece) const;
  void AppendPieces(std::u32string_view word, std::vector<std::int64_t>& ids) const;

  std::unordered_map<std::string, std::int64_t> pieces_;
  std::int64_t unknown_ = 0;
  std::int64_t start_ = 0;
  std::int64_t end_ = 0;
  bool lowercase_ = true;
  std::size_t max_tokens_ = 0;
  std::size_t longest_piece_bytes_ = 0;
};

}  // namespace vitrine
