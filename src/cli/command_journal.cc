// `vitrine undo`, `redo` and `history`.
#include "base/utf8.h"
#include "cli/commands.h"
#include "cli/json_output.h"
#include "cli/terminal.h"

namespace vitrine {
namespace {

// "undone: tag 12 pictures "beach"". A journal without such an entry is no mistake of the user's: exit
// code 1.
ExitCode Tell(const char* done, Library& library, const Result<JournalEntry>& entry, bool json) {
  if (!entry) {
    const ExitCode exit = Fail(entry.error());
    const bool nothing_there = entry.error().code() == Code::kNotFound && library.Journal(1);
    return nothing_there ? ExitCode::kNothingFound : exit;
  }
  if (json) {
    Print(JournalJson({*entry}) + "\n");
  } else {
    Print(std::string(done) + ": " + Printable(entry->what) + "\n");
  }
  return ExitCode::kDone;
}

}  // namespace

ExitCode RunUndo(const GlobalOptions& global, const JournalArguments& arguments) {
  auto library = OpenLibrary(global);
  if (!library) return Fail(library.error());
  return Tell("undone", **library, (*library)->Undo(), arguments.json);
}

ExitCode RunRedo(const GlobalOptions& global, const JournalArguments& arguments) {
  auto library = OpenLibrary(global);
  if (!library) return Fail(library.error());
  return Tell("redone", **library, (*library)->Redo(), arguments.json);
}

ExitCode RunHistory(const GlobalOptions& global, const JournalArguments& arguments) {
  auto library = OpenLibrary(global);
  if (!library) return Fail(library.error());
  const auto entries = (*library)->Journal(arguments.limit);
  if (!entries) return Fail(entries.error());
  if (arguments.json) {
    Print(JournalJson(*entries) + "\n");
  } else {
    const Terminal terminal = DetectTerminal(global.color);
    for (const JournalEntry& entry : *entries) {
      std::string text = Printable(entry.what);
      if (entry.undone) text += Styled(terminal, "2", "  (undone)");
      Print(Styled(terminal, "2", entry.at) + "  " + text + "\n");
    }
    if (entries->empty() && !global.quiet) Say("nothing has been changed yet");
  }
  return entries->empty() ? ExitCode::kNothingFound : ExitCode::kDone;
}

}  // namespace vitrine
