#include "model/text_steps.h"

#include <string_view>
#include <utility>

#include "base/utf8.h"
#include "model/text_forms.h"

namespace vitrine {
namespace {

// A step without settings of its own.
class Plain : public TextStep {
 public:
  explicit Plain(std::string (*change)(std::string_view)) : change_(change) {}
  std::string Apply(std::string text) const override { return change_(text); }

 private:
  std::string (*const change_)(std::string_view);
};

class Replace : public TextStep {
 public:
  Replace(std::unique_ptr<TextPattern> pattern, std::string content)
      : pattern_(std::move(pattern)), content_(std::move(content)) {}

  std::string Apply(std::string text) const override {
    const std::vector<TextSpan> spans = pattern_->Find(text);
    if (spans.empty()) return text;
    std::string changed;
    std::size_t done = 0;
    for (const TextSpan& span : spans) {
      changed.append(text, done, span.begin - done).append(content_);
      done = span.end;
      if (changed.size() > kMostStepBytes) return changed;
    }
    return changed.append(text, done);
  }

  bool KeepsFront(std::string_view text) const override {
    if (!content_.empty()) return true;
    const std::vector<TextSpan> spans = pattern_->Find(text);
    return spans.empty() || spans.front().begin > 0;
  }

 private:
  const std::unique_ptr<TextPattern> pattern_;
  const std::string content_;
};

class Strip : public TextStep {
 public:
  Strip(bool left, bool right) : left_(left), right_(right) {}

  std::string Apply(std::string text) const override {
    std::size_t begin = text.size();
    std::size_t end = 0;
    for (std::string_view rest = text; !rest.empty();) {
      const std::size_t at = text.size() - rest.size();
      if (IsSpace(TakeCodePoint(rest))) continue;
      if (begin == text.size()) begin = at;
      end = text.size() - rest.size();
    }
    if (begin >= end) return left_ || right_ ? "" : text;
    if (!left_) begin = 0;
    if (!right_) end = text.size();
    return text.substr(begin, end - begin);
  }

  bool KeepsFront(std::string_view text) const override {
    return !left_ || text.empty() || !IsSpace(TakeCodePoint(text));
  }

 private:
  const bool left_;
  const bool right_;
};

class Prepend : public TextStep {
 public:
  explicit Prepend(std::string front) : front_(std::move(front)) {}
  std::string Apply(std::string text) const override { return text.empty() ? text : front_ + text; }

 private:
  const std::string front_;
};

}  // namespace

std::string ApplyAll(const TextSteps& steps, std::string text, bool* front_kept) {
  for (const auto& step : steps) {
    if (front_kept != nullptr && !step->KeepsFront(text)) *front_kept = false;
    text = step->Apply(std::move(text));
    if (text.size() > kMostStepBytes) text.resize(CutUtf8(text, kMostStepBytes).size());
  }
  return text;
}

std::unique_ptr<TextStep> LowerCaseStep() { return std::make_unique<Plain>(LowerCase); }
std::unique_ptr<TextStep> NfcStep() { return std::make_unique<Plain>(ToNfc); }

std::unique_ptr<TextStep> ReplaceStep(std::unique_ptr<TextPattern> pattern, std::string content) {
  return std::make_unique<Replace>(std::move(pattern), std::move(content));
}

std::unique_ptr<TextStep> StripStep(bool left, bool right) { return std::make_unique<Strip>(left, right); }

std::unique_ptr<TextStep> PrependStep(std::string front) {
  return std::make_unique<Prepend>(std::move(front));
}

}  // namespace vitrine
