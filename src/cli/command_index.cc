#include <csignal>

#include "base/utf8.h"
#include "cli/commands.h"
#include "cli/json_output.h"
#include "cli/progress.h"

namespace vitrine {
namespace {

constexpr std::size_t kFailuresShown = 20;

std::string Count(std::uint64_t number, const char* what) { return std::to_string(number) + " " + what; }

std::string Summary(const IndexReport& report) {
  std::string text = Count(report.indexed, "new") + ", " + Count(report.reused, "unchanged");
  if (report.removed > 0) text += ", " + Count(report.removed, "gone");
  if (report.failed > 0) text += ", " + Count(report.failed, "unreadable");
  if (report.skipped > 0) text += ", " + Count(report.skipped, "other files skipped");
  const auto rate = report.seconds > 0 ? static_cast<double>(report.indexed) / report.seconds : 0.0;
  text += "; " + std::to_string(static_cast<long>(report.seconds * 10) / 10) + "." +
          std::to_string(static_cast<long>(report.seconds * 10) % 10) + " s";
  if (report.indexed > 0) text += ", " + std::to_string(static_cast<long>(rate + 0.5)) + " pictures/s";
  return text;
}

void SayFailures(const IndexReport& report, bool all) {
  std::size_t shown = 0;
  for (const FileRecord& file : report.failures) {
    if (!all && ++shown > kFailuresShown) break;
    Say("cannot read " + Quoted(file.path) + ": " + file.reason);
  }
  if (!all && report.failures.size() > kFailuresShown) {
    Say("... and " + Count(report.failed - kFailuresShown, "more; -v or --json lists them all"));
  }
}

void SayReport(const GlobalOptions& global, const IndexReport& report) {
  if (!global.quiet) {
    SayFailures(report, global.verbose > 0);
    for (const std::string& note : report.notes) Say(note);
  }
  for (const PathBytes& root : report.offline) {
    Say(Quoted(root) +
        " is missing or empty: taken for an unplugged drive, its pictures stay in the library");
  }
  if (!global.quiet) Say(Summary(report));
  if (report.stopped) Say("stopped early; the next run goes on from here");
}

}  // namespace

ExitCode RunIndex(const GlobalOptions& global, const IndexArguments& arguments, const StopSignal& stop) {
  auto library = OpenLibrary(global);
  if (!library) return Fail(library.error());

  Result<IndexReport> report = [&] {
    ProgressPrinter progress({.silent = global.quiet, .jsonl_files = arguments.jsonl});
    return (*library)->Index({.roots = arguments.roots, .retry_failed = arguments.retry_failed}, &progress,
                             stop);
  }();
  if (!report) return Fail(report.error());

  SayReport(global, *report);
  if (arguments.json || arguments.jsonl) Print(IndexJson(*report) + "\n");
  if (report->stopped) return ExitCode::kInterrupted;
  return report->failed > 0 ? ExitCode::kPartial : ExitCode::kDone;
}

}  // namespace vitrine
