#include "fetch/manifest.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/utf8.h"
#include "fetch/json_object.h"

namespace vitrine::fetch {
namespace {

constexpr std::uint64_t kMaxManifest = 1 << 20;
constexpr char kPinnedByCatalogue[] = "catalogue";
constexpr char kPinnedByFirstFetch[] = "first fetch";

ManifestFile FileOf(const JsonObject& object) {
  ManifestFile file;
  file.path = object.Text("path", 1, 240);
  if (!IsPathBelow(file.path)) object.Fail("path", "leads out of the folder");
  file.bytes = object.Integer("bytes", 0, UINT64_MAX);
  file.whole = object.Flag("whole");
  if (file.whole || object.Has("sha256")) file.sha256 = object.Sha256("sha256");
  if (object.Has("pinned") && object.Text("pinned", 1, 32) == kPinnedByCatalogue) file.pin = Pin::kCatalogue;
  if (object.Has("validator")) file.validator = object.Text("validator", 0, 1024);
  return file;
}

}  // namespace

const ManifestFile* Manifest::Find(std::string_view path) const {
  const auto found =
      std::find_if(files.begin(), files.end(), [&](const ManifestFile& file) { return file.path == path; });
  return found == files.end() ? nullptr : &*found;
}

ManifestFile* Manifest::Find(std::string_view path) {
  return const_cast<ManifestFile*>(static_cast<const Manifest*>(this)->Find(path));
}

Result<Manifest> ReadManifest(const std::string& folder) {
  const std::string path = JoinPath(folder, kManifestName);
  Result<std::string> text = ReadFile(path, kMaxManifest);
  if (!text) return std::move(text).error();
  const nlohmann::json json = nlohmann::json::parse(*text, nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded()) return Error(Code::kModel, Quoted(path) + " is no valid JSON");
  std::string error;
  const JsonObject root(&json, "", error);
  root.Integer("schema", 1, 1);
  Manifest manifest{root.Text("model", 1, 64), root.Text("base", 1, 1024), {}};
  for (const JsonObject& file : root.Objects("files", 0, 64)) manifest.files.push_back(FileOf(file));
  if (!error.empty()) return Error(Code::kModel, Quoted(path) + " is refused: " + error);
  return manifest;
}

Status WriteManifest(const std::string& folder, const Manifest& manifest) {
  nlohmann::ordered_json files = nlohmann::ordered_json::array();
  for (const ManifestFile& file : manifest.files) {
    nlohmann::ordered_json object = {{"path", file.path}, {"bytes", file.bytes}, {"whole", file.whole}};
    if (!file.sha256.empty()) {
      object["sha256"] = file.sha256;
      object["pinned"] = file.pin == Pin::kCatalogue ? kPinnedByCatalogue : kPinnedByFirstFetch;
    }
    if (!file.whole && !file.validator.empty()) object["validator"] = file.validator;
    files.push_back(std::move(object));
  }
  const nlohmann::ordered_json json = {
      {"schema", 1}, {"model", manifest.model}, {"base", manifest.base}, {"files", std::move(files)}};
  const std::string text = json.dump(1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  return WriteFileAtomically(JoinPath(folder, kManifestName), text, Durability::kSynced);
}

Manifest MergeManifest(const CatalogueModel& model, const Manifest& before) {
  Manifest merged{model.name, model.base, {}};
  const bool same = before.model == model.name && before.base == model.base;
  for (const CatalogueFile& wanted : model.files) {
    ManifestFile file;
    if (const ManifestFile* known = same ? before.Find(wanted.path) : nullptr) file = *known;
    file.path = wanted.path;
    if (!wanted.sha256.empty()) {
      // What is there under another hash is another file.
      if (file.sha256 != wanted.sha256) file.whole = false;
      file.sha256 = wanted.sha256;
      file.pin = Pin::kCatalogue;
    }
    merged.files.push_back(std::move(file));
  }
  return merged;
}

}  // namespace vitrine::fetch
