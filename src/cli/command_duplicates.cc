// `vitrine duplicates`.
#include <array>
#include <cstdio>

#include "base/human.h"
#include "base/utf8.h"
#include "cli/commands.h"
#include "cli/json_output.h"
#include "cli/terminal.h"
#include "cli/vector_progress.h"

namespace vitrine {
namespace {

std::string Described(const CopyFile& file) {
  return std::to_string(file.info.width_px) + " x " + std::to_string(file.info.height_px) + " " +
         file.info.format + ", " + BytesText(file.size_bytes);
}

std::string Padded(std::string_view word) {
  std::string text(word);
  text.resize(std::max<std::size_t>(text.size(), 6), ' ');
  return text;
}

void PrintGroup(const DuplicateGroup& group, const Terminal& terminal) {
  const CopyFile& keep = group.keep;
  Print(Styled(terminal, "32", Padded("keep")) + "  " +
        FileLink(terminal, keep.path, Styled(terminal, "1", Printable(keep.path))) + "  " +
        Styled(terminal, "2", Described(keep) + ": " + Joined(group.why_keep, ", ")) + "\n");
  for (const Copy& copy : group.others) {
    std::string line = Styled(terminal, "36", Padded(NameOf(copy.kind))) + "  " +
                       FileLink(terminal, copy.file.path, Printable(copy.file.path)) + "  " +
                       Styled(terminal, "2", Described(copy.file) + ": " + Printable(Joined(copy.why, ", ")));
    if (copy.file.offline) line += Styled(terminal, "33", "  offline");
    Print(line + "\n");
  }
  Print("\n");
}

std::uint64_t CopiesIn(const DuplicateReport& report) {
  std::uint64_t count = 0;
  for (const DuplicateGroup& group : report.groups) count += group.others.size();
  return count;
}

std::string Summary(const DuplicateReport& report) {
  std::uint64_t bytes = 0;
  for (const DuplicateGroup& group : report.groups) {
    for (const Copy& copy : group.others) bytes += copy.file.size_bytes;
  }
  const std::uint64_t copies = CopiesIn(report);
  std::string text = Thousands(copies) + (copies == 1 ? " copy" : " copies") + " in " +
                     Thousands(report.groups.size()) +
                     (report.groups.size() == 1 ? " group, " : " groups, ") + BytesText(bytes) + ", among " +
                     Thousands(report.pictures) + " pictures, in " + SecondsText(report.seconds) + " s";
  if (report.unseen > 0)
    text += "; " + Thousands(report.unseen) + " could not be looked at (no thumbnail, no file)";
  return text;
}

std::string ActionText(const ActionReport& done, const DuplicateAction& asked) {
  std::string text;
  if (!asked.tag.empty()) {
    text = Thousands(done.tagged) + (done.tagged == 1 ? " picture" : " pictures") + " tagged " +
           Quoted(asked.tag);
  }
  if (!asked.quarantine.empty()) {
    if (!text.empty()) text += "; ";
    text += Thousands(done.moved) + (done.moved == 1 ? " file" : " files") + " moved to " +
            Quoted(asked.quarantine);
  }
  return text + (done.journal_id > 0 ? "; vitrine undo takes it back" : "");
}

void PrintReport(const DuplicateReport& report, const DuplicatesArguments& arguments,
                 const GlobalOptions& global, const ActionReport* done) {
  if (arguments.json) {
    Print(DuplicatesJson(report, done) + "\n");
  } else if (arguments.null_separated) {
    for (const DuplicateGroup& group : report.groups) {
      for (const Copy& copy : group.others) Print(copy.file.path + '\0');
    }
  } else {
    const Terminal terminal = DetectTerminal(global.color);
    for (const DuplicateGroup& group : report.groups) PrintGroup(group, terminal);
  }
}

}  // namespace

ExitCode RunDuplicates(const GlobalOptions& global, const DuplicatesArguments& arguments,
                       const StopSignal& stop) {
  auto library = OpenLibrary(global);
  if (!library) return Fail(library.error());
  const Result<DuplicateReport> report = [&] {
    VectorProgress progress(global.quiet);
    return (*library)->FindDuplicates(arguments.options, &progress, stop);
  }();
  if (!report) return Fail(report.error());
  const bool acts = !arguments.action.tag.empty() || !arguments.action.quarantine.empty();
  if (!acts || report->stopped || report->groups.empty()) {
    PrintReport(*report, arguments, global, nullptr);
    if (!global.quiet) Say(Summary(*report));
    if (report->stopped) {
      Say(acts ? "stopped early; nothing was tagged or moved" : "stopped early; there may be more");
      return ExitCode::kInterrupted;
    }
    return report->groups.empty() ? ExitCode::kNothingFound : ExitCode::kDone;
  }
  const Result<ActionReport> done = (*library)->ActOnDuplicates(report->groups, arguments.action);
  PrintReport(*report, arguments, global, done ? &*done : nullptr);
  if (!done) return Fail(done.error());
  if (!global.quiet) Say(Summary(*report));
  for (const std::string& skipped : done->skipped) Say("left: " + skipped);
  if (!global.quiet) Say(ActionText(*done, arguments.action));
  return done->skipped.empty() ? ExitCode::kDone : ExitCode::kPartial;
}

}  // namespace vitrine
