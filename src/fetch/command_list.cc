#include <algorithm>
#include <string>

#include "base/human.h"
#include "base/utf8.h"
#include "fetch/catalogue.h"
#include "fetch/commands.h"

namespace vitrine::fetch {
namespace {

std::string Padded(std::string text, std::size_t width) {
  text.resize(std::max(text.size(), width), ' ');
  return text;
}

std::string HashesText(const CatalogueModel& model) {
  const std::size_t known = model.KnownHashes();
  if (known == model.files.size()) return "all known before the first fetch";
  return std::to_string(known) + " of " + std::to_string(model.files.size()) +
         " known; the others are pinned at the first fetch";
}

std::string Lines(const Catalogue& catalogue) {
  std::size_t width = 0;
  for (const CatalogueModel& model : catalogue.models) width = std::max(width, model.name.size());
  std::string text;
  for (const CatalogueModel& model : catalogue.models) {
    text += Padded(model.name, width) + "  " + Padded(BytesText(model.Bytes()), 9) + "  " +
            Printable(model.purpose) + "\n" + std::string(width + 2, ' ') + Printable(model.languages) +
            "; " + Printable(model.licence) + "\n";
  }
  return text;
}

const char* LayoutText(Layout layout) {
  if (layout == Layout::kPack) return "a Vitrine pack";
  return layout == Layout::kImmich ? "visual/ and textual/, for modelkit import"
                                   : "onnx/, for modelkit import";
}

std::string All(const CatalogueModel& model) {
  std::string text = model.name + "\n";
  const auto line = [&](const char* title, const std::string& value) {
    text += "  " + Padded(title, 11) + Printable(value) + "\n";
  };
  line("for", model.purpose);
  line("languages", model.languages);
  line("licence", model.licence);
  line("quality", model.quality);
  line("", "(" + model.quality_source + ")");
  line("layout", LayoutText(model.layout));
  line("from", model.base);
  line("hashes", HashesText(model));
  line("known by", model.evidence);
  for (const CatalogueFile& file : model.files) {
    line("file", file.path + ", " + (file.exact ? "" : "about ") + BytesText(file.bytes) +
                     (file.sha256.empty() ? std::string() : ", SHA-256 " + file.sha256));
  }
  return text;
}

}  // namespace

ExitCode RunList(const std::string& catalogue_path, const ListArguments& arguments) {
  const Result<Catalogue> catalogue = ReadCatalogue(catalogue_path);
  if (!catalogue) return Fail(catalogue.error());
  std::string text = arguments.json ? catalogue->json + "\n" : Lines(*catalogue);
  if (!arguments.name.empty()) {
    const Result<const CatalogueModel*> model = catalogue->Find(arguments.name);
    if (!model) return Fail(model.error());
    text = All(**model);
  }
  return Print(text) ? ExitCode::kDone : ExitCode::kIo;
}

}  // namespace vitrine::fetch
