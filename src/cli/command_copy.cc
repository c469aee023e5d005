#include "base/human.h"
#include "cli/commands.h"
#include "cli/json_output.h"
#include "cli/vector_progress.h"

namespace vitrine {
namespace {

std::string CopyText(const CopyReport& report) {
  std::string text = Thousands(report.pictures) + " pictures, " + Thousands(report.written) +
                     " of them copied now, " + Thousands(report.pictures - report.written) + " were there";
  if (report.stopped) {
    return "stopped: " + Thousands(report.written) + " pictures copied now, after " +
           SecondsText(report.seconds) + " s; the same command goes on from there";
  }
  if (report.removed > 0) text += ", " + Thousands(report.removed) + " removed that are gone here";
  if (report.shards > 0) {
    text += "; in " + std::to_string(report.shards) + (report.shards == 1 ? " shard" : " shards");
  }
  if (report.boards > 0) {
    text += ", " + Thousands(report.boards) + (report.boards == 1 ? " board (" : " boards (") +
            Thousands(report.boards_written) + " of them now)";
  }
  return text + ", after " + SecondsText(report.seconds) + " s; counts and checksums agree";
}

}  // namespace

ExitCode RunLibraryCopy(const GlobalOptions& global, const LibraryCopyArguments& arguments,
                        const StopSignal& stop) {
  const bool away = NamesCluster(arguments.to);
  if (away == NamesCluster(arguments.from)) {
    return Fail(Error(Code::kInvalidArgument,
                      "a copy goes from a folder to a cluster or back: vitrine library copy FOLDER "
                      "opensearch://host:port/name"));
  }
  LibraryOptions local = OptionsOf(global);
  local.folder = arguments.from;
  const Result<CopyReport> report = [&] {
    VectorProgress progress(global.quiet);
    return away ? CopyToCluster(local, global.cluster, arguments.options, &progress, stop)
                : CopyFromCluster(arguments.to, global.cluster, &progress, stop);
  }();
  if (!report) return Fail(report.error());
  if (arguments.json) Print(CopyJson(*report) + "\n");
  if (!global.quiet) Say(CopyText(*report));
  for (const std::string& note : report->notes) Say("note: " + note);
  return report->stopped ? ExitCode::kInterrupted : ExitCode::kDone;
}

}  // namespace vitrine
