#include "fetch/arguments.h"

#include <CLI/CLI.hpp>
#include <iostream>

#include "vitrine/version.h"

namespace vitrine::fetch {
namespace {

constexpr char kFooter[] =
    "Examples:\n"
    "  vitrine-fetch list\n"
    "  vitrine-fetch get clip-vit-b32 --to ~/models\n"
    "  vitrine-fetch get clip-vit-b32 --from /media/stick\n"
    "  vitrine-fetch verify ~/models/clip-vit-b32\n"
    "\n"
    "Exit codes: 0 done, 2 usage, 5 another fetch of this model is going on, 6 disk full, 7 file or "
    "catalogue\n"
    "missing or refused, 8 network or disk cannot be read or written, 130/143 interrupted.";

CLI::App* AddList(CLI::App& app, CommandLine& line) {
  CLI::App* list = app.add_subcommand("list", "the models of the catalogue, or all about one of them");
  CLI::Option* name = list->add_option("NAME", line.list.name, "a model of the catalogue")->option_text(" ");
  list->add_flag("--json", line.list.json, "the catalogue as one JSON object")->excludes(name);
  return list;
}

CLI::App* AddGet(CLI::App& app, CommandLine& line) {
  CLI::App* get = app.add_subcommand("get", "fetch a model, going on where an earlier call ended");
  get->add_option("NAME", line.model, "a model of the catalogue")->option_text(" ")->required();
  get->add_option("--to", line.get.to, "folder that gets the folder NAME (default: the current one)")
      ->option_text("DIR");
  CLI::Option* from =
      get->add_option("--from", line.get.from, "copy from this folder, ask no network")->option_text("DIR");
  get->add_option("--proxy", line.get.proxy,
                  "proxy to go through (default: https_proxy, all_proxy and no_proxy of the environment)")
      ->option_text("ADDRESS")
      ->excludes(from);
  get->add_option("--stall", line.get.stall_s,
                  "seconds of silence after which a try is given up (default 30)")
      ->option_text("N")
      ->check(CLI::Range(1, 3600));
  get->add_option("--retries", line.get.retries, "tries in a row that may bring nothing (default 5)")
      ->option_text("N")
      ->check(CLI::Range(0, 1000));
  get->add_flag("--repair", line.get.repair, "fetch damaged files of a model that is there anew");
  get->add_flag("-q,--quiet", line.get.quiet, "say only what went wrong");
  get->footer("The folder's path is printed when it is whole.");
  return get;
}

CLI::App* AddVerify(CLI::App& app, CommandLine& line) {
  CLI::App* verify =
      app.add_subcommand("verify", "hold a fetched folder against the hashes it was fetched with");
  verify->add_option("DIR", line.verify.folder, "a folder that get made")->option_text(" ")->required();
  verify->add_flag("-q,--quiet", line.verify.quiet, "name only what is wrong");
  return verify;
}

}  // namespace

std::optional<CommandLine> ReadCommandLine(int count, char** words, ExitCode& exit) {
  CommandLine line;
  CLI::App app(
      "vitrine-fetch brings models to this machine: the one program of Vitrine that asks the network.",
      "vitrine-fetch");
  app.set_version_flag("--version", std::string("vitrine-fetch ") + kVersion);
  app.require_subcommand(1);
  app.fallthrough();
  app.footer(kFooter);
  app.add_option("--catalogue", line.catalogue, "another catalogue (default: the one beside the program)")
      ->option_text("FILE");
  const CLI::App* get = AddGet(app, line);
  const CLI::App* verify = AddVerify(app, line);
  AddList(app, line);
  try {
    app.parse(count, words);
  } catch (const CLI::Success& help) {
    app.exit(help, std::cout, std::cerr);
    exit = ExitCode::kDone;
    return std::nullopt;
  } catch (const CLI::ParseError& error) {
    Say(std::string(error.what()) + "; vitrine-fetch --help shows how");
    exit = ExitCode::kUsage;
    return std::nullopt;
  }
  if (get->parsed()) line.command = Command::kGet;
  if (verify->parsed()) line.command = Command::kVerify;
  return line;
}

}  // namespace vitrine::fetch
