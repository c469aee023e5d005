// The "model" of a tokenizer.json.
#pragma once

#include <memory>

#include "model/json_node.h"
#include "model/token_model.h"
#include "vitrine/result.h"

namespace vitrine {

/// Errors: kModel, for the model as a whole. What is wrong in a field goes where `node` collects it, and then
/// the model that is returned is not to be used.
/// @param bert_lowercase  for WordPiece.
Result<std::unique_ptr<TokenModel>> ReadTokenModel(const JsonNode& node, bool bert_lowercase);

/// Whether it is a model that changes and cuts the text itself.
bool IsWordPiece(const JsonNode& node);

}  // namespace vitrine
