#include "cli/board_arguments.h"

#include <CLI/CLI.hpp>
#include <map>
#include <string>

namespace vitrine {
namespace {

CLI::App* AddAction(CLI::App& board, BoardArguments& arguments, BoardAction action, const std::string& name,
                    const std::string& help, const std::string& examples) {
  CLI::App* command = board.add_subcommand(name, help);
  command->callback([&arguments, action] { arguments.action = action; });
  command->footer("Examples:\n" + examples);
  command->add_flag("--json", arguments.json, "as one JSON object");
  return command;
}

// An action on one board.
CLI::App* AddOfBoard(CLI::App& board, BoardArguments& arguments, BoardAction action, const std::string& name,
                     const std::string& help, const std::string& examples) {
  CLI::App* command = AddAction(board, arguments, action, name, help, examples);
  command->add_option("BOARD", arguments.board, "its name, or its id")->option_text(" ")->required();
  return command;
}

void AddPictureOptions(CLI::App* command, BoardArguments& arguments) {
  command->add_option("PATH", arguments.pictures, "pictures or folders of the library")->option_text("...");
  command->add_option("--search", arguments.query, "pictures that answer this query, too")
      ->option_text("QUERY");
  command->add_option("-n,--limit", arguments.limit, "answers at most (default 24)")
      ->option_text("N")
      ->check(CLI::Range(1, 10'000));
}

void AddMaking(CLI::App& board, BoardArguments& arguments) {
  CLI::App* make = AddAction(board, arguments, BoardAction::kNew, "new", "make a board",
                             "  vitrine board new Kitchen --search \"red kitchen\" -n 40\n"
                             "  vitrine board new Trip holiday/ --from template:story\n"
                             "  vitrine board new \"Kitchen 2\" --from Kitchen");
  make->add_option("NAME", arguments.name, "its name")->option_text(" ")->required();
  make->add_option("--from", arguments.from,
                   "begin with another board, or with template:story, :palette, :compare or :grid")
      ->option_text("BOARD");
  AddPictureOptions(make, arguments);
  CLI::App* add = AddOfBoard(board, arguments, BoardAction::kAdd, "add", "lay pictures on a board",
                             "  vitrine board add Kitchen tiles.jpg\n"
                             "  vitrine board add Kitchen --search \"brass lamp\" -n 5");
  AddPictureOptions(add, arguments);
}

void AddArrange(CLI::App& board, BoardArguments& arguments) {
  CLI::App* arrange = AddOfBoard(
      board, arguments, BoardAction::kArrange, "arrange", "arrange the pictures of a board",
      "  vitrine board arrange Kitchen\n  vitrine board arrange Kitchen --by clusters --clusters 6\n"
      "  vitrine board arrange Kitchen --by time");
  arrange->add_option("--by", arguments.arrange.by, "meaning (default), colour, time, clusters, pack or rows")
      ->transform(
          CLI::CheckedTransformer(std::map<std::string, Arrangement>{{"meaning", Arrangement::kMeaning},
                                                                     {"colour", Arrangement::kColour},
                                                                     {"color", Arrangement::kColour},
                                                                     {"time", Arrangement::kTime},
                                                                     {"clusters", Arrangement::kClusters},
                                                                     {"pack", Arrangement::kPack},
                                                                     {"rows", Arrangement::kRows}}))
      ->option_text("WHAT");
  arrange->add_option("--clusters", arguments.arrange.clusters, "how many (default: as the pictures suggest)")
      ->option_text("N")
      ->check(CLI::Range(1, 1000));
  arrange->add_option("--gap", arguments.arrange.gap, "free space between pictures (default 24)")
      ->option_text("UNITS")
      ->check(CLI::Range(0.0, 10'000.0));
  arrange->add_option("--items", arguments.arrange.items, "only the pictures with these ids")
      ->option_text("ID...");
}

void AddSuggest(CLI::App& board, BoardArguments& arguments) {
  CLI::App* suggest =
      AddOfBoard(board, arguments, BoardAction::kSuggest, "suggest", "find pictures that a board might want",
                 "  vitrine board suggest Kitchen\n  vitrine board suggest Kitchen --each -n 12 --add\n"
                 "  vitrine board suggest Kitchen --gap 400 0 300 300");
  CLI::Option* each = suggest->add_flag_callback(
      "--each", [&arguments] { arguments.suggestion = Suggestion::kEach; },
      "one of each kind of picture in the library");
  suggest->add_option("--gap", arguments.place, "what would stand well in this free place")
      ->option_text("X Y WIDTH HEIGHT")
      ->expected(4)
      ->excludes(each);
  suggest->add_option("--items", arguments.items, "go by the pictures with these ids alone")
      ->option_text("ID...");
  suggest->add_option("--search", arguments.query, "only pictures that answer this query")
      ->option_text("QUERY");
  suggest->add_option("-n,--limit", arguments.limit, "how many (default 24)")
      ->option_text("N")
      ->check(CLI::Range(1, 200));
  suggest->add_flag("--add", arguments.add, "lay them on the board");
}

void AddPalette(CLI::App& board, BoardArguments& arguments) {
  CLI::App* palette = AddOfBoard(board, arguments, BoardAction::kPalette, "palette", "the colours of a board",
                                 "  vitrine board palette Kitchen\n"
                                 "  vitrine board palette Kitchen --format ase -o kitchen.ase");
  palette->add_option("--format", arguments.format, "as a file: ase (Adobe), gpl (GIMP) or css")
      ->option_text("FORMAT")
      ->check(CLI::IsMember({"ase", "gpl", "css"}));
  palette->add_option("-o,--output", arguments.file, "write it there (default: standard output)")
      ->option_text("FILE");
}

void AddFiles(CLI::App& board, BoardArguments& arguments) {
  CLI::App* out = AddOfBoard(board, arguments, BoardAction::kExport, "export", "write a board as a file",
                             "  vitrine board export Kitchen kitchen.pdf\n"
                             "  vitrine board export Kitchen kitchen.zip\n"
                             "  vitrine board export Kitchen sheet.pdf --format contact-sheet\n"
                             "  vitrine board export Kitchen kitchen.png --edge 16384");
  out->add_option("FILE", arguments.file, "its ending says the format: png, pdf, html, zip, json, txt, pur")
      ->option_text(" ")
      ->required();
  out->add_option("--format", arguments.format,
                  "png, pdf, html, zip, json, contact-sheet, credits or pur (default: by the ending)")
      ->option_text("FORMAT");
  out->add_option("--edge", arguments.edge_px,
                  "long side of a PNG, and of pictures inside HTML (default 4096)")
      ->option_text("PIXELS")
      ->check(CLI::Range(16, 16'384));
  out->add_flag("--keep-private", arguments.keep_private,
                "leave places, serial numbers and names in the copies of pictures");
  out->add_flag("--clean", arguments.clean, "take them out of the originals in a ZIP, too");
  CLI::App* in = AddAction(board, arguments, BoardAction::kImport, "import",
                           "make a board of a ZIP or board.json that export wrote, or of a PureRef file",
                           "  vitrine board import kitchen.zip");
  in->add_option("FILE", arguments.file, "the file")->option_text(" ")->required();
}

void AddKeeping(CLI::App& board, BoardArguments& arguments) {
  CLI::App* rename = AddOfBoard(board, arguments, BoardAction::kRename, "rename", "give a board another name",
                                "  vitrine board rename Kitchen \"Kitchen, final\"");
  rename->add_option("NEW", arguments.name, "the new name")->option_text(" ")->required();
  AddOfBoard(board, arguments, BoardAction::kDelete, "delete", "put a board into the bin",
             "  vitrine board delete Kitchen");
  CLI::App* restore =
      AddOfBoard(board, arguments, BoardAction::kRestore, "restore",
                 "take a board out of the bin, or bring back one of its versions",
                 "  vitrine board restore Kitchen\n  vitrine board restore Kitchen --version 3");
  restore->add_option("--version", arguments.version, "the number that versions shows")->option_text("N");
  AddOfBoard(board, arguments, BoardAction::kUndo, "undo", "take back the last step on a board",
             "  vitrine board undo Kitchen");
  AddOfBoard(board, arguments, BoardAction::kRedo, "redo", "make the step again that was taken back last",
             "  vitrine board redo Kitchen");
  AddOfBoard(board, arguments, BoardAction::kVersions, "versions", "states of a board under a name",
             "  vitrine board versions Kitchen");
  CLI::App* save =
      AddOfBoard(board, arguments, BoardAction::kSaveVersion, "save-version", "remember a board as it is now",
                 "  vitrine board save-version Kitchen \"for Ada\"");
  save->add_option("NAME", arguments.name, "a name for it")->option_text(" ")->required();
}

}  // namespace

CLI::App* AddBoard(CLI::App& app, BoardArguments& arguments) {
  CLI::App* board = app.add_subcommand("board", "mood boards: make, arrange, suggest, export");
  board->require_subcommand(1);
  board->footer(
      "Examples:\n  vitrine board new Kitchen --search \"red kitchen\" -n 40\n"
      "  vitrine board arrange Kitchen --by meaning\n  vitrine board export Kitchen kitchen.pdf\n"
      "vitrine board COMMAND --help shows a command's options. vitrine board undo takes any step back.");
  CLI::App* list = AddAction(*board, arguments, BoardAction::kList, "list", "all boards, last changed first",
                             "  vitrine board list\n  vitrine board list --bin");
  list->add_flag("--bin", arguments.bin, "those in the bin");
  AddOfBoard(*board, arguments, BoardAction::kShow, "show", "what lies on a board",
             "  vitrine board show Kitchen\n  vitrine board show Kitchen --json");
  AddMaking(*board, arguments);
  AddArrange(*board, arguments);
  AddSuggest(*board, arguments);
  AddPalette(*board, arguments);
  AddFiles(*board, arguments);
  AddKeeping(*board, arguments);
  return board;
}

}  // namespace vitrine
