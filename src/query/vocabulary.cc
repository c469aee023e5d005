#include "query/vocabulary.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "base/human.h"
#include "base/utf8.h"
#include "catalog/annotations.h"

namespace vitrine {
namespace {

constexpr std::size_t kMaxBytes = std::size_t{64} << 20;
constexpr std::size_t kMaxLines = 1'000'000;
constexpr std::size_t kMaxNotes = 20;
constexpr std::size_t kMaxShown = 60;
constexpr std::size_t kTab = 8;

std::string_view Trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::size_t IndentOf(std::string_view line) {
  std::size_t column = 0;
  for (const char letter : line) {
    if (letter == '\t') {
      column += kTab - column % kTab;
    } else if (letter == ' ') {
      ++column;
    } else {
      break;
    }
  }
  return column;
}

// "dog = puppy" as its names, without empty ones.
std::vector<std::string> SplitNames(std::string_view content) {
  const std::string padded = " " + std::string(content) + " ";
  const std::string_view text = padded;
  std::vector<std::string> names;
  for (std::size_t from = 0; from <= text.size();) {
    std::size_t to = text.find(" = ", from);
    if (to == std::string_view::npos) to = text.size();
    const std::string_view name = Trimmed(text.substr(from, to - from));
    if (!name.empty() && name != "=") names.emplace_back(name);
    from = to + 3;
  }
  return names;
}

std::string Shown(std::string_view text) {
  return Quoted(text.size() <= kMaxShown ? std::string(text)
                                         : std::string(text.substr(0, kMaxShown)) + "...");
}

class Reader {
 public:
  Result<Vocabulary> Read(std::string_view text) {
    if (text.size() > kMaxBytes) {
      return Error(Code::kInvalidArgument, "the vocabulary is larger than 64 MiB");
    }
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    std::size_t number = 0;
    while (!text.empty()) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      std::string_view line = text.substr(0, end);
      text.remove_prefix(std::min(end + 1, text.size()));
      if (++number > kMaxLines) {
        return Error(Code::kInvalidArgument, "the vocabulary has more than 1,000,000 lines");
      }
      if (line.ends_with('\r')) line.remove_suffix(1);
      Take(line, number);
    }
    if (vocabulary_.terms.empty()) {
      return Error(Code::kInvalidArgument,
                   "the vocabulary holds no term" +
                       (vocabulary_.notes.empty() ? ": write one name a line" : "; " + vocabulary_.notes[0]));
    }
    return std::move(vocabulary_);
  }

 private:
  // A line that others may stand below.
  struct Level {
    std::size_t indent;
    std::string name;
  };

  void Take(std::string_view line, std::size_t number) {
    const std::string_view content = Trimmed(line);
    if (content.empty() || content.front() == '#') return;
    const std::size_t indent = IndentOf(line);
    while (!above_.empty() && above_.back().indent >= indent) above_.pop_back();
    const bool heading = content.back() == ':';
    std::vector<std::string> names = SplitNames(heading ? content.substr(0, content.size() - 1) : content);
    if (names.empty()) return PassOver(number, "has no name");
    std::vector<std::string> levels;
    for (const Level& level : above_) levels.push_back(level.name);
    levels.push_back(names.front());
    std::string path = TagPath::Join(levels);
    if (const auto valid = TagPath::Levels(path); !valid) return PassOver(number, valid.error().message());
    if (const auto valid = CheckSynonyms(names); !valid) return PassOver(number, valid.error().message());
    above_.push_back({indent, names.front()});
    if (!heading) Add({.path = std::move(path), .names = std::move(names), .line = number});
  }

  static Status CheckSynonyms(const std::vector<std::string>& names) {
    for (const std::string& name : names) {
      if (auto valid = TagPath::Levels(TagPath::Join(std::span(&name, 1))); !valid) return valid.error();
    }
    return {};
  }

  void Add(Term term) {
    const auto [known, is_new] = by_path_.emplace(TagPath::Folded(term.path), vocabulary_.terms.size());
    if (is_new) {
      vocabulary_.terms.push_back(std::move(term));
      return;
    }
    Term& first = vocabulary_.terms[known->second];
    for (std::string& name : term.names) {
      const bool stands = std::ranges::any_of(first.names, [&](const std::string& other) {
        return TagPath::Folded(other) == TagPath::Folded(name);
      });
      if (!stands) first.names.push_back(std::move(name));
    }
    ++vocabulary_.merged;
    Note("line " + Thousands(term.line) + ": " + Shown(term.path) + " stands in line " +
         Thousands(first.line) + " already; the two are one term");
  }

  void PassOver(std::size_t number, const std::string& why) {
    ++vocabulary_.passed_over;
    Note("line " + Thousands(number) + " is passed over: " + why);
  }

  void Note(std::string text) {
    if (vocabulary_.notes.size() < kMaxNotes) vocabulary_.notes.push_back(std::move(text));
  }

  Vocabulary vocabulary_;
  std::vector<Level> above_;
  std::unordered_map<std::string, std::size_t> by_path_;
};

}  // namespace

Result<Vocabulary> ParseVocabulary(std::string_view text) { return Reader().Read(text); }

std::vector<std::string> NamesOf(const Vocabulary& vocabulary) {
  std::vector<std::string> names;
  std::unordered_set<std::string_view> known;
  for (const Term& term : vocabulary.terms) {
    for (const std::string& name : term.names) {
      if (known.insert(name).second) names.push_back(name);
    }
  }
  return names;
}

}  // namespace vitrine
