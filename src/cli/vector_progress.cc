#include "cli/vector_progress.h"

#include <unistd.h>

#include <cstdio>

#include "base/human.h"

namespace vitrine {
namespace {

constexpr auto kPlainLineEvery = std::chrono::seconds(10);
constexpr auto kRepaintEvery = std::chrono::milliseconds(100);

}  // namespace

std::string StepText(std::string_view step, std::uint64_t done, std::uint64_t total) {
  std::string text(step);
  if (total > 0) text += ": " + Thousands(done) + " of " + Thousands(total);
  return text;
}

VectorProgress::VectorProgress(bool silent) : silent_(silent), is_terminal_(isatty(STDERR_FILENO) == 1) {}

VectorProgress::~VectorProgress() {
  if (line_is_painted_) std::fputs("\r\x1b[K", stderr);
}

void VectorProgress::OnStep(std::string_view step, std::uint64_t done, std::uint64_t total) {
  if (silent_) return;
  const Clock::time_point now = Clock::now();
  const bool is_new = step_ != step;
  step_ = step;
  if (!is_new && now - last_line_ < (is_terminal_ ? kRepaintEvery : kPlainLineEvery)) return;
  last_line_ = now;
  if (is_terminal_) {
    std::fputs(("\r\x1b[K" + StepText(step, done, total)).c_str(), stderr);
    line_is_painted_ = true;
  } else {
    Say(is_new ? step_ : StepText(step, done, total));
  }
}

}  // namespace vitrine
