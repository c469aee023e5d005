// vitrine-fetch: brings models to this machine. A program of its own, so that `vitrine` needs no client code
// and can give up the network before it reads a file.
#include <signal.h>
#include <unistd.h>

#include <exception>
#include <filesystem>
#include <system_error>

#include "base/lockdown.h"
#include "fetch/arguments.h"

namespace vitrine::fetch {
namespace {

// Signal handlers can reach only globals.
StopSignal stop_signal;
volatile sig_atomic_t last_signal = 0;

void OnSignal(int number) {
  last_signal = number;
  stop_signal.Request();
  if (stop_signal.now()) _exit(128 + number);
}

void CatchSignals() {
  struct sigaction action{};
  action.sa_handler = OnSignal;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN);
}

std::string CatalogueBesideProgram() {
  std::error_code error;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", error);
  return program.parent_path().string() + "/../share/vitrine/models/catalogue.json";
}

ExitCode Run(int count, char** words) {
  ExitCode exit = ExitCode::kDone;
  const std::optional<CommandLine> line = ReadCommandLine(count, words, exit);
  if (!line) return exit;
  if (line->command != Command::kGet) static_cast<void>(DenyInternetSockets().has_value());
  const std::string catalogue = line->catalogue.empty() ? CatalogueBesideProgram() : line->catalogue;
  switch (line->command) {
    case Command::kList:
      return RunList(catalogue, line->list);
    case Command::kGet:
      return RunGet(catalogue, line->model, line->get, stop_signal);
    case Command::kVerify:
      return RunVerify(line->verify, stop_signal);
  }
  return ExitCode::kInternal;
}

}  // namespace
}  // namespace vitrine::fetch

int main(int count, char** words) {
  using vitrine::fetch::ExitCode;
  vitrine::fetch::CatchSignals();
  ExitCode code = ExitCode::kInternal;
  try {
    code = vitrine::fetch::Run(count, words);
  } catch (const std::exception& bug) {
    vitrine::fetch::Say(std::string("internal error: ") + bug.what());
  }
  if (code == ExitCode::kInterrupted && vitrine::fetch::last_signal == SIGTERM) code = ExitCode::kTerminated;
  return static_cast<int>(code);
}
