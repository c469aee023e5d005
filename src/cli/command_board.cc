// `vitrine board` and its commands.
#include <algorithm>
#include <array>
#include <cstdio>
#include <string>

#include "base/file.h"
#include "base/human.h"
#include "base/utf8.h"
#include "cli/answer_printer.h"
#include "cli/commands.h"
#include "cli/json_output.h"
#include "cli/terminal.h"
#include "cli/vector_progress.h"

namespace vitrine {
namespace {

std::string Counted(std::uint64_t count, const std::string& noun) {
  return Thousands(count) + " " + noun + (count == 1 ? "" : "s");
}

// What every command works with.
struct Context {
  Library& library;
  const GlobalOptions& global;
  const BoardArguments& arguments;
  const StopSignal& stop;

  Boards& boards() const { return library.boards(); }
  void SayUnlessQuiet(const std::string& text) const {
    if (!global.quiet) Say(text);
  }
};

ExitCode List(const Context& context) {
  const auto boards = context.boards().List(context.arguments.bin);
  if (!boards) return Fail(boards.error());
  const Terminal terminal = DetectTerminal(context.global.color);
  if (context.arguments.json) {
    Print(BoardListJson(*boards) + "\n");
  } else {
    for (const BoardSummary& board : *boards) {
      Print(terminal.is_terminal ? Styled(terminal, "1", Printable(board.name)) + "  " +
                                       Styled(terminal, "2",
                                              Counted(board.pictures, "picture") + ", changed " +
                                                  board.changed + ", " + board.id) +
                                       "\n"
                                 : board.id + "\t" + Printable(board.name) + "\t" +
                                       std::to_string(board.pictures) + "\t" + board.changed + "\n");
    }
    if (boards->empty() && !context.arguments.bin) {
      context.SayUnlessQuiet("there are no boards yet; make one with: vitrine board new NAME --search QUERY");
    }
  }
  return boards->empty() ? ExitCode::kNothingFound : ExitCode::kDone;
}

std::string Number(double value) {
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%.6g", value);
  return text.data();
}

std::string_view KindName(ItemKind kind) {
  constexpr std::array<std::string_view, 4> kNames = {"picture", "note", "arrow", "frame"};
  return kNames[static_cast<std::size_t>(kind)];
}

ExitCode Show(const Context& context, const std::string& id) {
  const auto board = context.boards().Get(id);
  if (!board) return Fail(board.error());
  if (context.arguments.json) {
    std::string json = BoardToJson(*board, true);
    std::erase(json, '\n');
    Print("{\"schema\":1,\"board\":" + json + "}\n");
    return ExitCode::kDone;
  }
  for (const BoardItem& item : board->items) {
    std::string what = Printable(item.text);
    if (item.kind == ItemKind::kPicture) {
      what = item.asset == AssetId{} ? "not in the library: " + item.content
                                     : "picture " + std::to_string(static_cast<std::int64_t>(item.asset));
    }
    Print(item.id + "\t" + std::string(KindName(item.kind)) + "\t" + Number(item.x) + "\t" + Number(item.y) +
          "\t" + Number(item.width) + "\t" + Number(item.height) + "\t" + what + "\n");
  }
  return board->items.empty() ? ExitCode::kNothingFound : ExitCode::kDone;
}

// The pictures that answer --search, best first.
Result<std::vector<AssetId>> Found(const Context& context) {
  std::vector<AssetId> ids;
  if (context.arguments.query.empty()) return ids;
  Query query;
  query.text = context.arguments.query;
  auto result = context.library.Search(query, {.limit = context.arguments.limit, .all = false});
  if (!result) return std::move(result).error();
  if (result->above_cut == 0) return ids;
  for (const Hit& hit : result->hits) ids.push_back(hit.id);
  return ids;
}

ExitCode NothingAnswers(const Context& context) {
  Say("no picture answers " + Quoted(context.arguments.query) + "; nothing was changed");
  return ExitCode::kNothingFound;
}

ExitCode New(const Context& context) {
  const auto found = Found(context);
  if (!found) return Fail(found.error());
  if (found->empty() && !context.arguments.query.empty()) return NothingAnswers(context);
  NewBoard request{.name = context.arguments.name, .pictures = *found, .paths = context.arguments.pictures};
  request.copy_of = context.arguments.from;
  if (!request.copy_of.empty() && !request.copy_of.starts_with("template:")) {
    auto original = context.boards().Find(request.copy_of);
    if (!original) return Fail(original.error());
    request.copy_of = *original;
  }
  const auto board = context.boards().Create(request);
  if (!board) return Fail(board.error());
  if (context.arguments.json) {
    std::string json = BoardToJson(*board, true);
    std::erase(json, '\n');
    Print("{\"schema\":1,\"board\":" + json + "}\n");
  } else {
    Print(board->id + "\n");
  }
  context.SayUnlessQuiet("made the board " + Quoted(board->name) + " with " +
                         Counted(board->items.size(), "item"));
  return ExitCode::kDone;
}

ExitCode Tell(const Context& context, const std::string& id, const Result<EditResult>& result) {
  if (!result) return Fail(result.error());
  if (context.arguments.json) Print(BoardStepJson(id, result->step) + "\n");
  const bool changed = !result->step.changes.empty() || result->step.name || result->step.background;
  if (!changed) {
    context.SayUnlessQuiet("nothing to change");
    return ExitCode::kNothingFound;
  }
  context.SayUnlessQuiet(Printable(result->step.what) + "; vitrine board undo takes it back");
  return ExitCode::kDone;
}

ExitCode Add(const Context& context, const std::string& id) {
  const auto found = Found(context);
  if (!found) return Fail(found.error());
  if (context.arguments.query.empty() && context.arguments.pictures.empty()) {
    return Fail(
        Error(Code::kInvalidArgument, "which pictures? Name files or folders, or use --search QUERY"));
  }
  if (found->empty() && context.arguments.pictures.empty()) return NothingAnswers(context);
  return Tell(context, id, context.boards().AddPictures(id, *found, context.arguments.pictures));
}

ExitCode Suggest(const Context& context, const std::string& id) {
  SuggestRequest request{.kind = context.arguments.suggestion,
                         .items = context.arguments.items,
                         .query = context.arguments.query,
                         .limit = context.arguments.limit};
  if (const std::vector<double>& place = context.arguments.place; place.size() == 4) {
    request.kind = Suggestion::kGap;
    request.x = place[0];
    request.y = place[1];
    request.width = place[2];
    request.height = place[3];
  }
  auto hits = context.boards().Suggest(id, request);
  if (!hits) return Fail(hits.error());
  if (hits->empty()) {
    context.SayUnlessQuiet("the library has nothing else to suggest");
    return ExitCode::kNothingFound;
  }
  if (context.arguments.add) {
    std::vector<AssetId> ids;
    for (const Hit& hit : *hits) ids.push_back(hit.id);
    return Tell(context, id, context.boards().AddPictures(id, ids, {}));
  }
  SearchResult result;
  result.total = result.above_cut = hits->size();
  result.hits = *std::move(hits);
  OutputArguments output;
  output.json = context.arguments.json;
  AnswerPrinter printer(context.library, context.global, output);
  if (const Status printed = printer.Print("", result); !printed) return Fail(printed.error());
  return ExitCode::kDone;
}

ExitCode Palette(const Context& context, const std::string& id) {
  const auto palette = context.boards().Palette(id);
  if (!palette) return Fail(palette.error());
  if (palette->empty()) {
    context.SayUnlessQuiet("no picture of the board has colours yet");
    return ExitCode::kNothingFound;
  }
  std::string text;
  if (context.arguments.json) {
    text = PaletteJson(*palette) + "\n";
  } else if (!context.arguments.format.empty()) {
    const auto board = context.boards().Get(id);
    if (!board) return Fail(board.error());
    auto file = PaletteFile(*palette, board->name, context.arguments.format);
    if (!file) return Fail(file.error());
    text = *std::move(file);
  } else {
    for (const Swatch& colour : *palette) {
      text += HexOf(colour) + "\t" + Number(100 * static_cast<double>(colour.share)) + " %\n";
    }
  }
  if (context.arguments.file.empty()) {
    Print(text);
    return ExitCode::kDone;
  }
  const Status written = WriteFileAtomically(context.arguments.file, text, Durability::kSynced);
  return written ? ExitCode::kDone : Fail(written.error());
}

// The format of that name, or the one that the file's ending says.
Result<ExportFormat> FormatOf(const std::string& name, const std::string& file) {
  const std::string ending = file.substr(std::min(file.size(), file.rfind('.') + 1));
  for (int i = 0; i <= static_cast<int>(ExportFormat::kPur); ++i) {
    const auto format = static_cast<ExportFormat>(i);
    if (NameOf(format) == (name.empty() ? ending : name)) return format;
  }
  if (name.empty() && ending == "htm") return ExportFormat::kHtml;
  if (name.empty() && ending == "txt") return ExportFormat::kCredits;
  return Error(Code::kInvalidArgument,
               "what kind of file is " + Quoted(name.empty() ? file : name) +
                   " to be? Say --format png, pdf, html, zip, json, contact-sheet, credits or pur");
}

ExitCode Export(const Context& context, const std::string& id) {
  const auto format = FormatOf(context.arguments.format, context.arguments.file);
  if (!format) return Fail(format.error());
  const Result<BoardExportReport> report = [&] {
    VectorProgress progress(context.global.quiet);
    return context.boards().Export(id,
                                   {.format = *format,
                                    .edge_px = context.arguments.edge_px,
                                    .keep_private = context.arguments.keep_private,
                                    .exact = !context.arguments.clean},
                                   context.arguments.file, &progress, context.stop);
  }();
  if (!report) return Fail(report.error());
  if (context.arguments.json) Print(BoardExportJson(*report) + "\n");
  for (const std::string& note : report->notes) Say(note);
  if (report->stopped) return ExitCode::kInterrupted;
  context.SayUnlessQuiet("wrote " + Quoted(context.arguments.file) + ": " +
                         Counted(report->pictures, "picture") + ", " + Thousands(report->bytes) + " bytes");
  return ExitCode::kDone;
}

ExitCode Import(const Context& context) {
  const Result<ImportedBoard> imported = [&] {
    VectorProgress progress(context.global.quiet);
    return context.boards().Import(context.arguments.file, &progress, context.stop);
  }();
  if (!imported) return Fail(imported.error());
  if (context.arguments.json) {
    Print(BoardImportJson(*imported) + "\n");
  } else {
    Print(imported->id + "\n");
  }
  for (const std::string& note : imported->notes) Say(note);
  context.SayUnlessQuiet("made a board with " + Counted(imported->pictures, "picture") + ", " +
                         Thousands(imported->added) + " of them new to the library");
  return ExitCode::kDone;
}

ExitCode Rename(const Context& context, const std::string& id) {
  const auto board = context.boards().Get(id);
  if (!board) return Fail(board.error());
  BoardEdit edit{.base_revision = board->revision, .what = "rename the board"};
  edit.name = context.arguments.name;
  return Tell(context, id, context.boards().Edit(id, edit));
}

ExitCode Done(const Context& context, const Status& status, const std::string& words) {
  if (!status) return Fail(status.error());
  context.SayUnlessQuiet(words);
  return ExitCode::kDone;
}

ExitCode Walk(const Context& context, const std::string& id, bool back) {
  const auto board = context.boards().Get(id);
  if (!board) return Fail(board.error());
  const auto result =
      back ? context.boards().Undo(id, board->revision) : context.boards().Redo(id, board->revision);
  if (!result && result.error().code() == Code::kNotFound) {
    Say(result.error().message());
    return ExitCode::kNothingFound;
  }
  if (!result) return Fail(result.error());
  if (context.arguments.json) Print(BoardStepJson(id, result->step) + "\n");
  context.SayUnlessQuiet(Printable(result->step.what));
  return ExitCode::kDone;
}

ExitCode Versions(const Context& context, const std::string& id) {
  const auto versions = context.boards().Versions(id);
  if (!versions) return Fail(versions.error());
  if (context.arguments.json) {
    Print(BoardVersionsJson(*versions) + "\n");
  } else {
    for (const BoardVersion& version : *versions) {
      Print(std::to_string(version.id) + "\t" + version.at + "\t" + Printable(version.name) + "\n");
    }
  }
  return versions->empty() ? ExitCode::kNothingFound : ExitCode::kDone;
}

ExitCode SaveVersion(const Context& context, const std::string& id) {
  const auto version = context.boards().SaveVersion(id, context.arguments.name);
  if (!version) return Fail(version.error());
  if (context.arguments.json) Print(BoardVersionsJson({*version}) + "\n");
  context.SayUnlessQuiet("remembered as version " + std::to_string(version->id));
  return ExitCode::kDone;
}

ExitCode RunOnBoard(const Context& context) {
  const auto id = context.boards().Find(context.arguments.board);
  if (!id) return Fail(id.error());
  switch (context.arguments.action) {
    case BoardAction::kShow:
      return Show(context, *id);
    case BoardAction::kAdd:
      return Add(context, *id);
    case BoardAction::kArrange:
      return Tell(context, *id, context.boards().Arrange(*id, context.arguments.arrange));
    case BoardAction::kSuggest:
      return Suggest(context, *id);
    case BoardAction::kPalette:
      return Palette(context, *id);
    case BoardAction::kExport:
      return Export(context, *id);
    case BoardAction::kRename:
      return Rename(context, *id);
    case BoardAction::kDelete:
      return Done(context, context.boards().Delete(*id),
                  "in the bin; vitrine board restore " + *id + " takes it out again");
    case BoardAction::kRestore:
      if (context.arguments.version) {
        return Tell(context, *id, context.boards().RestoreVersion(*id, *context.arguments.version));
      }
      return Done(context, context.boards().Restore(*id), "the board is back");
    case BoardAction::kUndo:
      return Walk(context, *id, true);
    case BoardAction::kRedo:
      return Walk(context, *id, false);
    case BoardAction::kVersions:
      return Versions(context, *id);
    case BoardAction::kSaveVersion:
      return SaveVersion(context, *id);
    default:
      return ExitCode::kInternal;
  }
}

}  // namespace

ExitCode RunBoard(const GlobalOptions& global, const BoardArguments& arguments, const StopSignal& stop) {
  auto opened = OpenLibrary(global);
  if (!opened) return Fail(opened.error());
  const Context context{**opened, global, arguments, stop};
  switch (arguments.action) {
    case BoardAction::kList:
      return List(context);
    case BoardAction::kNew:
      return New(context);
    case BoardAction::kImport:
      return Import(context);
    default:
      return RunOnBoard(context);
  }
}

}  // namespace vitrine
