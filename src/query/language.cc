// The grammar, over the tokens of lexer.cc:
//
//   any   = all { "OR" all }
//   all   = { phrase | "+" | [ "-" ] [ weight ] operand }        children side by side: every one holds
//   operand = word | exact | picture | id:N | fact | "(" any ")"
//   phrase  = word { word }                                      one meaning, as typed, white space and all
//
// A pair of parentheses that holds only words and stands beside words belongs to the phrase ("a man (left)
// and a dog"); and a text without any sign at all is one phrase, even where its parentheses do not match.
// Everything is decided from the tokens; the pairs of parentheses are found first, so that reading takes one
// pass and no guess is taken back. Cost: linear.
#include "query/language.h"

#include <algorithm>
#include <ctime>
#include <limits>
#include <utility>

#include "base/try.h"
#include "base/utf8.h"
#include "query/fact_syntax.h"
#include "query/lexer.h"

namespace vitrine {
namespace {

using TokenKind = QueryToken::Kind;
using Kind = QueryNode::Kind;

constexpr std::size_t kMaxBytes = std::size_t{64} << 10, kMaxTerms = 1000, kMaxLevels = 32;
constexpr double kMaxWeight = 1000, kMinWeight = 0.001;
constexpr std::size_t kNoPair = std::numeric_limits<std::size_t>::max();

std::int64_t LocalNow() {
  const std::time_t now = std::time(nullptr);
  std::tm local{};
  localtime_r(&now, &local);
  return static_cast<std::int64_t>(now) + local.tm_gmtoff;
}

bool IsText(TokenKind kind) { return kind == TokenKind::kWord || kind == TokenKind::kDash; }

bool IsPlain(TokenKind kind) { return IsText(kind) || kind == TokenKind::kOpen || kind == TokenKind::kClose; }

// Signs of a sum of words and pictures, in which a lone dash is a minus that was not typed as one.
bool IsArithmetic(TokenKind kind) {
  return kind == TokenKind::kPlus || kind == TokenKind::kWeight || kind == TokenKind::kPicture ||
         kind == TokenKind::kAsset;
}

// Multiplies the weights of all that has one; false when nothing has.
bool Weigh(QueryNode& node, double weight) {
  if (node.kind == Kind::kMeaning || node.kind == Kind::kPicture || node.kind == Kind::kAsset) {
    node.weight *= weight;
    return true;
  }
  bool any = false;
  for (QueryNode& child : node.children) any |= Weigh(child, weight);
  return any;
}

bool WeightsAreInRange(const QueryNode& node) {
  if (!(node.weight >= kMinWeight && node.weight <= kMaxWeight)) return false;
  for (const QueryNode& child : node.children) {
    if (!WeightsAreInRange(child)) return false;
  }
  return true;
}

class Parser {
 public:
  Parser(std::string_view typed, std::vector<QueryToken> tokens, std::int64_t now_s)
      : typed_(typed), tokens_(std::move(tokens)), now_s_(now_s) {}

  Result<QueryNode> Run() {
    if (tokens_.empty()) return QueryError(1, "the query is empty: write what to look for");
    const auto kind_is = [](auto test) {
      return [test](const QueryToken& token) { return test(token.kind); };
    };
    if (std::ranges::all_of(tokens_, kind_is(IsPlain))) return Phrase(0, tokens_.size());
    if (std::ranges::any_of(tokens_, kind_is(IsArithmetic))) {
      const auto dash = std::ranges::find(tokens_, TokenKind::kDash, &QueryToken::kind);
      if (dash != tokens_.end()) {
        return QueryError(dash->column,
                          "to leave something out write - directly before it (-dog, -(red umbrella)); for "
                          "a dash in a text write \\-");
      }
    }
    VITRINE_TRY(FindPairs());
    return ParseAny(0, tokens_.size());
  }

 private:
  // For every parenthesis its partner, and whether the pair holds plain words alone.
  Status FindPairs() {
    pairs_.assign(tokens_.size(), kNoPair);
    plain_.assign(tokens_.size(), false);
    struct Opened {
      std::size_t token;
      bool plain;
    };
    std::vector<Opened> open;
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      const TokenKind kind = tokens_[i].kind;
      if (kind == TokenKind::kOpen) {
        open.push_back({.token = i, .plain = true});
        if (open.size() > kMaxLevels) {
          return QueryError(tokens_[i].column, "more than 32 parentheses inside each other: write fewer");
        }
      } else if (kind == TokenKind::kClose) {
        if (open.empty()) {
          return QueryError(tokens_[i].column,
                            "this ) closes nothing: leave it out, or put a \\ before its word");
        }
        pairs_[i] = open.back().token;
        pairs_[open.back().token] = i;
        plain_[i] = plain_[open.back().token] = open.back().plain;
        const bool inner = open.back().plain && !IsOperand(open.back().token);
        open.pop_back();
        if (!open.empty()) open.back().plain &= inner;
      } else if (!open.empty()) {
        open.back().plain &= IsText(kind);
      }
    }
    if (!open.empty()) {
      return QueryError(tokens_[open.back().token].column,
                        "this ( is never closed: write ) behind its last term");
    }
    return {};
  }

  // A prefix stands directly before the token.
  bool IsOperand(std::size_t token) const {
    return token > 0 &&
           (tokens_[token - 1].kind == TokenKind::kMinus || tokens_[token - 1].kind == TokenKind::kWeight);
  }

  // The token is a word of a phrase, or a parenthesis of a pair that holds only words.
  bool IsWordish(std::size_t token) const {
    if (IsText(tokens_[token].kind)) return !IsOperand(token);
    if (!IsPlain(tokens_[token].kind) || !plain_[token]) return false;
    return !IsOperand(std::min(token, pairs_[token]));
  }

  // One past the last token of the phrase that begins here; `at` when none does.
  std::size_t PhraseEnd(std::size_t at, std::size_t end) const {
    std::size_t last = at;
    while (last < end && IsWordish(last)) {
      last = IsText(tokens_[last].kind) ? last + 1 : pairs_[last] + 1;
    }
    // Parentheses alone are a group; beside words they are text.
    const bool alone = last > at && tokens_[at].kind == TokenKind::kOpen && pairs_[at] + 1 == last;
    return alone ? at : last;
  }

  QueryNode Phrase(std::size_t begin, std::size_t end) const {
    QueryNode node{.kind = Kind::kMeaning, .column = tokens_[begin].column};
    for (std::size_t i = begin; i < end; ++i) {
      if (i > begin) node.text += typed_.substr(tokens_[i - 1].end, tokens_[i].begin - tokens_[i - 1].end);
      const std::size_t skip = tokens_[i].escaped ? 1 : 0;
      node.text += typed_.substr(tokens_[i].begin + skip, tokens_[i].end - tokens_[i].begin - skip);
    }
    return node;
  }

  Result<QueryNode> ParseAny(std::size_t begin, std::size_t end) {
    QueryNode any{.kind = Kind::kAny};
    for (std::size_t at = begin;;) {
      std::size_t stop = at;
      while (stop < end && tokens_[stop].kind != TokenKind::kOr) {
        stop = tokens_[stop].kind == TokenKind::kOpen ? pairs_[stop] + 1 : stop + 1;
      }
      if (stop == at) {
        return QueryError(tokens_[at > begin ? at - 1 : at].column,
                          "OR needs a term on both sides; for the word itself write \\OR");
      }
      VITRINE_TRY_ASSIGN(QueryNode all, ParseAll(at, stop));
      Append(any, std::move(all));
      if (stop == end) break;
      at = stop + 1;
    }
    return Simplest(std::move(any));
  }

  Result<QueryNode> ParseAll(std::size_t begin, std::size_t end) {
    QueryNode all{.kind = Kind::kAll};
    for (std::size_t at = begin; at < end;) {
      if (tokens_[at].kind == TokenKind::kPlus) {
        if (at == begin || at + 1 == end || tokens_[at + 1].kind == TokenKind::kPlus) {
          return QueryError(tokens_[at].column,
                            "+ needs a term on both sides; for the sign itself write \\+");
        }
        ++at;
      } else if (const std::size_t last = PhraseEnd(at, end); last > at) {
        VITRINE_TRY(CountTerm(tokens_[at].column));
        Append(all, Phrase(at, last));
        at = last;
      } else {
        VITRINE_TRY_ASSIGN(QueryNode operand, ParseSigned(at));
        Append(all, std::move(operand));
      }
    }
    return Simplest(std::move(all));
  }

  // [ "-" ] [ weight ] operand; `at` moves behind it.
  Result<QueryNode> ParseSigned(std::size_t& at) {
    const std::size_t column = tokens_[at].column;
    const bool excluded = tokens_[at].kind == TokenKind::kMinus;
    if (excluded) ++at;
    const bool weighted = tokens_[at].kind == TokenKind::kWeight;
    const double weight = weighted ? tokens_[at].weight : 1;
    if (weighted) ++at;
    VITRINE_TRY_ASSIGN(QueryNode node, ParseOperand(at));
    if (weighted && !Weigh(node, weight)) {
      return QueryError(column,
                        "a weight belongs to words or pictures; a fact or exact words hold or do not");
    }
    if (!WeightsAreInRange(node))
      return QueryError(column, "these weights multiply to less than 0.001 or more than 1000");
    node.excluded ^= excluded;
    node.column = column;
    return node;
  }

  Result<QueryNode> ParseOperand(std::size_t& at) {
    const QueryToken& token = tokens_[at];
    if (token.kind == TokenKind::kOpen) {
      const std::size_t close = pairs_[at];
      if (close == at + 1) return QueryError(token.column, "nothing stands between these parentheses");
      const std::size_t begin = at + 1;
      at = close + 1;
      return ParseAny(begin, close);
    }
    VITRINE_TRY(CountTerm(token.column));
    ++at;
    if (token.kind == TokenKind::kWord) return Phrase(at - 1, at);
    QueryNode node{.column = token.column};
    if (token.kind == TokenKind::kExact) {
      node.kind = Kind::kExact;
      node.text = token.text;
    } else if (token.kind == TokenKind::kPicture) {
      node.kind = Kind::kPicture;
      node.text = token.text;
      node.crop = token.crop;
    } else if (token.kind == TokenKind::kAsset) {
      node.kind = Kind::kAsset;
      node.asset = token.asset;
    } else {
      node.kind = Kind::kFact;
      VITRINE_TRY_ASSIGN(node.fact, ReadFact(token.field, token.value, now_s_));
    }
    return node;
  }

  Status CountTerm(std::size_t column) {
    if (++terms_ <= kMaxTerms) return {};
    return QueryError(column, "more than 1,000 terms: ask with fewer");
  }

  // Nested kinds of the same sort say nothing new.
  static void Append(QueryNode& parent, QueryNode child) {
    if (child.kind != parent.kind || child.excluded) {
      parent.children.push_back(std::move(child));
      return;
    }
    for (QueryNode& grandchild : child.children) parent.children.push_back(std::move(grandchild));
  }

  static QueryNode Simplest(QueryNode node) {
    if (node.children.size() == 1) {
      QueryNode only = std::move(node.children.front());
      return only;
    }
    node.column = node.children.front().column;
    return node;
  }

  const std::string_view typed_;
  const std::vector<QueryToken> tokens_;
  const std::int64_t now_s_;
  std::vector<std::size_t> pairs_;
  std::vector<bool> plain_;
  std::size_t terms_ = 0;
};

// Characters are counted up to the first byte that is none.
Status CheckText(std::string_view typed) {
  if (typed.size() > kMaxBytes) {
    return QueryError(
        1, "the query is longer than 64 KiB: ask with fewer words, or one query a line with --queries");
  }
  std::size_t column = 1;
  for (std::size_t at = 0; at < typed.size(); ++column) {
    std::size_t length = 1;
    while (length <= 4 && !IsUtf8(typed.substr(at, length))) ++length;
    if (length > 4) return QueryError(column, "this is not UTF-8 text: name such a file with --like");
    if (typed[at] == '\0') return QueryError(column, "a NUL byte stands in the query: leave it out");
    at += length;
  }
  return {};
}

}  // namespace

bool SameQuery(const QueryNode& x, const QueryNode& y) {
  if (x.kind != y.kind || x.excluded != y.excluded || x.weight != y.weight || x.text != y.text ||
      x.asset != y.asset || !(x.crop == y.crop) || !(x.fact == y.fact) ||
      x.children.size() != y.children.size()) {
    return false;
  }
  for (std::size_t i = 0; i < x.children.size(); ++i) {
    if (!SameQuery(x.children[i], y.children[i])) return false;
  }
  return true;
}

Result<QueryNode> ParseQuery(std::string_view typed, std::optional<std::int64_t> now_s) {
  VITRINE_TRY(CheckText(typed));
  VITRINE_TRY_ASSIGN(std::vector<QueryToken> tokens, LexQuery(typed));
  return Parser(typed, std::move(tokens), now_s ? *now_s : LocalNow()).Run();
}

}  // namespace vitrine
