#include "fetch/progress.h"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "base/human.h"
#include "fetch/words.h"

namespace vitrine::fetch {
namespace {

constexpr auto kRepaintEvery = std::chrono::milliseconds(200);
constexpr double kSettlingSeconds = 2;  // Before that a rate is a guess.

}  // namespace

std::string ProgressText(const std::string& path, std::uint64_t done, std::uint64_t total,
                         std::uint64_t fetched, double seconds) {
  std::string text = path + ": " + BytesText(done);
  if (total > 0) text += " of " + BytesText(total);
  if (seconds < kSettlingSeconds || fetched == 0) return text;
  const double rate = static_cast<double>(fetched) / seconds;
  text += ", " + BytesText(static_cast<std::uint64_t>(rate)) + "/s";
  if (total > done) {
    text += ", " +
            Thousands(static_cast<std::uint64_t>(std::ceil(static_cast<double>(total - done) / rate))) +
            " s left";
  }
  return text;
}

Progress::Progress(bool silent) : silent_(silent), is_terminal_(isatty(STDERR_FILENO) == 1) {}

Progress::~Progress() { Clear(); }

void Progress::Begin(const std::string& path, std::uint64_t done, std::uint64_t total) {
  path_ = path;
  started_at_ = done;
  total_ = total;
  start_ = painted_ = Clock::now();
  if (!silent_ && !is_terminal_) Say(ProgressText(path, done, total, 0, 0));
}

void Progress::Reach(std::uint64_t done) {
  if (silent_ || !is_terminal_) return;
  const Clock::time_point now = Clock::now();
  if (now - painted_ < kRepaintEvery) return;
  painted_ = now;
  if (done < started_at_) {
    started_at_ = done;
    start_ = now;
  }
  const double seconds = std::chrono::duration<double>(now - start_).count();
  std::fputs(("\r\x1b[K" + ProgressText(path_, done, total_, done - started_at_, seconds)).c_str(), stderr);
  line_is_painted_ = true;
}

void Progress::Note(const std::string& text) {
  if (silent_) return;
  Clear();
  Say(text);
}

void Progress::Clear() {
  if (line_is_painted_) std::fputs("\r\x1b[K", stderr);
  line_is_painted_ = false;
}

}  // namespace vitrine::fetch
