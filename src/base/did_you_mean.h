// Guesses what a misspelt word was to be.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace vitrine {

/// The candidate that `word` most likely stands for, or an empty string when none is near: at most a third of
/// the letters off, a letter being wrong, missing, extra, or swapped with its neighbour. ASCII, either case;
/// the first of equals.
std::string_view DidYouMean(std::string_view word, std::span<const std::string_view> candidates);

/// "; did you mean `camera:`?", or an empty string; `suffix` is put behind the guess.
std::string DidYouMeanText(std::string_view word, std::span<const std::string_view> candidates,
                           std::string_view suffix = "");

/// "a, b or c".
std::string OneOf(std::span<const std::string_view> words);

}  // namespace vitrine
