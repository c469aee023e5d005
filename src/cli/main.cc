// vitrine: find pictures by what is in them.
//
// main() reads its arguments, gives up the right to the network, then runs one command. `serve` alone does so
// itself, after it has bound the one port that it listens on.
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <cstdio>
#include <exception>
#include <iostream>

#include "base/lockdown.h"
#include "cli/arguments.h"

namespace vitrine {
namespace {

// Signal handlers can reach only globals.
StopSignal stop_signal;
volatile sig_atomic_t last_signal = 0;
// Set while a command runs whose work cannot be ended half-way. Nothing is lost by ending the process: what
// it writes appears by a rename or a transaction, whole or not at all.
volatile sig_atomic_t signals_end_the_process = 0;

void OnSignal(int number) {
  if (signals_end_the_process != 0) {
    constexpr char kStopped[] = "\nvitrine: stopped; the library is sound\n";
    [[maybe_unused]] const auto ignored = write(STDERR_FILENO, kStopped, sizeof(kStopped) - 1);
    _exit(128 + number);
  }
  last_signal = number;
  stop_signal.Request();
  constexpr char kOnce[] = "\nvitrine: finishing what is under way; once more stops now\n";
  if (!stop_signal.now()) [[maybe_unused]]
    const auto ignored = write(STDERR_FILENO, kOnce, sizeof(kOnce) - 1);
}

void CatchSignals() {
  struct sigaction action{};
  action.sa_handler = OnSignal;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN);  // A limit on file sizes is an error of writing, as a full disk is.
}

void DenyNetwork() {
  if (const Status locked = DenyInternetSockets(); !locked) {
    Say("the network could not be locked: " + locked.error().message());
  }
}

// Before the network is given up: a library on a cluster is spoken to by a program of its own. What is secret
// stays with that one.
Status StartCluster(CommandLine& line) {
  std::string library = line.global.library.empty() ? DefaultLibraryFolder() : line.global.library;
  if (line.command == Command::kLibraryCopy) {
    library = NamesCluster(line.library_copy.to) ? line.library_copy.to : line.library_copy.from;
  }
  if (!NamesCluster(library)) return {};
  // A page asks for many things at once, a command for one after the other (docs/decisions/0024).
  auto link = StartClusterLink(library, line.command == Command::kServe ? 4 : 1);
  if (!link) return std::move(link).error();
  line.global.cluster = *std::move(link);
  unsetenv("VITRINE_CLUSTER_PASSWORD");
  return {};
}

ExitCode Run(int count, char** words) {
  ExitCode exit = ExitCode::kDone;
  std::optional<CommandLine> line = ReadCommandLine(count, words, exit);
  if (!line) return exit;
  if (const Status started = StartCluster(*line); !started) return Fail(started.error());
  if (line->command != Command::kServe) DenyNetwork();
  switch (line->command) {
    case Command::kIndex:
      return RunIndex(line->global, line->index, stop_signal);
    case Command::kSearch:
      return RunSearch(line->global, line->search, stop_signal);
    case Command::kSimilar:
      return RunSimilar(line->global, line->similar);
    case Command::kTags:
      return RunTags(line->global, line->tags, stop_signal);
    case Command::kBoard:
      return RunBoard(line->global, line->board, stop_signal);
    case Command::kNote:
      return RunNote(line->global, line->note);
    case Command::kUndo:
      return RunUndo(line->global, line->journal);
    case Command::kRedo:
      return RunRedo(line->global, line->journal);
    case Command::kHistory:
      return RunHistory(line->global, line->journal);
    case Command::kSaved:
      return RunSaved(line->global, line->saved);
    case Command::kDuplicates:
      return RunDuplicates(line->global, line->duplicates, stop_signal);
    case Command::kSidecarsWrite:
      return RunSidecarsWrite(line->global, line->sidecars, stop_signal);
    case Command::kSidecarsStatus:
      return RunSidecarsStatus(line->global, line->sidecars, stop_signal);
    case Command::kSidecarsConflicts:
      return RunSidecarsConflicts(line->global, line->sidecars, stop_signal);
    case Command::kServe:
      return RunServe(line->global, line->serve, stop_signal);
    case Command::kDoctor:
      return RunDoctor(line->global, line->doctor);
    case Command::kModel:
      signals_end_the_process = line->model.action == ModelAction::kAdd ? 1 : 0;
      return RunModel(line->global, line->model, stop_signal);
    case Command::kLibraryIndex:
      signals_end_the_process = 1;
      return RunLibraryIndex(line->global, line->library_index);
    case Command::kLibraryStats:
      signals_end_the_process = 1;
      return RunLibraryStats(line->global, line->library_stats);
    case Command::kLibraryCompact:
      signals_end_the_process = 1;
      return RunLibraryCompact(line->global, line->library_compact);
    case Command::kLibraryCopy:
      return RunLibraryCopy(line->global, line->library_copy, stop_signal);
    case Command::kExportVectors:
      return RunExportVectors(line->global, line->export_vectors, stop_signal);
    case Command::kImportVectors:
      return RunImportVectors(line->global, line->import_vectors, stop_signal);
  }
  return ExitCode::kInternal;
}

}  // namespace
}  // namespace vitrine

int main(int count, char** words) {
  // Some builds of the inference runtime report home; ours does not, and this switch makes doubly sure.
  setenv("ORT_DISABLE_TELEMETRY", "1", 1);
  vitrine::CatchSignals();
  std::ios::sync_with_stdio(false);
  vitrine::ExitCode code = vitrine::ExitCode::kInternal;
  try {
    code = vitrine::Run(count, words);
  } catch (const std::exception& bug) {
    vitrine::Say(std::string("internal error: ") + bug.what());
  }
  std::fflush(stdout);
  if (code == vitrine::ExitCode::kInterrupted && vitrine::last_signal == SIGTERM) {
    code = vitrine::ExitCode::kTerminated;
  }
  return static_cast<int>(code);
}
