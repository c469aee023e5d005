// What a recogniser says of a line, as text.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace vitrine {

struct LineText {
  std::string text;      ///< UTF-8.
  float confidence = 0;  ///< Mean over the characters of the probability of each; 0 for no characters.
};

/// Connectionist temporal classification, decoded greedily (Graves et al. 2006): at each step the likeliest
/// class; runs of one class count once; class 0 is the blank, which stands between equal characters and for
/// nothing. A character's probability is that of the first step of its run.
/// `scores` is [steps, characters.size() + 1], row-major; class i is characters[i - 1]. Of equal scores the
/// lower class counts.
LineText DecodeCtc(std::span<const float> scores, std::span<const std::string> characters);

}  // namespace vitrine
