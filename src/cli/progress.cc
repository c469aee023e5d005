#include "cli/progress.h"

#include <unistd.h>

#include <cmath>
#include <cstdio>

#include "base/human.h"
#include "cli/context.h"
#include "cli/json_output.h"

namespace vitrine {
namespace {

constexpr auto kPlainLineEvery = std::chrono::seconds(10);
constexpr double kSettlingSeconds = 2;  // Before that a rate is a guess.

std::string Duration(double seconds) {
  const auto whole = static_cast<std::uint64_t>(std::ceil(seconds));
  if (whole < 90) return std::to_string(whole) + " s";
  if (whole < std::uint64_t{90} * 60) return std::to_string((whole + 30) / 60) + " min";
  return std::to_string(whole / 3600) + " h " + std::to_string(whole % 3600 / 60) + " min";
}

}  // namespace

std::string ProgressText(const IndexProgress& progress, double seconds) {
  const std::uint64_t done = progress.indexed + progress.reused + progress.failed;
  std::string text = Thousands(done);
  if (progress.walk_done) text += " of " + Thousands(progress.seen);
  text += " pictures";
  const double rate = static_cast<double>(done) / seconds;
  if (progress.indexed > 0) {
    text += ", " + std::to_string(std::lround(static_cast<double>(progress.indexed) / seconds)) + "/s";
  }
  if (progress.walk_done && progress.seen > done && rate > 0 && seconds > kSettlingSeconds) {
    text += ", " + Duration(static_cast<double>(progress.seen - done) / rate) + " left";
  }
  if (progress.texts > 0) text += ", words looked for in " + Thousands(progress.texts);
  if (progress.failed > 0) text += ", " + Thousands(progress.failed) + " unreadable";
  return text;
}

ProgressPrinter::ProgressPrinter(Options options)
    : options_(options), is_terminal_(isatty(STDERR_FILENO) == 1) {}

ProgressPrinter::~ProgressPrinter() {
  if (line_is_painted_) std::fputs("\r\x1b[K", stderr);
}

void ProgressPrinter::OnProgress(const IndexProgress& progress) {
  if (options_.silent) return;
  const Clock::time_point now = Clock::now();
  const double seconds = std::max(1e-3, std::chrono::duration<double>(now - start_).count());
  if (is_terminal_) {
    std::fputs(("\r\x1b[K" + ProgressText(progress, seconds)).c_str(), stderr);
    line_is_painted_ = true;
  } else if (now - last_line_ >= kPlainLineEvery) {
    last_line_ = now;
    Say(ProgressText(progress, seconds));
  }
}

void ProgressPrinter::OnRecorded(std::span<const FileRecord> files) {
  if (!options_.jsonl_files) return;
  std::string lines;
  for (const FileRecord& file : files) lines += FileJson(file) + "\n";
  Print(lines);
  std::fflush(stdout);
}

}  // namespace vitrine
