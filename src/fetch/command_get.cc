#include <string>

#include "base/human.h"
#include "base/utf8.h"
#include "fetch/catalogue.h"
#include "fetch/commands.h"

namespace vitrine::fetch {
namespace {

std::string NextStep(const CatalogueModel& model, const std::string& folder) {
  if (model.layout == Layout::kPack) return "next: vitrine model add " + Printable(folder);
  return "next: python -m modelkit import " + Printable(folder) + " --out PACK, then vitrine model add PACK";
}

void SayDone(const CatalogueModel& model, const GetReport& report) {
  if (report.was_there) {
    Say(model.name + " is in " + Quoted(report.folder) + " already, and every hash is right");
  } else {
    const std::size_t pinned_now = report.files - report.pinned_before;
    std::string hashes = std::to_string(report.pinned_before) + " hashes were known and are right";
    if (pinned_now > 0) hashes += ", " + std::to_string(pinned_now) + " are pinned from now on";
    Say(model.name + " is in " + Quoted(report.folder) + ": " + std::to_string(report.files) + " files, " +
        BytesText(report.bytes) + "; " + hashes);
  }
  Say("licence: " + Printable(model.licence));
  Say(NextStep(model, report.folder));
}

}  // namespace

ExitCode RunGet(const std::string& catalogue_path, const std::string& name, const GetOptions& options,
                const StopSignal& stop) {
  const Result<Catalogue> catalogue = ReadCatalogue(catalogue_path);
  if (!catalogue) return Fail(catalogue.error());
  const Result<const CatalogueModel*> model = catalogue->Find(name);
  if (!model) return Fail(model.error());
  const Result<GetReport> report = Get(**model, options, stop);
  if (!report) return Fail(report.error());
  if (!options.quiet) {
    if (!report->is_restricted) Say("this kernel has no Landlock: the fetch ran with all your rights");
    SayDone(**model, *report);
  }
  return Print(report->folder + "\n") ? ExitCode::kDone : ExitCode::kIo;
}

}  // namespace vitrine::fetch
