#include "engine/cluster/shared_library.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/try.h"
#include "base/utf8.h"
#include "cluster/changing.h"
#include "cluster/shared_documents.h"
#include "engine/installation.h"

namespace vitrine {
namespace {

using Json = nlohmann::json;

constexpr int kMostRounds = 10;

// "/packs/clip" is looked for as "clip" on other machines.
std::string IdOf(const std::string& model) {
  if (model.empty()) return kDefaultModel;
  return model.find('/') == std::string::npos ? model : std::string(NameOf(ResolvedPath(model)));
}

bool HasAll(const std::vector<PathBytes>& all, const std::vector<PathBytes>& some) {
  return std::ranges::all_of(some, [&](const PathBytes& one) { return std::ranges::count(all, one) > 0; });
}

}  // namespace

Result<SharedLibrary> SharedLibrary::Find(const cluster::Cluster& cluster, const LibraryOptions& options) {
  SharedLibrary library(cluster);
  const Result<cluster::IndexMeta> known = cluster::ReadMeta(cluster, cluster::AliasName(cluster.address()));
  library.is_new_ = !known && known.error().code() == Code::kNotFound;
  if (!known && !library.is_new_) return known.error();
  if (known) library.meta_ = *known;
  const std::string wanted = !options.model.empty() ? options.model
                             : library.is_new_      ? std::string(kDefaultModel)
                                                    : library.meta_.model_id;
  EmbedderOptions embedding = EmbedderOptionsFor(options);
  if (known) embedding.space_in_use = [space = known->space](const std::string& one) { return one == space; };
  VITRINE_TRY_ASSIGN(library.model_folder_, ModelPacks("", DefaultModelsFolder()).FolderOf(wanted));
  embedding.pack_folder = library.model_folder_;
  VITRINE_TRY_ASSIGN(std::unique_ptr<Embedder> model, OpenEmbedder(embedding));
  const Space space = model->space();
  if (known && space.id != known->space) {
    return Error(Code::kModel,
                 "the library on the cluster holds vectors of the model " + Quoted(known->model) +
                     " (space " + Printable(known->space) + "), here is " + Quoted(space.model) + " (space " +
                     space.id + "); name the folder of that model with --model, or index under another name");
  }
  if (library.is_new_) {
    library.meta_ = {
        .space = space.id, .model = space.model, .model_id = IdOf(wanted), .dimension = space.dimension};
  }
  library.model_ = OpenModel(std::move(model));
  library.index_ = cluster::IndexName(cluster.address(), space.id);
  return library;
}

Status SharedLibrary::Begin(const std::vector<PathBytes>& roots, std::uint64_t pictures) {
  if (is_new_) {
    VITRINE_TRY_ASSIGN(meta_, cluster::EnsureIndex(*cluster_, meta_, pictures));
    VITRINE_TRY(cluster::ServeSearches(*cluster_, index_));
  }
  return Remember(roots);
}

// Read, changed and written without a lock: what another machine wrote in between may be lost, so whoever
// wrote looks whether it stands, and writes again.
Status SharedLibrary::Remember(const std::vector<PathBytes>& roots) {
  for (int round = 0; round < kMostRounds; ++round) {
    VITRINE_TRY_ASSIGN(meta_, cluster::ReadMeta(*cluster_, cluster::AliasName(cluster_->address())));
    if (meta_.space != model_->space().id) {
      return Error(Code::kModel, "another indexer has just made the library " +
                                     Quoted(cluster_->address().name) + " for the model " +
                                     Quoted(meta_.model) +
                                     "; name the same one with --model on all machines");
    }
    if (meta_.shared && HasAll(meta_.roots, roots)) return {};
    for (const PathBytes& root : roots) {
      if (!HasAll(meta_.roots, {root})) meta_.roots.push_back(root);
    }
    meta_.shared = true;
    VITRINE_TRY(cluster::WriteMeta(*cluster_, index_, meta_));
    cluster::GiveWay();
  }
  return Error(Code::kTimeout, "others change what the library " + Quoted(cluster_->address().name) +
                                   " says of itself again and again; run the same command again");
}

Result<std::string> SharedLibrary::Uuid() const {
  VITRINE_TRY_ASSIGN(
      const Json settings,
      cluster_->Ask(cluster::Method::kGet, "/" + index_ + "/_settings?filter_path=*.settings.index.uuid"));
  for (const auto& [name, index] : settings.items())
    return index.value("/settings/index/uuid"_json_pointer, "");
  return Error(Code::kCorrupt, "the index " + Quoted(index_) + " does not say which it is");
}

Status SharedLibrary::End() {
  VITRINE_TRY(cluster::Refresh(*cluster_, index_));
  VITRINE_TRY_ASSIGN(const Json counted, cluster_->Ask(cluster::Method::kGet, "/" + index_ + "/_count"));
  const std::vector<PathBytes> roots = meta_.roots;
  VITRINE_TRY_ASSIGN(meta_, cluster::ReadMeta(*cluster_, index_));
  for (const PathBytes& root : roots) {
    if (!HasAll(meta_.roots, {root})) meta_.roots.push_back(root);
  }
  meta_.complete = true;
  meta_.pictures = counted.value("count", std::uint64_t{0});
  return cluster::WriteMeta(*cluster_, index_, meta_);
}

}  // namespace vitrine
