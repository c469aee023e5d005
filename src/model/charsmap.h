// SentencePiece's precompiled map of characters: a normal form such as NFKC as a table in the model's file.
#pragma once

#include <memory>
#include <string_view>

#include "model/text_steps.h"
#include "vitrine/result.h"

namespace vitrine {

/// @param base64  as tokenizer.json has it: the bytes of the tree, the tree, and the texts it leads to.
/// Errors: kModel (no base64, or its lengths do not fit each other).
Result<std::unique_ptr<TextStep>> CharsmapStep(std::string_view base64);

}  // namespace vitrine
