// Plain words are first of all a meaning, but they may also be a name: "cluj 2019 birthday" means the folder
// of that name more than any picture looks like it. How much does a word in a name say? By Bayes' rule as
// much as the log of how much likelier it stands there when the picture is meant than when it is not: the
// relevance weight of Robertson and Sparck Jones (1976), with the share of pictures that hold the word for
// the unlikely case, and for the likely one the guess that one meant picture in three is named for what it
// shows. A rare name weighs 5 to 10 nats, a word in every tenth name next to nothing.
//
// A picture is not meant for one odd word of a long sentence: its sum is scaled by the share of the
// query's weight that it covers, where words that stand nowhere count as the rarest. The square root keeps
// one name among other words worth something. Where all of the query stands in a picture's names, the query
// is likely a name itself: that is worth 3 nats more, which is what it takes to pass by what only looks a
// little like it, in a small library too, where no word is rare.
#include "query/words.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/try.h"

namespace vitrine {
namespace {

constexpr std::size_t kMostWords = 32;
constexpr double kNamedForIt = 1.0 / 3.0;
constexpr double kCommonShare = 1.0 / 8.0;
// A small library says little of how common a word is: as if so many more pictures were there without it.
constexpr double kUnseenPictures = 100;

// Words of English that carry no meaning of their own, and what every picture is.
constexpr std::array<std::string_view, 62> kEmptyWords = {
    "a",       "about",    "above", "after", "all",   "an",   "and", "are",   "as",    "at",     "be",
    "by",      "down",     "for",   "from",  "has",   "have", "he",  "her",   "his",   "i",      "image",
    "in",      "into",     "is",    "it",    "its",   "jpeg", "jpg", "me",    "my",    "near",   "no",
    "not",     "of",       "off",   "on",    "one",   "or",   "out", "over",  "photo", "photos", "pic",
    "picture", "pictures", "png",   "she",   "some",  "that", "the", "their", "them",  "they",   "this",
    "to",      "two",      "up",    "we",    "while", "with", "you"};

bool SaysNothing(const std::string& word) {
  static_assert(std::is_sorted(kEmptyWords.begin(), kEmptyWords.end()));
  return word.size() < 2 || std::binary_search(kEmptyWords.begin(), kEmptyWords.end(), word);
}

double WeightOf(double frequency, double pictures) {
  return std::max(0.0, std::log(kNamedForIt * (pictures + 1) / (frequency + 0.5)));
}

std::string MatchOf(const std::string& word) {
  std::string match;
  for (const std::string& spelling : SpellingsOf(word)) {
    match += (match.empty() ? "\"" : " OR \"") + spelling + "\"";
  }
  return match;
}

}  // namespace

std::vector<std::string> WordsOf(std::string_view text) {
  std::vector<std::string> words;
  bool inside = false;
  for (const char letter : text) {
    const bool upper = letter >= 'A' && letter <= 'Z';
    const bool part = upper || (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9') ||
                      static_cast<unsigned char>(letter) >= 0x80;
    if (part && !inside) words.emplace_back();
    if (part) words.back() += upper ? static_cast<char>(letter - 'A' + 'a') : letter;
    inside = part;
  }
  return words;
}

std::string PhraseMatch(const std::vector<std::string>& words) {
  if (words.empty()) return "";
  std::string match = "\"";
  for (const std::string& word : words) match += (match.size() == 1 ? "" : " ") + word;
  return match + "\"";
}

std::vector<std::string> TellingWords(std::string_view text) {
  std::vector<std::string> words = WordsOf(text);
  std::erase_if(words, SaysNothing);
  std::vector<std::string> distinct;
  for (std::string& word : words) {
    if (std::find(distinct.begin(), distinct.end(), word) == distinct.end() && distinct.size() < kMostWords)
      distinct.push_back(std::move(word));
  }
  return distinct;
}

std::vector<std::string> SpellingsOf(const std::string& word) {
  if (word.size() > 3 && word.back() == 's') return {word, word.substr(0, word.size() - 1)};
  if (word.size() > 2) return {word, word + "s"};
  return {word};
}

WordWeights::WordWeights(std::uint64_t pictures)
    : pictures_(static_cast<double>(pictures) + kUnseenPictures) {}

bool WordWeights::IsCommon(std::uint64_t frequency) const {
  return static_cast<double>(frequency) > kCommonShare * pictures_;
}

double WordWeights::Add(std::uint64_t held) {
  const double weight = WeightOf(static_cast<double>(held), pictures_);
  asked_ += weight;
  return held == 0 || IsCommon(held) ? 0 : weight;
}

float WordWeights::EvidenceOf(float sum) const {
  if (sum <= 0) return sum;
  const double covered = static_cast<double>(sum) / asked_;
  const double all_found = covered > 0.999 ? kAllFoundNats : 0;
  return static_cast<float>(static_cast<double>(sum) * std::sqrt(covered) + all_found);
}

Result<WordEvidence> LookUpWords(Catalog& catalog, const std::string& space, const std::string& text,
                                 std::size_t pictures) {
  WordEvidence evidence;
  WordWeights weights(pictures);
  for (const std::string& word : TellingWords(text)) {
    VITRINE_TRY_ASSIGN(const std::uint64_t said, catalog.WordFrequency(word));
    if (weights.IsCommon(said)) continue;
    VITRINE_TRY_ASSIGN(const RowSet rows, catalog.RowsWithWords(space, MatchOf(word)));
    const double weight = weights.Add(rows.Count());
    if (weight == 0) continue;
    if (evidence.by_row.empty()) evidence.by_row.resize(rows.size());
    ForEachRow(rows, [&](RowId row) { evidence.by_row[row] += static_cast<float>(weight); });
    evidence.words.push_back({word, weight, rows});
  }
  for (float& sum : evidence.by_row) sum = weights.EvidenceOf(sum);
  return evidence;
}

}  // namespace vitrine
