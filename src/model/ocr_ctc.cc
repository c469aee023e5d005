#include "model/ocr_ctc.h"

#include <algorithm>

namespace vitrine {

LineText DecodeCtc(std::span<const float> scores, std::span<const std::string> characters) {
  LineText line;
  const std::size_t classes = characters.size() + 1;
  std::size_t before = 0;
  std::size_t count = 0;
  double sum = 0;
  for (std::size_t at = 0; at + classes <= scores.size(); at += classes) {
    const auto step = scores.subspan(at, classes);
    const auto best = static_cast<std::size_t>(std::max_element(step.begin(), step.end()) - step.begin());
    if (best != 0 && best != before) {
      line.text += characters[best - 1];
      sum += static_cast<double>(step[best]);
      ++count;
    }
    before = best;
  }
  if (count > 0) line.confidence = static_cast<float>(sum / static_cast<double>(count));
  return line;
}

}  // namespace vitrine
