#include <limits>

#include "base/try.h"
#include "model/token_model.h"
#include "model/wordpiece.h"

namespace vitrine {
namespace {

class WordPieceModel : public TokenModel {
 public:
  explicit WordPieceModel(WordPiece inner) : inner_(std::move(inner)) {}

  void AppendIds(std::string_view piece, std::vector<std::int64_t>& ids) const override {
    inner_.AppendIds(piece, std::numeric_limits<std::size_t>::max(), ids);
  }

  bool SplitsAtWords() const override { return false; }

 private:
  const WordPiece inner_;
};

}  // namespace

Result<std::unique_ptr<TokenModel>> MakeWordPiece(const TokenIds& ids, bool lowercase) {
  VITRINE_TRY_ASSIGN(WordPiece inner, WordPiece::Create({ids.begin(), ids.end()}, lowercase));
  return std::unique_ptr<TokenModel>(std::make_unique<WordPieceModel>(std::move(inner)));
}

}  // namespace vitrine
