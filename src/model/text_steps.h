// What happens to a text before it is cut into pieces: the "normalizer" of a tokenizer.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "model/text_pattern.h"

namespace vitrine {

/// One change of a text, well-formed UTF-8 before and after. Immutable, so thread-safe.
class TextStep {
 public:
  virtual ~TextStep() = default;
  TextStep() = default;
  TextStep(const TextStep&) = delete;
  TextStep& operator=(const TextStep&) = delete;

  virtual std::string Apply(std::string text) const = 0;
  /// False when Apply() takes away what `text` begins with: then what is left does not count as its
  /// beginning.
  virtual bool KeepsFront(std::string_view) const { return true; }
};

/// A text that a step makes longer than this is cut: only a description that is made to do harm gets there.
constexpr std::size_t kMostStepBytes = 16 << 20;

using TextSteps = std::vector<std::unique_ptr<TextStep>>;

/// @param front_kept  set to false when a step takes away what the text begins with; may be nullptr.
std::string ApplyAll(const TextSteps& steps, std::string text, bool* front_kept = nullptr);

std::unique_ptr<TextStep> LowerCaseStep();
std::unique_ptr<TextStep> NfcStep();
std::unique_ptr<TextStep> ReplaceStep(std::unique_ptr<TextPattern> pattern, std::string content);
/// White space off the ends.
std::unique_ptr<TextStep> StripStep(bool left, bool right);
/// In front of every text but the empty one.
std::unique_ptr<TextStep> PrependStep(std::string front);

}  // namespace vitrine
