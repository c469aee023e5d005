#include "base/human.h"
#include "base/utf8.h"
#include "cli/commands.h"
#include "cli/json_output.h"
#include "cli/vector_progress.h"

namespace vitrine {
namespace {

std::string Rate(std::uint64_t vectors, double seconds) {
  const auto rate = seconds > 0 ? static_cast<std::uint64_t>(static_cast<double>(vectors) / seconds) : 0;
  return "in " + SecondsText(seconds) + " s (" + Thousands(rate) + "/s)";
}

std::string ImportText(const ImportReport& report) {
  std::string text = Thousands(report.vectors) + " vectors " + Rate(report.vectors, report.seconds) + ": " +
                     Thousands(report.pictures) + " new pictures, " + Thousands(report.replaced) +
                     " that were known";
  if (report.pictures > 0) text += "; the new ones lie under " + Quoted(report.root);
  return text;
}

}  // namespace

ExitCode RunExportVectors(const GlobalOptions& global, const ExchangeArguments& arguments,
                          const StopSignal& stop) {
  auto library = OpenLibrary(global);
  if (!library) return Fail(library.error());
  const Result<ExportReport> report = [&] {
    VectorProgress progress(global.quiet);
    return (*library)->ExportVectors(arguments.files, &progress, stop);
  }();
  if (!report) return Fail(report.error());
  if (arguments.json) Print(ExportJson(*report) + "\n");
  if (report->stopped) {
    Say("stopped early; nothing was written");
    return ExitCode::kInterrupted;
  }
  if (!global.quiet) {
    Say(Thousands(report->vectors) + " vectors of " + std::to_string(report->dimension) + " dimensions " +
        Rate(report->vectors, report->seconds));
  }
  return ExitCode::kDone;
}

ExitCode RunImportVectors(const GlobalOptions& global, const ExchangeArguments& arguments,
                          const StopSignal& stop) {
  auto library = OpenLibrary(global);
  if (!library) return Fail(library.error());
  const Result<ImportReport> report = [&] {
    VectorProgress progress(global.quiet);
    return (*library)->ImportVectors(arguments.files, &progress, stop);
  }();
  if (!report) return Fail(report.error());
  if (arguments.json) Print(ImportJson(*report) + "\n");
  if (!global.quiet) Say(ImportText(*report));
  if (report->stopped) {
    Say("stopped early; the same command goes on from there");
    return ExitCode::kInterrupted;
  }
  if (!global.quiet && !report->index.note.empty()) Say(report->index.note);
  return ExitCode::kDone;
}

}  // namespace vitrine
