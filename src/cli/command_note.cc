// `vitrine note`: a rating or a caption for pictures.
#include "base/human.h"
#include "cli/commands.h"
#include "cli/json_output.h"

namespace vitrine {

ExitCode RunNote(const GlobalOptions& global, const NoteArguments& arguments) {
  auto library = OpenLibrary(global);
  if (!library) return Fail(library.error());
  const auto changed = (*library)->Annotate(arguments.pictures, arguments.change);
  if (!changed) return Fail(changed.error());
  if (arguments.json) {
    Print(NoteJson(*changed) + "\n");
  } else if (!global.quiet) {
    Say("noted on " + Thousands(*changed) + (*changed == 1 ? " picture" : " pictures") +
        "; vitrine undo takes it back");
  }
  return ExitCode::kDone;
}

}  // namespace vitrine
