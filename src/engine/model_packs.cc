#include "engine/model_packs.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <system_error>
#include <utility>

#include "base/file.h"
#include "base/utf8.h"

namespace vitrine {
namespace {

namespace fs = std::filesystem;

void AddPacksIn(const std::string& folder, bool in_library, std::map<std::string, KnownPack>& packs) {
  std::error_code error;
  fs::directory_iterator entries(folder, error);
  for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
    KnownPack pack{.id = entries->path().filename().string(),
                   .folder = entries->path().string(),
                   .in_library = in_library,
                   .summary = {},
                   .problem = {}};
    if (pack.id.starts_with('.') || !HoldsPack(pack.folder)) continue;
    Result<PackSummary> summary = DescribePack(pack.folder);
    if (summary) {
      pack.summary = *std::move(summary);
    } else {
      pack.problem = summary.error().message();
    }
    packs.insert_or_assign(pack.id, std::move(pack));
  }
}

std::string IdsOf(const std::vector<KnownPack>& packs) {
  std::string ids;
  for (const KnownPack& pack : packs) ids += (ids.empty() ? "" : ", ") + Printable(pack.id);
  return ids.empty() ? "none" : ids;
}

}  // namespace

bool HoldsPack(const std::string& folder) {
  std::error_code error;
  return fs::exists(JoinPath(folder, "pack.json"), error);
}

ModelPacks::ModelPacks(const std::string& library_folder, std::string program_folder)
    : library_folder_(JoinPath(library_folder, "models")), program_folder_(std::move(program_folder)) {}

std::vector<KnownPack> ModelPacks::All() const {
  std::map<std::string, KnownPack> by_id;
  AddPacksIn(program_folder_, false, by_id);
  AddPacksIn(library_folder_, true, by_id);
  std::vector<KnownPack> packs;
  for (auto& [id, pack] : by_id) packs.push_back(std::move(pack));
  std::ranges::stable_partition(packs, [](const KnownPack& pack) { return !pack.in_library; });
  return packs;
}

Result<KnownPack> ModelPacks::Find(const std::string& name) const {
  std::vector<KnownPack> packs = All();
  std::vector<KnownPack> named;
  for (KnownPack& pack : packs) {
    if (pack.id == name) return std::move(pack);
    if (pack.problem.empty() && pack.summary.name == name) named.push_back(pack);
  }
  if (named.size() == 1) return std::move(named.front());
  if (named.size() > 1) {
    return Error(Code::kModel,
                 "several models are called " + Quoted(name) + ": say which of " + IdsOf(named));
  }
  return Error(Code::kModel, "there is no model " + Quoted(name) + "; there are: " + IdsOf(packs) +
                                 ". vitrine model add FOLDER brings in another");
}

Result<std::string> ModelPacks::FolderOf(const std::string& model) const {
  if (model.find('/') != std::string::npos) return model;
  for (const std::string& parent : {library_folder_, program_folder_}) {
    std::string folder = JoinPath(parent, model);
    if (!model.empty() && model != ".." && HoldsPack(folder)) return folder;
  }
  Result<KnownPack> found = Find(model);
  if (!found) return std::move(found).error();
  return std::move(found->folder);
}

}  // namespace vitrine
