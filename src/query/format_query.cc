// Writes trees as queries. Whether a text can stand as it is, is asked of the lexer itself; where it cannot,
// its words get the backslash that makes them plain.
#include <algorithm>
#include <utility>

#include "query/fact_syntax.h"
#include "query/language.h"
#include "query/lexer.h"
#include "query/number_syntax.h"

namespace vitrine {
namespace {

using TokenKind = QueryToken::Kind;
using Kind = QueryNode::Kind;

std::vector<QueryToken> Tokens(const std::string& text) {
  Result<std::vector<QueryToken>> tokens = LexQuery(text);
  return tokens ? *std::move(tokens) : std::vector<QueryToken>{};
}

bool IsWord(const QueryToken& token) { return token.kind == TokenKind::kWord && !token.escaped; }

bool IsParenthesis(const QueryToken& token) {
  return token.kind == TokenKind::kOpen || token.kind == TokenKind::kClose;
}

// The text alone is a query of one phrase.
bool IsPlainQuery(const std::string& text) {
  const std::vector<QueryToken> tokens = Tokens(text);
  return !tokens.empty() && std::ranges::all_of(tokens, [](const QueryToken& token) {
    return IsWord(token) || IsParenthesis(token) || token.kind == TokenKind::kDash;
  });
}

// The text is one phrase wherever it stands: no lone dash, and its parentheses match and are not one pair
// around all of it.
bool IsPlainPhrase(const std::string& text) {
  const std::vector<QueryToken> tokens = Tokens(text);
  if (!IsPlainQuery(text) || std::ranges::find(tokens, TokenKind::kDash, &QueryToken::kind) != tokens.end()) {
    return false;
  }
  std::size_t depth = 0, ends = 0;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (tokens[i].kind == TokenKind::kOpen) ++depth;
    if (tokens[i].kind == TokenKind::kClose && depth-- == 0) return false;
    if (depth == 0) ++ends;
  }
  return depth == 0 && (ends > 1 || IsWord(tokens.front()));
}

// The text stays one word behind `prefix`, and before the ')' of a group.
bool IsSafeWord(const std::string& prefix, const std::string& text) {
  const std::vector<QueryToken> tokens = Tokens(prefix + text + ")");
  const std::size_t count = tokens.size();
  return count >= 2 && IsWord(tokens[count - 2]) && tokens[count - 2].begin == prefix.size() &&
         tokens[count - 1].kind == TokenKind::kClose &&
         tokens[count - 1].begin == prefix.size() + text.size();
}

class Writer {
 public:
  std::string Text() && { return std::move(out_); }

  // A whole query, or the inside of parentheses.
  void WriteAny(const QueryNode& node) {
    if (node.kind != Kind::kAny || node.excluded) return WriteAll(node);
    for (std::size_t i = 0; i < node.children.size(); ++i) {
      if (i > 0) out_ += " OR ";
      WriteAll(node.children[i]);
    }
  }

 private:
  void WriteAll(const QueryNode& node) {
    if (node.kind != Kind::kAll || node.excluded) return WriteTerm(node);
    for (std::size_t i = 0; i < node.children.size(); ++i) {
      // Two phrases side by side would read as one.
      if (i > 0) out_ += IsBare(node.children[i - 1]) && IsBare(node.children[i]) ? " + " : " ";
      WriteTerm(node.children[i]);
    }
  }

  static bool IsBare(const QueryNode& node) {
    return node.kind == Kind::kMeaning && !node.excluded && node.weight == 1;
  }

  void WriteTerm(const QueryNode& node) {
    gap_ = false;
    if (IsBare(node)) return WritePhrase(node.text);
    std::string prefix = node.excluded ? "-" : "";
    const bool soft = node.kind == Kind::kMeaning || node.kind == Kind::kPicture || node.kind == Kind::kAsset;
    if (soft && node.weight != 1) prefix += DecimalText(node.weight) + ":";
    out_ += prefix;
    switch (node.kind) {
      case Kind::kMeaning:
        if (IsSafeWord(prefix, node.text)) {
          out_ += node.text;
        } else {
          out_ += '(';
          WritePhrase(node.text);
          Close();
        }
        break;
      case Kind::kExact:
        WriteExact(node.text);
        break;
      case Kind::kPicture:
        WritePicture(node);
        break;
      case Kind::kAsset:
        out_ += "id:" + std::to_string(static_cast<std::int64_t>(node.asset));
        break;
      case Kind::kFact:
        out_ += FormatFact(node.fact);
        break;
      case Kind::kAll:
      case Kind::kAny:
        out_ += '(';
        WriteGroup(node);
        Close();
        break;
    }
  }

  void WriteGroup(const QueryNode& node) {
    QueryNode inside = node;
    inside.excluded = false;
    WriteAny(inside);
  }

  // A word that runs to the next white space would take the parenthesis in.
  void Close() {
    out_ += gap_ ? " )" : ")";
    gap_ = false;
  }

  void WritePhrase(const std::string& text) {
    if (IsPlainPhrase(text)) {
      out_ += text;
      gap_ = !EndsBeforeClose(text);
      return;
    }
    std::string word;
    const auto flush = [&] {
      if (word.empty()) return;
      gap_ = !IsSafeWord("", word);
      out_ += gap_ ? "\\" + word : word;
      word.clear();
    };
    for (std::size_t i = 0; i < text.size();) {
      const std::size_t space = SpaceBytes(std::string_view(text).substr(i));
      if (space > 0) flush();
      const std::size_t bytes = std::max<std::size_t>(1, space);
      (space > 0 ? out_ : word) += text.substr(i, bytes);
      i += bytes;
    }
    flush();
  }

  // The last word of a plain phrase does not take in a ')' that is put behind it.
  static bool EndsBeforeClose(const std::string& phrase) {
    const std::vector<QueryToken> tokens = Tokens(phrase + ")");
    return !tokens.empty() && tokens.back().kind == TokenKind::kClose && tokens.back().begin == phrase.size();
  }

  // Every kind of quotation mark closes, so every kind is escaped.
  void WriteQuoted(std::string_view open, const std::string& text, std::string_view close) {
    out_ += open;
    for (std::size_t i = 0; i < text.size(); ++i) {
      const std::string_view rest = std::string_view(text).substr(i);
      const bool mark = rest.starts_with('"') || rest.starts_with("\u201c") || rest.starts_with("\u201d") ||
                        rest.starts_with("\u201e");
      if (mark || text[i] == '\\') out_ += '\\';
      out_ += text[i];
    }
    out_ += close;
  }

  // Straight marks around what looks like a picture's name would make it one.
  void WriteExact(const std::string& text) {
    if (LooksLikePicture(text)) return WriteQuoted("\u201c", text, "\u201d");
    WriteQuoted("\"", text, "\"");
  }

  void WritePicture(const QueryNode& node) {
    std::string name = node.text;
    const bool crop = !(node.crop == CropBox{});
    if (crop || name.find("#crop=") != std::string::npos) {
      name += "#crop=" + PercentText(node.crop.left) + "," + PercentText(node.crop.top) + "," +
              PercentText(node.crop.right) + "," + PercentText(node.crop.bottom);
    }
    if (!LooksLikePicture(name)) name.insert(0, "./");
    const std::vector<QueryToken> tokens = Tokens(name + ")");
    if (tokens.size() == 2 && tokens[0].kind == TokenKind::kPicture && tokens[0].end == name.size()) {
      out_ += name;
      return;
    }
    WriteQuoted("\"", name, "\"");
  }

  std::string out_;
  bool gap_ = false;  // White space must come before a ')'.
};

}  // namespace

std::string FormatQuery(const QueryNode& node) {
  const bool phrase = node.kind == Kind::kMeaning && !node.excluded && node.weight == 1;
  if (phrase && IsPlainQuery(node.text)) return node.text;
  Writer writer;
  writer.WriteAny(node);
  return std::move(writer).Text();
}

}  // namespace vitrine
