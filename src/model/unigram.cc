// Unigram: of all ways to put a piece together from tokens, the most likely one (Kudo 2018; as SentencePiece
// and the reference compute it).
//
// Viterbi: from the left, the best way to reach each place is a best way to reach an earlier one and a token
// between them. A character that is no token costs more than any token; a run of such characters is one
// unknown token. Cost: one walk down the tree of tokens a character.
#include <algorithm>
#include <limits>

#include "base/utf8.h"
#include "model/text_forms.h"
#include "model/text_pattern.h"
#include "model/token_model.h"
#include "model/token_trie.h"

namespace vitrine {
namespace {

constexpr double kUnknownPenalty = 10;  // SentencePiece's.

class Unigram : public TokenModel {
 public:
  static Result<std::unique_ptr<TokenModel>> Create(UnigramParts parts) {
    if (parts.unknown >= parts.tokens.size()) {
      return Error(Code::kModel, "its unknown token is number " + std::to_string(parts.unknown) + " of " +
                                     std::to_string(parts.tokens.size()));
    }
    return std::unique_ptr<TokenModel>(std::make_unique<Unigram>(std::move(parts)));
  }

  explicit Unigram(UnigramParts parts) : parts_(std::move(parts)), ids_(Ids(parts_)), trie_(Tokens(ids_)) {
    for (const auto& [token, score] : parts_.tokens) least_score_ = std::min(least_score_, score);
    if (parts_.byte_fallback) bytes_ = FallbackBytes(ids_);
  }

  // Sums of scores are rounded, so that where two ways are equally likely a different start may decide
  // otherwise.
  bool SplitsAtWords() const override { return false; }

  void AppendIds(std::string_view piece, std::vector<std::int64_t>& ids) const override {
    const std::vector<Step> best = BestSteps(piece);
    // Backwards over the tokens, those of a run of unknown ones together.
    std::vector<TextSpan> spans;
    bool after_unknown = false;
    for (std::size_t end = piece.size(); end > 0; end = best[end].from) {
      const bool unknown = best[end].token == parts_.unknown;
      if (unknown && after_unknown) {
        spans.back().begin = best[end].from;
      } else {
        spans.push_back({best[end].from, end});
      }
      after_unknown = unknown;
    }
    for (auto span = spans.rbegin(); span != spans.rend(); ++span) {
      AppendToken(piece.substr(span->begin, span->end - span->begin), ids);
    }
  }

 private:
  static constexpr std::size_t kNowhere = std::numeric_limits<std::size_t>::max();

  // The last token of the best way to a place.
  struct Step {
    double score = 0;
    std::size_t from = kNowhere;
    std::size_t token = 0;
  };

  static TokenIds Ids(const UnigramParts& parts) {
    TokenIds ids;
    ids.reserve(parts.tokens.size());
    std::int64_t id = 0;
    for (const auto& [token, score] : parts.tokens) ids.insert_or_assign(token, id++);
    return ids;
  }

  static TokenTrie Tokens(const TokenIds& ids) {
    std::vector<std::pair<std::string_view, std::uint32_t>> tokens;
    tokens.reserve(ids.size());
    for (const auto& [token, id] : ids) {
      if (!token.empty()) tokens.emplace_back(token, static_cast<std::uint32_t>(id));
    }
    return TokenTrie(std::move(tokens));
  }

  std::vector<Step> BestSteps(std::string_view piece) const {
    std::vector<Step> best(piece.size() + 1);
    const auto offer = [&](std::size_t from, std::size_t to, std::size_t token, double score) {
      Step& step = best[to];
      const double sum = score + best[from].score;
      if (step.from == kNowhere || sum > step.score) step = {sum, from, token};
    };
    for (std::string_view rest = piece; !rest.empty();) {
      const std::size_t from = piece.size() - rest.size();
      std::string_view next = rest;
      TakeCodePoint(next);
      const std::size_t character = rest.size() - next.size();
      bool is_token = false;
      trie_.ForEachFront(rest, [&](std::size_t bytes, std::uint32_t token) {
        offer(from, from + bytes, token, parts_.tokens[token].second);
        is_token = is_token || bytes == character;
      });
      if (!is_token) offer(from, from + character, parts_.unknown, least_score_ - kUnknownPenalty);
      rest = next;
    }
    return best;
  }

  void AppendToken(std::string_view text, std::vector<std::int64_t>& ids) const {
    if (const auto found = ids_.find(text); found != ids_.end()) {
      ids.push_back(found->second);
    } else if (HasBytes(bytes_, text)) {
      for (const char byte : text) ids.push_back(bytes_[static_cast<unsigned char>(byte)]);
    } else {
      ids.push_back(static_cast<std::int64_t>(parts_.unknown));
    }
  }

  const UnigramParts parts_;
  const TokenIds ids_;
  const TokenTrie trie_;
  std::vector<std::int64_t> bytes_;
  double least_score_ = std::numeric_limits<double>::max();
};

}  // namespace

Result<std::unique_ptr<TokenModel>> MakeUnigram(UnigramParts parts) {
  return Unigram::Create(std::move(parts));
}

}  // namespace vitrine
