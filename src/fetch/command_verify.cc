#include <string>

#include "base/utf8.h"
#include "fetch/commands.h"
#include "fetch/manifest.h"
#include "fetch/model_folder.h"

namespace vitrine::fetch {
namespace {

Result<Manifest> ManifestOf(const std::string& folder) {
  Result<Manifest> manifest = ReadManifest(folder);
  if (manifest || manifest.error().code() != Code::kNotFound) return manifest;
  return Error(Code::kModel,
               Quoted(folder) + " holds no " + kManifestName +
                   ": it was not fetched by this program (a model pack is checked by `vitrine doctor`)");
}

std::string WrongWith(const std::string& folder, const ManifestFile& file) {
  if (!file.whole) return "is not fetched to its end";
  Result<std::string> fault = FaultOf(folder, file);
  return fault ? *fault : fault.error().message();
}

}  // namespace

ExitCode RunVerify(const VerifyArguments& arguments, const StopSignal& stop) {
  const Result<Manifest> manifest = ManifestOf(arguments.folder);
  if (!manifest) return Fail(manifest.error());
  std::size_t wrong_files = 0;
  for (const ManifestFile& file : manifest->files) {
    if (stop.requested()) return ExitCode::kInterrupted;
    const std::string wrong = WrongWith(arguments.folder, file);
    if (!wrong.empty()) ++wrong_files;
    if (wrong.empty() && arguments.quiet) continue;
    if (!Print(wrong.empty() ? "ok " + file.path + "\n" : "WRONG " + file.path + " " + wrong + "\n")) {
      return ExitCode::kIo;
    }
  }
  if (wrong_files == 0) return ExitCode::kDone;
  Say(Quoted(arguments.folder) + ": " + std::to_string(wrong_files) + " of " +
      std::to_string(manifest->files.size()) + " files are not what they must be; vitrine-fetch get " +
      manifest->model + " --repair fetches those anew");
  return ExitCode::kModel;
}

}  // namespace vitrine::fetch
