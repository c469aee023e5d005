// `vitrine saved`: searches under a name.
#include "base/utf8.h"
#include "cli/commands.h"
#include "cli/json_output.h"
#include "cli/terminal.h"

namespace vitrine {
namespace {

ExitCode List(Library& library, const GlobalOptions& global, bool json) {
  const auto searches = library.SavedSearches();
  if (!searches) return Fail(searches.error());
  if (json) {
    Print(SavedSearchesJson(*searches) + "\n");
  } else {
    const Terminal terminal = DetectTerminal(global.color);
    for (const SavedSearch& search : *searches) {
      Print(Styled(terminal, "1", Printable(search.name)) + "  " + Printable(search.query) + "\n");
    }
    if (searches->empty() && !global.quiet) {
      Say("no search has a name yet; give one with: vitrine saved NAME QUERY");
    }
  }
  return searches->empty() ? ExitCode::kNothingFound : ExitCode::kDone;
}

}  // namespace

ExitCode RunSaved(const GlobalOptions& global, const SavedArguments& arguments) {
  const std::string query = Joined(arguments.words, " ");
  const bool remembers = !arguments.name.empty() && !arguments.drop;
  if (remembers && query.empty()) {
    return Fail(Error(Code::kInvalidArgument, "what should " + Quoted(arguments.name) +
                                                  " look for? For example: vitrine saved " + arguments.name +
                                                  " red kayak; to run it: vitrine search --saved " +
                                                  arguments.name));
  }
  if (arguments.drop && (arguments.name.empty() || !query.empty())) {
    return Fail(Error(Code::kInvalidArgument, "which search should be forgotten? vitrine saved --drop NAME"));
  }
  auto library = OpenLibrary(global);
  if (!library) return Fail(library.error());
  if (arguments.name.empty()) return List(**library, global, arguments.json);
  const Status done = arguments.drop ? (*library)->DropSearch(arguments.name)
                                     : (*library)->SaveSearch({.name = arguments.name, .query = query});
  if (!done) return Fail(done.error());
  return ExitCode::kDone;
}

}  // namespace vitrine
