// vitrine: find pictures by what is in them.
//
// main() gives up the right to the network before it looks at its arguments, then reads them and runs one
// command.
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <iostream>
#include <map>

#include "base/lockdown.h"
#include "base/utf8.h"
#include "cli/commands.h"
#include "vitrine/version.h"

namespace vitrine {
namespace {

constexpr char kFooter[] =
    "Examples:\n"
    "  vitrine index ~/Pictures\n"
    "  vitrine search two dogs in the snow\n"
    "  vitrine similar photo.jpg\n"
    "  vitrine search -0 -n 50 red kayak | xargs -0 feh\n"
    "\n"
    "Exit codes: 0 found or done, 1 nothing found, 2 usage, 3 some files unreadable, 4 library damaged,\n"
    "5 another index run is going on, 6 disk full, 7 model refused, 8 cannot read or write, 9 library of a\n"
    "newer version, 130/143 interrupted.";

// Signal handlers can reach only globals.
StopSignal stop_signal;
volatile sig_atomic_t last_signal = 0;

void OnSignal(int number) {
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
}

void AddOutputOptions(CLI::App* command, OutputArguments& output) {
  command->add_option("-n,--limit", output.limit, "hits wanted (default 10)")->check(CLI::Range(1, 100'000));
  CLI::Option* json = command->add_flag("--json", output.json, "one JSON object");
  CLI::Option* jsonl = command->add_flag("--jsonl", output.jsonl, "one JSON object a line, one line a query");
  CLI::Option* null =
      command->add_flag("-0,--null", output.null_separated, "paths alone, each ended by a NUL byte");
  CLI::Option* format =
      command->add_option("--format", output.format, "a template such as '{path}\\t{score}', one line a hit");
  json->excludes(jsonl)->excludes(null)->excludes(format);
  jsonl->excludes(null)->excludes(format);
  CLI::Option* preview =
      command->add_flag("-p,--preview", output.preview, "draw the pictures, in any terminal");
  command->add_flag("--no-preview", output.no_preview, "draw no pictures")->excludes(preview);
}

void AddGlobalOptions(CLI::App& app, GlobalOptions& global) {
  app.add_option("--library", global.library,
                 "folder of the library (default: $VITRINE_LIBRARY or your data folder)")
      ->type_name("DIR");
  app.add_option("--model", global.model, "model pack: a name or a folder (default: starter)")
      ->type_name("NAME");
  app.add_option("--color", global.color, "auto, always or never")
      ->transform(CLI::CheckedTransformer(std::map<std::string, ColorMode>{
          {"auto", ColorMode::kAuto}, {"always", ColorMode::kAlways}, {"never", ColorMode::kNever}}))
      ->type_name("WHEN");
  app.add_option("--threads", global.threads, "cores to use (default: all)")->check(CLI::Range(1, 1024));
  app.add_flag("-q,--quiet", global.quiet, "say only what went wrong");
  app.add_flag("-v,--verbose", global.verbose, "say more");
}

/// Every command's arguments and the one that was chosen.
struct CommandLine {
  GlobalOptions global;
  IndexArguments index;
  SearchArguments search;
  SimilarArguments similar;
  DoctorArguments doctor;
};

CLI::App* AddIndex(CLI::App& app, CommandLine& line) {
  CLI::App* index = app.add_subcommand("index", "make folders searchable, or bring them up to date");
  index->add_option("PATH", line.index.roots, "folders or files of pictures")->required();
  index->add_flag("--retry-failed", line.index.retry_failed, "try unreadable files again");
  index->add_flag("--svg", line.global.allow_svg, "read SVG drawings too");
  CLI::Option* json = index->add_flag("--json", line.index.json, "the report as one JSON object");
  index->add_flag("--jsonl", line.index.jsonl, "one JSON object a file as it is recorded, then the report")
      ->excludes(json);
  index->footer(
      "Examples:\n  vitrine index ~/Pictures\n  vitrine index --json /mnt/archive ~/Downloads/cat.jpg");
  return index;
}

CLI::App* AddSearch(CLI::App& app, CommandLine& line) {
  CLI::App* search = app.add_subcommand("search", "find pictures by words, by pictures, or both");
  search->add_option("QUERY", line.search.words, "what should be in the picture");
  search
      ->add_option("--like", line.search.like, "a picture that the results should resemble; may be repeated")
      ->type_name("IMAGE")
      ->allow_extra_args(false);
  search
      ->add_option("--queries", line.search.queries_file, "a file with one query a line; - is standard input")
      ->type_name("FILE");
  AddOutputOptions(search, line.search.output);
  search->footer(
      "Examples:\n  vitrine search two dogs in the snow\n  vitrine search --like pool.jpg at night\n"
      "  vitrine search --queries words.txt --jsonl");
  return search;
}

CLI::App* AddSimilar(CLI::App& app, CommandLine& line) {
  CLI::App* similar = app.add_subcommand("similar", "find pictures that resemble one or several");
  similar->add_option("IMAGE", line.similar.pictures, "picture files, in the library or not")->required();
  AddOutputOptions(similar, line.similar.output);
  similar->footer("Examples:\n  vitrine similar photo.jpg\n  vitrine similar -n 20 --json a.jpg b.jpg");
  return similar;
}

CLI::App* AddDoctor(CLI::App& app, CommandLine& line) {
  CLI::App* doctor =
      app.add_subcommand("doctor", "check the program, the model, the library and the network lock");
  doctor->add_flag("--json", line.doctor.json, "as one JSON object");
  doctor->footer("Examples:\n  vitrine doctor\n  vitrine --library /mnt/photos/.vitrine doctor --json");
  return doctor;
}

// Edit distance, for "did you mean".
std::size_t Distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, change}));
    }
  }
  return row.back();
}

ExitCode UsageError(const CLI::App& app, const CLI::ParseError& error, int count, char** words) {
  Say(Printable(error.what()));
  for (int i = 1; i < count; ++i) {
    if (words[i][0] == '-') continue;
    for (const CLI::App* command : app.get_subcommands(nullptr)) {
      const std::size_t distance = Distance(words[i], command->get_name());
      if (distance > 0 && distance <= 2) Say("did you mean: vitrine " + command->get_name());
    }
    break;
  }
  Say("vitrine --help shows every command; vitrine COMMAND --help its options");
  return ExitCode::kUsage;
}

ExitCode Main(int count, char** words) {
  CommandLine line;
  CLI::App app("Find pictures by what is in them, on this machine, with nothing sent anywhere.", "vitrine");
  app.set_version_flag("--version", std::string("vitrine ") + kVersion);
  app.require_subcommand(1);
  app.fallthrough();
  app.footer(kFooter);
  AddGlobalOptions(app, line.global);
  const CLI::App* index = AddIndex(app, line);
  const CLI::App* search = AddSearch(app, line);
  const CLI::App* similar = AddSimilar(app, line);
  const CLI::App* doctor = AddDoctor(app, line);
  try {
    app.parse(count, words);
  } catch (const CLI::Success& help) {
    app.exit(help, std::cout, std::cerr);
    return ExitCode::kDone;
  } catch (const CLI::ParseError& error) {
    if (count == 1) {
      Say(app.help());
      return ExitCode::kUsage;
    }
    return UsageError(app, error, count, words);
  }
  if (index->parsed()) return RunIndex(line.global, line.index, stop_signal);
  if (search->parsed()) return RunSearch(line.global, line.search, stop_signal);
  if (similar->parsed()) return RunSimilar(line.global, line.similar);
  if (doctor->parsed()) return RunDoctor(line.global, line.doctor);
  return ExitCode::kUsage;
}

}  // namespace
}  // namespace vitrine

int main(int count, char** words) {
  // Some builds of the inference runtime report home; ours does not, and this switch makes doubly sure.
  setenv("ORT_DISABLE_TELEMETRY", "1", 1);
  if (const vitrine::Status locked = vitrine::DenyInternetSockets(); !locked) {
    vitrine::Say("the network could not be locked: " + locked.error().message());
  }
  vitrine::CatchSignals();
  std::ios::sync_with_stdio(false);
  vitrine::ExitCode code = vitrine::ExitCode::kInternal;
  try {
    code = vitrine::Main(count, words);
  } catch (const std::exception& bug) {
    vitrine::Say(std::string("internal error: ") + bug.what());
  }
  std::fflush(stdout);
  if (code == vitrine::ExitCode::kInterrupted && vitrine::last_signal == SIGTERM) {
    code = vitrine::ExitCode::kTerminated;
  }
  return static_cast<int>(code);
}
