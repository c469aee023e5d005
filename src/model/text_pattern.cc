#include "model/text_pattern.h"

#include <algorithm>
#include <charconv>
#include <initializer_list>
#include <optional>
#include <utility>

#include "base/utf8.h"
#include "model/text_forms.h"

namespace vitrine {
namespace {

constexpr std::string_view kClipWords = R"('s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+)";
constexpr std::string_view kClipSpecials = R"(<\|startoftext\|>|<\|endoftext\|>|)";
constexpr std::string_view kGpt2Words =
    R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";

enum class Kind { kLetter, kNumber, kSpace, kOther };

Kind KindOf(char32_t c) {
  if (IsLetter(c)) return Kind::kLetter;
  if (IsNumber(c)) return Kind::kNumber;
  return IsSpace(c) ? Kind::kSpace : Kind::kOther;
}

Kind KindAt(std::string_view text) { return KindOf(TakeCodePoint(text)); }

// Bytes of the code points of one kind at the front.
std::size_t RunOf(Kind kind, std::string_view text) {
  std::string_view rest = text;
  while (!rest.empty() && KindAt(rest) == kind) TakeCodePoint(rest);
  return text.size() - rest.size();
}

std::size_t FirstThatStarts(std::string_view text, std::initializer_list<std::string_view> words) {
  const auto* found = std::ranges::find_if(words, [&](std::string_view w) { return text.starts_with(w); });
  return found != words.end() ? found->size() : 0;
}

std::size_t Contraction(std::string_view text) {
  return text.front() == '\'' ? FirstThatStarts(text, {"'s", "'t", "'re", "'ve", "'m", "'ll", "'d"}) : 0;
}

// Asks at each place how many bytes match there; where none do, goes on with the next code point.
template <typename MatchAt>
std::vector<TextSpan> FindAll(std::string_view text, const MatchAt& match_at) {
  std::vector<TextSpan> spans;
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t begin = text.size() - rest.size();
    if (const std::size_t length = match_at(rest); length > 0) {
      spans.push_back({begin, begin + length});
      rest.remove_prefix(length);
    } else {
      TakeCodePoint(rest);
    }
  }
  return spans;
}

class Literal : public TextPattern {
 public:
  explicit Literal(std::string literal) : literal_(std::move(literal)) {}

  std::vector<TextSpan> Find(std::string_view text) const override {
    std::vector<TextSpan> spans;
    for (std::size_t at = text.find(literal_); at != std::string_view::npos;
         at = text.find(literal_, at + literal_.size())) {
      spans.push_back({at, at + literal_.size()});
    }
    return spans;
  }

 private:
  const std::string literal_;
};

class ClipWords : public TextPattern {
 public:
  explicit ClipWords(bool specials) : specials_(specials) {}

  std::vector<TextSpan> Find(std::string_view text) const override {
    return FindAll(text, [this](std::string_view rest) -> std::size_t {
      if (specials_ && rest.front() == '<') {
        if (const auto n = FirstThatStarts(rest, {"<|startoftext|>", "<|endoftext|>"}); n > 0) return n;
      }
      if (const std::size_t n = Contraction(rest); n > 0) return n;
      const Kind kind = KindAt(rest);
      if (kind == Kind::kSpace) return 0;
      if (kind != Kind::kNumber) return RunOf(kind, rest);
      std::string_view after = rest;
      TakeCodePoint(after);
      return rest.size() - after.size();
    });
  }

 private:
  const bool specials_;
};

class Gpt2Words : public TextPattern {
 public:
  std::vector<TextSpan> Find(std::string_view text) const override { return FindAll(text, MatchAt); }

 private:
  static std::size_t MatchAt(std::string_view rest) {
    if (const std::size_t n = Contraction(rest); n > 0) return n;
    const std::size_t space = rest.front() == ' ' ? 1 : 0;
    if (rest.size() > space) {
      const Kind kind = KindAt(rest.substr(space));
      if (kind != Kind::kSpace) return space + RunOf(kind, rest.substr(space));
    }
    // White space: all of it at the end of the text; before a word all but the last, which may be the word's.
    const std::size_t run = RunOf(Kind::kSpace, rest);
    if (run == rest.size()) return run;
    std::size_t last = run - 1;
    while (last > 0 && (static_cast<unsigned char>(rest[last]) & 0xC0) == 0x80) --last;
    return last > 0 ? last : run;
  }
};

// One set of characters, so many times or more.
class CharacterSet : public TextPattern {
 public:
  CharacterSet(std::u32string characters, bool spaces, std::size_t least, bool more)
      : characters_(std::move(characters)), spaces_(spaces), least_(least), more_(more) {}

  std::vector<TextSpan> Find(std::string_view text) const override {
    return FindAll(text, [this](std::string_view rest) -> std::size_t {
      const std::size_t size = rest.size();
      std::size_t count = 0;
      while (!rest.empty() && (count < least_ || more_)) {
        std::string_view next = rest;
        if (!Has(TakeCodePoint(next))) break;
        rest = next;
        ++count;
      }
      return count >= least_ ? size - rest.size() : 0;
    });
  }

 private:
  bool Has(char32_t c) const {
    return (spaces_ && IsSpace(c)) || characters_.find(c) != std::u32string::npos;
  }

  const std::u32string characters_;
  const bool spaces_;
  const std::size_t least_;
  const bool more_;
};

bool IsPlain(char c) { return std::string_view(R"(\^$.|?*+()[]{})").find(c) == std::string_view::npos; }

bool IsEscapedPunctuation(char c) {
  return static_cast<unsigned char>(c) < 0x80 && !IsLetter(static_cast<char32_t>(c)) &&
         !IsNumber(static_cast<char32_t>(c));
}

// One member of a set off the front of `rest`: a character or \s. False when it is something else.
bool TakeMember(std::string_view& rest, bool in_brackets, std::u32string& characters, bool& spaces) {
  if (rest.front() == '\\') {
    if (rest.size() < 2) return false;
    if (rest[1] == 's') {
      spaces = true;
    } else if (IsEscapedPunctuation(rest[1])) {
      characters += static_cast<char32_t>(rest[1]);
    } else {
      return false;
    }
    rest.remove_prefix(2);
    return true;
  }
  // In brackets the other signs of expressions are plain; ranges, sets in sets and their intersections are
  // not known here.
  if (in_brackets) {
    if (rest.front() == '[' || rest.front() == '-' || rest.starts_with("&&")) return false;
  } else if (!IsPlain(rest.front())) {
    return false;
  }
  characters += TakeCodePoint(rest);
  return true;
}

// How often: "" once, "+" or "{n,}" and more. The least count and whether more are taken.
std::optional<std::pair<std::size_t, bool>> ReadQuantity(std::string_view rest) {
  if (rest.empty()) return std::pair<std::size_t, bool>(1, false);
  if (rest == "+") return std::pair<std::size_t, bool>(1, true);
  if (!rest.starts_with('{') || !rest.ends_with(",}")) return std::nullopt;
  std::size_t least = 0;
  const char* end = rest.data() + rest.size() - 2;
  const auto [stop, problem] = std::from_chars(rest.data() + 1, end, least);
  if (problem != std::errc() || stop != end || least < 1 || least > 1000) return std::nullopt;
  return std::pair(least, true);
}

std::unique_ptr<TextPattern> ReadCharacterSet(std::string_view rest) {
  std::u32string characters;
  bool spaces = false;
  if (rest.empty()) return nullptr;
  if (rest.front() != '[') {
    if (!TakeMember(rest, false, characters, spaces)) return nullptr;
  } else {
    rest.remove_prefix(1);
    if (rest.starts_with('^')) return nullptr;
    while (!rest.empty() && rest.front() != ']') {
      if (!TakeMember(rest, true, characters, spaces)) return nullptr;
    }
    if (rest.empty() || (characters.empty() && !spaces)) return nullptr;
    rest.remove_prefix(1);
  }
  const auto quantity = ReadQuantity(rest);
  if (!quantity) return nullptr;
  return std::make_unique<CharacterSet>(std::move(characters), spaces, quantity->first, quantity->second);
}

}  // namespace

std::unique_ptr<TextPattern> LiteralPattern(std::string literal) {
  return std::make_unique<Literal>(std::move(literal));
}

std::unique_ptr<TextPattern> Gpt2Pattern() { return std::make_unique<Gpt2Words>(); }

std::unique_ptr<TextPattern> KnownPattern(std::string_view expression) {
  if (!IsUtf8(expression)) return nullptr;
  if (expression == kClipWords) return std::make_unique<ClipWords>(false);
  if (expression.starts_with(kClipSpecials) && expression.substr(kClipSpecials.size()) == kClipWords) {
    return std::make_unique<ClipWords>(true);
  }
  if (expression == kGpt2Words) return Gpt2Pattern();
  return ReadCharacterSet(expression);
}

}  // namespace vitrine
