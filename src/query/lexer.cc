// Problem: one box takes sentences, as people write them, and a language of facts and signs. A sentence must
// never turn into a command by accident ("two adults - a man and a woman -", "at 3:30", "a sign (left)"), and
// a mistyped command must never pass for a sentence.
//
// Idea: a sign counts only where people do not put it in a sentence. '-' and '"' count when white space or
// '(' stands before them and none behind; OR in capitals; '+' with white space on both sides; a number before
// ':' or
// '*' when no digit follows; a word before ':' when it is a field, or looks so much like one (2 to 12
// letters, and a value right behind the colon) that it is taken for a misspelt one. A backslash at the front
// of a word makes it plain text, whatever it holds. Cost: one pass, a constant number of looks at each byte.
#include "query/lexer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "base/try.h"
#include "base/utf8.h"
#include "query/fact_syntax.h"

namespace vitrine {
namespace {

using Kind = QueryToken::Kind;

constexpr double kMaxWeight = 1000, kMinWeight = 0.001;
constexpr std::size_t kMaxFieldLetters = 12;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsBeyondAscii(char c) { return static_cast<unsigned char>(c) >= 0x80; }
bool IsOneOf(char c, std::string_view set) { return c != '\0' && set.find(c) != std::string_view::npos; }

// Bytes of the quotation mark at the front of `text`: the straight one, or those that telephones put in.
std::size_t QuoteBytes(std::string_view text) {
  if (text.starts_with('"')) return 1;
  for (const std::string_view mark : {"\u201c", "\u201d", "\u201e"}) {
    if (text.starts_with(mark)) return mark.size();
  }
  return 0;
}

bool EndsLikePicture(std::string_view token) {
  constexpr std::string_view kEndings[] = {".jpg",  ".jpeg", ".jpe",  ".png",  ".webp", ".gif", ".tif",
                                           ".tiff", ".bmp",  ".heic", ".heif", ".avif", ".jxl", ".svg",
                                           ".cr2",  ".cr3",  ".nef",  ".arw",  ".dng",  ".raf", ".orf",
                                           ".rw2",  ".pef",  ".srw",  ".psd"};
  return std::ranges::any_of(kEndings, [&](std::string_view ending) {
    return token.size() > ending.size() &&
           std::ranges::equal(token.substr(token.size() - ending.size()), ending, [](char x, char y) {
             return (IsLetter(x) ? static_cast<char>(x | 0x20) : x) == y;
           });
  });
}

// "10,10,60,60": percent from the left, top, left, top.
Result<CropBox> ReadCrop(std::string_view text, std::size_t column) {
  std::array<double, 4> percent{};
  const char* at = text.data();
  const char* const end = at + text.size();
  bool good = true;
  for (std::size_t i = 0; i < percent.size() && good; ++i) {
    const auto [after, error] = std::from_chars(at, end, percent[i], std::chars_format::fixed);
    good = error == std::errc() && percent[i] >= 0 && percent[i] <= 100 &&
           (i + 1 < percent.size() ? after != end && *after == ',' : after == end);
    at = good && i + 1 < percent.size() ? after + 1 : after;
  }
  if (!good || percent[0] >= percent[2] || percent[1] >= percent[3]) {
    return QueryError(
        column, "#crop= takes left, top, right and bottom edge in percent, for example #crop=10,10,60,60");
  }
  return CropBox{percent[0] / 100, percent[1] / 100, percent[2] / 100, percent[3] / 100};
}

class Lexer {
 public:
  explicit Lexer(std::string_view typed) : typed_(typed) {}

  Result<std::vector<QueryToken>> Run() {
    while (SkipSpace()) {
      VITRINE_TRY(ReadTerm());
    }
    return std::move(tokens_);
  }

 private:
  std::string_view Rest() const { return typed_.substr(at_); }
  char Peek(std::size_t ahead = 0) const { return at_ + ahead < typed_.size() ? typed_[at_ + ahead] : '\0'; }

  void Advance(std::size_t bytes) {
    for (const std::size_t end = at_ + bytes; at_ < end; ++at_) {
      if ((static_cast<unsigned char>(typed_[at_]) & 0xC0) != 0x80) ++column_;
    }
  }

  bool SkipSpace() {
    while (const std::size_t bytes = SpaceBytes(Rest())) Advance(bytes);
    return at_ < typed_.size();
  }

  // Nothing of a term stands `ahead` bytes from here.
  bool TermEndsAt(std::size_t ahead) const {
    const std::string_view rest = Rest().substr(std::min(ahead, Rest().size()));
    return rest.empty() || rest.front() == ')' || SpaceBytes(rest) > 0;
  }

  QueryToken& Add(Kind kind, std::size_t bytes) {
    QueryToken& token = tokens_.emplace_back();
    token.kind = kind;
    token.begin = at_;
    token.column = column_;
    Advance(bytes);
    token.end = at_;
    return token;
  }

  bool AfterPrefix() const {
    return !tokens_.empty() && tokens_.back().end == at_ &&
           (tokens_.back().kind == Kind::kMinus || tokens_.back().kind == Kind::kWeight);
  }

  Status ReadTerm() {
    const char c = Peek();
    if (c == '(' || c == ')') {
      Add(c == '(' ? Kind::kOpen : Kind::kClose, 1);
      return {};
    }
    if (c == '-' && BeginsTerm(1)) return ReadMinus();
    if (c == '\\' && at_ + 1 < typed_.size() && SpaceBytes(Rest().substr(1)) == 0) return ReadEscaped();
    if (const std::size_t quote = QuoteBytes(Rest());
        quote > 0 && at_ + quote < typed_.size() && SpaceBytes(Rest().substr(quote)) == 0) {
      return ReadExact(quote);
    }
    if (const std::size_t bytes = WeightBytes(); bytes > 0) return ReadWeight(bytes);
    if (const std::size_t letters = FieldLetters(); letters > 0) return ReadField(letters);
    return ReadWord();
  }

  // What follows could be excluded: not the second dash of "--", nor the head of "->".
  bool BeginsTerm(std::size_t ahead) const {
    const char c = Peek(ahead);
    return IsDigit(c) || IsLetter(c) || IsBeyondAscii(c) ? !TermEndsAt(ahead) : IsOneOf(c, "\"(./~\\'*");
  }

  Status ReadMinus() {
    if (AfterPrefix()) {
      return QueryError(column_, "put the sign before the weight: -2:dog, not 2:-dog");
    }
    Add(Kind::kMinus, 1);
    return ReadTerm();
  }

  Status ReadEscaped() {
    std::size_t bytes = 1;
    while (at_ + bytes < typed_.size() && SpaceBytes(Rest().substr(bytes)) == 0) ++bytes;
    Add(Kind::kWord, bytes).escaped = true;
    return {};
  }

  // The text up to the quotation mark that closes it; `bytes` gets the length of all, marks included.
  Result<std::string> ReadQuoted(std::string_view quoted, std::size_t open, bool curly,
                                 std::size_t& bytes) const {
    std::string text;
    for (std::size_t i = open; i < quoted.size(); ++i) {
      const auto quote_at = [&](std::size_t k) {
        const std::size_t length = QuoteBytes(quoted.substr(k));
        return curly || length == 1 ? length : 0;
      };
      if (const std::size_t mark = quote_at(i); mark > 0) {
        bytes = i + mark;
        return text;
      }
      if (quoted[i] == '\\' && i + 1 < quoted.size() && (quoted[i + 1] == '\\' || quote_at(i + 1) > 0)) ++i;
      const std::size_t length = std::max<std::size_t>(1, QuoteBytes(quoted.substr(i)));
      text += quoted.substr(i, length);
      i += length - 1;
    }
    return Error(Code::kInvalidArgument, "no end");
  }

  Error Unclosed(std::size_t column) const {
    return QueryError(
        column,
        "this quotation mark is never closed: write \"...\" around the exact words, or \\\" for "
        "the mark itself");
  }

  Status ReadExact(std::size_t quote) {
    std::size_t bytes = 0;
    Result<std::string> text = ReadQuoted(Rest(), quote, true, bytes);
    if (!text) return Unclosed(column_);
    if (text->empty()) return QueryError(column_, "nothing stands between the quotation marks");
    if (quote == 1 && LooksLikePicture(*text)) return AddPicture(*text, bytes);
    while (SpaceBytes(text->substr(text->size() - 1)) > 0) text->pop_back();
    Add(Kind::kExact, bytes).text = std::move(*text);
    // `the sign says "sale", twice`: the comma belongs to the sentence that is not there.
    while (IsOneOf(Peek(), ",.;!?")) Advance(1);
    return {};
  }

  Status AddPicture(std::string_view typed, std::size_t bytes) {
    constexpr std::string_view kCrop = "#crop=";
    const std::size_t crop = typed.rfind(kCrop);
    const std::size_t column = column_;
    QueryToken& token = Add(Kind::kPicture, bytes);
    token.text = typed.substr(0, crop);
    if (crop == std::string_view::npos) return {};
    VITRINE_TRY_ASSIGN(token.crop, ReadCrop(typed.substr(crop + kCrop.size()), column));
    return {};
  }

  // "2:" or "0.5*" directly before something that is not a digit; not "3:30", "16:9", "2*4".
  std::size_t WeightBytes() const {
    std::size_t i = 0;
    while (IsDigit(Peek(i))) ++i;
    if (i == 0) return 0;
    if (Peek(i) == '.' && IsDigit(Peek(i + 1))) {
      ++i;
      while (IsDigit(Peek(i))) ++i;
    }
    if (Peek(i) != ':' && Peek(i) != '*') return 0;
    const char next = Peek(i + 1);
    const bool term = next == '-' ? BeginsTerm(i + 2) : !IsDigit(next) && BeginsTerm(i + 1);
    return term ? i + 1 : 0;
  }

  Status ReadWeight(std::size_t bytes) {
    if (AfterPrefix() && tokens_.back().kind == Kind::kWeight) {
      return QueryError(column_, "two weights for one term: write one number");
    }
    double weight = 0;
    std::from_chars(Rest().data(), Rest().data() + bytes - 1, weight, std::chars_format::fixed);
    if (!(weight >= kMinWeight && weight <= kMaxWeight)) {
      return QueryError(column_,
                        "a weight is a number from 0.001 to 1000; to leave something out write -dog");
    }
    Add(Kind::kWeight, bytes).weight = weight;
    return ReadTerm();
  }

  // Letters before a colon that make what follows a field, known or misspelt; 0 for plain text.
  std::size_t FieldLetters() const {
    std::size_t letters = 0;
    while (letters <= kMaxFieldLetters && IsLetter(Peek(letters))) ++letters;
    if (letters == 0 || letters > kMaxFieldLetters || Peek(letters) != ':') return 0;
    if (IsFieldName(Rest().substr(0, letters))) return letters;
    const char next = Peek(letters + 1);
    const bool value = IsDigit(next) || IsLetter(next) || IsBeyondAscii(next) || IsOneOf(next, "\"<>=#*");
    return letters > 1 && value && !TermEndsAt(letters + 1) ? letters : 0;
  }

  Status ReadField(std::size_t letters) {
    const std::string name(Rest().substr(0, letters));
    const std::size_t column = column_;
    if (!IsFieldName(name)) return UnknownField(name, column);
    if (TermEndsAt(letters + 1)) {
      return QueryError(column, name + ": needs its value right behind the colon, for example " +
                                    FieldExample(name) + "; for the word itself write \\" + name + ":");
    }
    std::string value;
    std::size_t bytes = 0;
    if (Peek(letters + 1) == '"') {
      Result<std::string> quoted = ReadQuoted(Rest().substr(letters + 1), 1, false, bytes);
      if (!quoted) return Unclosed(column + letters + 1);
      value = std::move(*quoted);
      bytes += letters + 1;
      if (!TermEndsAt(bytes)) {
        return QueryError(column,
                          "white space is missing behind the closing quotation mark of " + name + ":");
      }
    } else {
      bytes = RunBytes(letters + 1);
      value = Rest().substr(letters + 1, bytes - letters - 1);
    }
    return AddField(name, std::move(value), bytes, column + letters + 1);
  }

  Status AddField(const std::string& name, std::string value, std::size_t bytes, std::size_t value_column) {
    if (IsAssetField(name)) {
      std::int64_t id = 0;
      const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), id);
      if (error != std::errc() || end != value.data() + value.size() || id <= 0) {
        return QueryError(value_column, "id: takes the number of a picture, for example id:12");
      }
      Add(Kind::kAsset, bytes).asset = AssetId{id};
      return {};
    }
    QueryToken& token = Add(Kind::kFact, bytes);
    token.field = FieldOf(name);
    token.value = {.text = std::move(value), .column = value_column};
    return {};
  }

  // The end of the run of bytes that begins `from` bytes ahead: white space, or a ')' that closes nothing in
  // it.
  std::size_t RunBytes(std::size_t from) const {
    std::size_t i = from, depth = 0;
    for (; at_ + i < typed_.size(); ++i) {
      const char c = Peek(i);
      if (c == '(') ++depth;
      if (c == ')' && depth-- == 0) break;
      if (SpaceBytes(Rest().substr(i)) > 0) break;
    }
    return i;
  }

  Status ReadWord() {
    const std::size_t bytes = std::max<std::size_t>(1, RunBytes(0));
    const std::string_view word = Rest().substr(0, bytes);
    if (LooksLikePicture(word)) return AddPicture(word, bytes);
    Kind kind = Kind::kWord;
    if (!AfterPrefix() && word == "OR") kind = Kind::kOr;
    if (!AfterPrefix() && word == "+") kind = Kind::kPlus;
    if (!AfterPrefix() && word == "-") kind = Kind::kDash;
    Add(kind, bytes);
    return {};
  }

  const std::string_view typed_;
  std::size_t at_ = 0, column_ = 1;
  std::vector<QueryToken> tokens_;
};

}  // namespace

std::size_t SpaceBytes(std::string_view text) {
  if (text.empty()) return 0;
  const char c = text.front();
  if (c == ' ' || (c >= '\t' && c <= '\r')) return 1;
  if (text.starts_with("\u00a0")) return 2;
  if (text.starts_with("\u3000") || text.starts_with("\u202f")) return 3;
  const bool typographic = text.starts_with("\xe2\x80") && text.size() > 2 &&
                           static_cast<unsigned char>(text[2]) >= 0x80 &&
                           static_cast<unsigned char>(text[2]) <= 0x8a;
  return typographic ? 3 : 0;
}

bool LooksLikePicture(std::string_view token) {
  const std::string_view path = token.substr(0, token.rfind("#crop="));
  for (const std::string_view start : {"./", "../", "~/"}) {
    if (path.starts_with(start) && path.size() > start.size()) return true;
  }
  return path.find('/') != std::string_view::npos && EndsLikePicture(path);
}

Error QueryError(std::size_t column, const std::string& message) {
  return Error(Code::kInvalidArgument, "column " + std::to_string(column) + ": " + message);
}

Result<std::vector<QueryToken>> LexQuery(std::string_view typed) { return Lexer(typed).Run(); }

}  // namespace vitrine
