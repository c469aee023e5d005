// A tokenizer of parts, in the order in which the reference (Python package `tokenizers`) runs them.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "model/added_tokens.h"
#include "model/text_pieces.h"
#include "model/text_steps.h"
#include "model/token_model.h"
#include "model/tokenizer.h"

namespace vitrine {

struct TokenPipelineParts {
  AddedTokens in_raw_text;      ///< Looked for first.
  TextSteps steps;              ///< Change what lies between them.
  AddedTokens in_changed_text;  ///< Looked for in that.
  PieceCutters cutters;         ///< Cut the rest.
  std::unique_ptr<TokenModel> model;
  std::vector<std::int64_t> front;  ///< Ids before every text.
  std::vector<std::int64_t> back;   ///< And after it.
  bool bert_text = false;           ///< The model is to change and to cut the text as BERT does,
  bool bert_pieces = false;         ///< which are two parts of its file,
  bool bert_lowercase = false;      ///< with case folded and accents dropped.
  bool marks_words = false;         ///< Every space becomes U+2581 before the model sees it.
  bool cuts_at_spaces = false;      ///< No piece has a space inside.
  std::size_t max_tokens = 0;       ///< More than those around a text.
};

std::unique_ptr<const Tokenizer> MakePipeline(TokenPipelineParts parts);

}  // namespace vitrine
