#include "model/tokenizer.h"

#include <utility>

#include "model/tokenizer_json.h"
#include "model/wordpiece.h"

namespace vitrine {
namespace {

class WordPieceTokenizer : public Tokenizer {
 public:
  explicit WordPieceTokenizer(WordPiece inner) : inner_(std::move(inner)) {}
  std::vector<std::int64_t> Encode(std::string_view text) const override { return inner_.Encode(text); }

 private:
  const WordPiece inner_;
};

}  // namespace

Result<std::unique_ptr<const Tokenizer>> MakeTokenizer(const TokenizerSpec& spec, std::string_view bytes) {
  if (spec.kind == TokenizerKind::kJson) return ReadTokenizerJson(bytes, spec.max_tokens);
  Result<WordPiece> inner = WordPiece::Create(bytes, spec.lowercase, spec.max_tokens);
  if (!inner) return std::move(inner).error();
  return std::unique_ptr<const Tokenizer>(std::make_unique<WordPieceTokenizer>(*std::move(inner)));
}

}  // namespace vitrine
