#include "cli/model_arguments.h"

#include <CLI/CLI.hpp>
#include <string>

namespace vitrine {
namespace {

CLI::App* AddAction(CLI::App& model, ModelArguments& arguments, ModelAction action, const std::string& name,
                    const std::string& help, const std::string& footer) {
  CLI::App* command = model.add_subcommand(name, help);
  command->callback([&arguments, action] { arguments.action = action; });
  command->footer(footer);
  command->add_flag("--json", arguments.json, "as one JSON object");
  return command;
}

void AddName(CLI::App* command, ModelArguments& arguments) {
  command->add_option("NAME", arguments.name, "the model, as vitrine model list calls it")
      ->option_text(" ")
      ->required();
}

void AddUse(CLI::App& model, ModelArguments& arguments) {
  CLI::App* use = AddAction(
      model, arguments, ModelAction::kUse, "use", "have another model answer searches",
      "Every picture needs a vector of the model first. Those that are missing are made now, while searches "
      "go "
      "on with\nthe model before; then the library is swapped at once, for programs that have it open too. "
      "Ctrl-C keeps what is\ndone, and the same command goes on from there. Vectors of the model before "
      "stay: "
      "going back costs nothing.\n"
      "With --with both models look for what is asked and their answers become one list; leaving it out ends "
      "that.\n"
      "Examples:\n  vitrine model use clip-vit-b32\n  vitrine model use starter --now\n"
      "  vitrine model use clip-vit-b32 --with starter");
  AddName(use, arguments);
  use->add_option("--with", arguments.use.with,
                  "a second model: both look, and their lists are mixed by rank")
      ->option_text("NAME");
  use->add_flag("--now", arguments.use.now,
                "swap first, make what is missing then; until that is done some pictures are not found");
  use->add_flag("--svg", arguments.allow_svg, "read SVG drawings too");
}

void AddDistill(CLI::App& model, ModelArguments& arguments) {
  CLI::App* distill = AddAction(
      model, arguments, ModelAction::kDistill, "distill",
      "make a faster model that answers as another one does",
      "From the teacher's vectors in the library and what the backbone sees in the same pictures, the "
      "student's\n"
      "projection is solved in closed form; the teacher's text tower comes along. Pictures that were held "
      "back\n"
      "say how near the student comes. Nothing changes for searches until vitrine model use. Ctrl-C keeps "
      "what\n"
      "was seen, and the same command goes on from there. Backbones are made with: python -m modelkit "
      "backbone\n"
      "Examples:\n  vitrine model distill --teacher starter --student ~/backbones/efficientnet-lite0");
  distill->add_option("--teacher", arguments.distill.teacher, "a model that the library has vectors of")
      ->option_text("NAME")
      ->required();
  distill->add_option("--student", arguments.distill.student, "the folder that holds backbone.json")
      ->option_text("FOLDER")
      ->required();
  distill->add_flag("--svg", arguments.allow_svg, "read SVG drawings too");
}

}  // namespace

CLI::App* AddModel(CLI::App& app, ModelArguments& arguments) {
  CLI::App* model =
      app.add_subcommand("model", "models side by side: list, add, use, remove, bench, distill");
  model->require_subcommand(1);
  model->footer(
      "Examples:\n  vitrine model list\n  vitrine model add ~/Downloads/clip-vit-b32\n"
      "  vitrine model use clip-vit-b32\n  vitrine model bench starter\n"
      "vitrine model COMMAND --help shows a command's options.");
  AddAction(*model, arguments, ModelAction::kList, "list",
            "the models there are, which one answers, and how many pictures each has seen",
            "Examples:\n  vitrine model list\n  vitrine model list --json");
  CLI::App* add = AddAction(
      *model, arguments, ModelAction::kAdd, "add", "check a model pack and copy it into the library",
      "The pack's files are held against their SHA-256 and both towers against its self-test. What is "
      "in use stays in use.\nExamples:\n  vitrine model add ~/Downloads/clip-vit-b32");
  add->add_option("FOLDER", arguments.name, "the folder that holds pack.json")->option_text(" ")->required();
  AddUse(*model, arguments);
  CLI::App* remove =
      AddAction(*model, arguments, ModelAction::kRemove, "remove",
                "delete the vectors of a model, and its pack where that lies in the library",
                "Using it again costs its inference again. A model that answers searches is not "
                "removed.\nExamples:\n  vitrine model remove clip-vit-b32-1.0.0");
  AddName(remove, arguments);
  CLI::App* bench =
      AddAction(*model, arguments, ModelAction::kBench, "bench",
                "run a model's self-test and measure it on this machine for some ten seconds",
                "Examples:\n  vitrine model bench starter\n  vitrine model bench starter --json");
  AddName(bench, arguments);
  AddDistill(*model, arguments);
  return model;
}

}  // namespace vitrine
