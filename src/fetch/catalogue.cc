#include "fetch/catalogue.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "base/did_you_mean.h"
#include "base/file.h"
#include "base/try.h"
#include "base/utf8.h"
#include "fetch/address.h"
#include "fetch/json_object.h"

namespace vitrine::fetch {
namespace {

constexpr std::uint64_t kMaxCatalogue = 1 << 20;
constexpr std::uint64_t kMaxFile = 8ull << 30;
constexpr std::size_t kMaxWords = 600;

Layout LayoutOf(const JsonObject& object) {
  const std::string text = object.Text("layout", 1, 32);
  if (text == "pack") return Layout::kPack;
  if (text == "immich") return Layout::kImmich;
  if (text == "transformers.js") return Layout::kTransformersJs;
  object.Fail("layout", "is " + Quoted(text) + "; this version knows pack, immich and transformers.js");
  return Layout::kPack;
}

CatalogueFile FileOf(const JsonObject& object) {
  CatalogueFile file;
  file.path = object.Text("path", 1, 240);
  if (!IsPathBelow(file.path) || file.path == "fetched.json") {
    object.Fail("path",
                "must be a plain path below the model's folder, of letters, digits, '.', '_' and '-'");
  }
  file.exact = object.Has("bytes");
  file.bytes = object.Integer(file.exact ? "bytes" : "about_bytes", 1, kMaxFile);
  if (object.Has("sha256")) file.sha256 = object.Sha256("sha256");
  return file;
}

CatalogueModel ModelOf(const JsonObject& object) {
  CatalogueModel model;
  model.name = object.Text("name", 1, 64);
  if (!IsPathBelow(model.name) || model.name.find('/') != std::string::npos) {
    object.Fail("name", "must be a plain name of letters, digits, '.', '_' and '-'");
  }
  model.purpose = object.Text("purpose", 1, kMaxWords);
  model.licence = object.Text("licence", 1, kMaxWords);
  model.languages = object.Text("languages", 1, kMaxWords);
  model.quality = object.Text("quality", 1, kMaxWords);
  model.quality_source = object.Text("quality_source", 1, kMaxWords);
  model.evidence = object.Text("evidence", 1, kMaxWords);
  model.layout = LayoutOf(object);
  model.base = object.Text("base", 1, kMaxWords);
  if (const Status fine = CheckAddress(model.base); !fine) object.Fail("base", fine.error().message());
  if (!model.base.ends_with('/')) object.Fail("base", "must end with '/'");
  std::set<std::string> paths;
  for (const JsonObject& file : object.Objects("files", 1, 64)) {
    model.files.push_back(FileOf(file));
    if (!paths.insert(model.files.back().path).second) file.Fail("path", "stands there twice");
  }
  return model;
}

}  // namespace

std::uint64_t CatalogueModel::Bytes() const {
  std::uint64_t sum = 0;
  for (const CatalogueFile& file : files) sum += file.bytes;
  return sum;
}

std::size_t CatalogueModel::KnownHashes() const {
  return static_cast<std::size_t>(std::count_if(
      files.begin(), files.end(), [](const CatalogueFile& file) { return !file.sha256.empty(); }));
}

Result<const CatalogueModel*> Catalogue::Find(std::string_view name) const {
  std::vector<std::string_view> names;
  for (const CatalogueModel& model : models) {
    if (model.name == name) return &model;
    names.push_back(model.name);
  }
  return Error(Code::kInvalidArgument, "the catalogue has no model " + Quoted(name) +
                                           " (vitrine-fetch list shows all)" + DidYouMeanText(name, names));
}

Result<Catalogue> ReadCatalogue(const std::string& path) {
  Result<std::string> text = ReadFile(path, kMaxCatalogue);
  if (!text) {
    return Error(Code::kModel, "no catalogue of models: " + text.error().message() +
                                   "; it is installed with the program, or named with --catalogue");
  }
  return ParseCatalogue(*text, path);
}

Result<Catalogue> ParseCatalogue(std::string_view text, const std::string& path) {
  const nlohmann::json json = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  const std::string place = "the catalogue " + Quoted(path);
  if (json.is_discarded()) return Error(Code::kModel, place + " is no valid JSON");
  std::string error;
  const JsonObject root(&json, "", error);
  const std::uint64_t schema = root.Integer("schema", 1, 1u << 30);
  if (error.empty() && schema != 1) {
    return Error(Code::kModel, place + " is of schema " + std::to_string(schema) +
                                   ", and this version reads schema 1; update vitrine-fetch");
  }
  Catalogue catalogue;
  std::set<std::string> names;
  for (const JsonObject& object : root.Objects("models", 0, 1000)) {
    catalogue.models.push_back(ModelOf(object));
    if (!names.insert(catalogue.models.back().name).second) object.Fail("name", "stands there twice");
  }
  if (!error.empty()) return Error(Code::kModel, place + " is refused: " + error);
  catalogue.json = json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  return catalogue;
}

}  // namespace vitrine::fetch
