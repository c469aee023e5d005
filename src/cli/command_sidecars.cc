// `vitrine sidecars write`, `status` and `conflicts`: one report, three views of it.
#include "base/human.h"
#include "base/utf8.h"
#include "cli/commands.h"
#include "cli/json_output.h"

namespace vitrine {
namespace {

std::string Count(std::uint64_t count, const char* one, const char* many) {
  return Thousands(count) + " " + (count == 1 ? one : many);
}

std::string Sidecars(std::uint64_t count) { return Count(count, "sidecar", "sidecars"); }

std::string Value(const std::string& value) { return value.empty() ? "none" : Quoted(value); }

void PrintConflicts(const SidecarReport& report) {
  for (const SidecarConflict& conflict : report.conflicts) {
    Print(Printable(conflict.sidecar) + ": " + conflict.what + " here " + Value(conflict.vitrine) +
          ", there " + Value(conflict.file) + "\n");
  }
}

void SayWhatIsLeft(const SidecarReport& report) {
  for (const SidecarFailure& failure : report.failures) {
    Say(Printable(failure.sidecar) + ": " + Printable(failure.reason));
  }
  if (report.conflicts.empty()) return;
  Say(Count(report.conflicts.size(), "value was", "values were") +
      " changed both here and in the sidecar; each side keeps its own until you choose:");
  Say("vitrine sidecars conflicts shows them, vitrine sidecars write --prefer vitrine|file decides");
}

ExitCode ExitOf(const SidecarReport& report) {
  if (report.stopped) return ExitCode::kInterrupted;
  return report.failures.empty() && report.conflicts.empty() ? ExitCode::kDone : ExitCode::kPartial;
}

Result<SidecarReport> Report(const GlobalOptions& global, SidecarOptions options, bool write,
                             const StopSignal& stop) {
  auto library = OpenLibrary(global);
  if (!library) return std::move(library).error();
  options.write = write;
  return (*library)->SyncSidecars(options, stop);
}

}  // namespace

ExitCode RunSidecarsWrite(const GlobalOptions& global, const SidecarArguments& arguments,
                          const StopSignal& stop) {
  const auto report = Report(global, arguments.options, true, stop);
  if (!report) return Fail(report.error());
  if (arguments.json) {
    Print(SidecarsJson(*report) + "\n");
    return ExitOf(*report);
  }
  std::string text = Sidecars(report->written) + " written";
  if (report->created > 0) text += ", " + Thousands(report->created) + " of them new";
  if (report->unchanged > 0) text += "; " + Thousands(report->unchanged) + " said it all already";
  Print(text + "\n");
  if (report->adopted > 0) {
    Print(Count(report->adopted, "picture", "pictures") + " took over what another program had changed\n");
  }
  SayWhatIsLeft(*report);
  return ExitOf(*report);
}

ExitCode RunSidecarsStatus(const GlobalOptions& global, const SidecarArguments& arguments,
                           const StopSignal& stop) {
  const auto report = Report(global, arguments.options, false, stop);
  if (!report) return Fail(report.error());
  if (arguments.json) {
    Print(SidecarsJson(*report) + "\n");
    return ExitOf(*report);
  }
  if (report->pictures == 0) {
    Print("every sidecar says what was said here\n");
    return ExitCode::kDone;
  }
  Print(Count(report->pictures, "picture was", "pictures were") + " changed here: " +
        Sidecars(report->written) + " to write, " + Thousands(report->created) + " of them new\n");
  SayWhatIsLeft(*report);
  return ExitOf(*report);
}

ExitCode RunSidecarsConflicts(const GlobalOptions& global, const SidecarArguments& arguments,
                              const StopSignal& stop) {
  const auto report = Report(global, arguments.options, false, stop);
  if (!report) return Fail(report.error());
  if (arguments.json) {
    Print(SidecarsJson(*report) + "\n");
  } else {
    PrintConflicts(*report);
    if (report->conflicts.empty() && !global.quiet) Say("no conflicts");
  }
  return report->conflicts.empty() ? ExitCode::kNothingFound : ExitCode::kDone;
}

}  // namespace vitrine
