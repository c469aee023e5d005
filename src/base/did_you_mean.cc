// Distance: optimal string alignment (F. Damerau, "A technique for computer detection and correction of
// spelling errors", 1964): the fewest single slips that turn one word into the other, by the usual table of
// prefixes.
#include "base/did_you_mean.h"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace vitrine {
namespace {

constexpr std::size_t kLongestWord = 32;

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

std::size_t Slips(std::string_view x, std::string_view y) {
  std::vector<std::vector<std::size_t>> table(x.size() + 1, std::vector<std::size_t>(y.size() + 1));
  for (std::size_t i = 0; i <= x.size(); ++i) table[i][0] = i;
  for (std::size_t j = 0; j <= y.size(); ++j) table[0][j] = j;
  for (std::size_t i = 1; i <= x.size(); ++i) {
    for (std::size_t j = 1; j <= y.size(); ++j) {
      const char a = Lower(x[i - 1]), b = Lower(y[j - 1]);
      table[i][j] =
          std::min({table[i - 1][j] + 1, table[i][j - 1] + 1, table[i - 1][j - 1] + (a == b ? 0 : 1)});
      if (i > 1 && j > 1 && a == Lower(y[j - 2]) && Lower(x[i - 2]) == b) {
        table[i][j] = std::min(table[i][j], table[i - 2][j - 2] + 1);
      }
    }
  }
  return table[x.size()][y.size()];
}

}  // namespace

std::string_view DidYouMean(std::string_view word, std::span<const std::string_view> candidates) {
  if (word.size() > kLongestWord) return {};
  std::string_view best;
  std::size_t fewest = std::max<std::size_t>(1, word.size() / 3) + 1;
  for (const std::string_view candidate : candidates) {
    if (candidate.size() < 2) continue;
    const std::size_t slips = Slips(word, candidate);
    if (slips < fewest && slips < candidate.size()) {
      fewest = slips;
      best = candidate;
    }
  }
  return best;
}

std::string DidYouMeanText(std::string_view word, std::span<const std::string_view> candidates,
                           std::string_view suffix) {
  const std::string_view guess = DidYouMean(word, candidates);
  return guess.empty() ? "" : "; did you mean " + std::string(guess) + std::string(suffix) + "?";
}

std::string OneOf(std::span<const std::string_view> words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? " or " : ", ";
    text += words[i];
  }
  return text;
}

}  // namespace vitrine
