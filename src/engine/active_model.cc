#include "engine/active_model.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include "base/file.h"
#include "base/try.h"
#include "engine/installation.h"
#include "engine/query_vectors.h"

namespace vitrine {
namespace {

constexpr char kModelSetting[] = "model.active";

std::int64_t TimeOf(const std::string& file) {
  std::error_code error;
  const auto time = std::filesystem::last_write_time(file, error);
  return error ? 0 : static_cast<std::int64_t>(time.time_since_epoch().count());
}

}  // namespace

EmbedderOptions EmbedderOptionsFor(const LibraryOptions& options) {
  EmbedderOptions embedding;
  embedding.device = options.device;
  embedding.precision = options.precision;
  embedding.cache_folder = JoinPath(DefaultCacheFolder(), "compiled");
  embedding.space_in_use = [folder = options.folder](const std::string& space) {
    const auto catalog = Catalog::Open(folder, CatalogMode::kRead);
    if (!catalog) return false;
    const Result<std::uint64_t> generation = (*catalog)->Generation(space);
    return generation && *generation != 0;
  };
  embedding.image_threads = static_cast<int>(options.threads);
  embedding.text_threads = static_cast<int>(std::min<std::size_t>(options.threads, 4));
  return embedding;
}

Result<std::string> RememberedModel(Catalog& catalog) {
  VITRINE_TRY_ASSIGN(std::optional<std::string> id, catalog.Setting(kModelSetting));
  return id && !id->empty() ? *std::move(id) : std::string(kDefaultModel);
}

Status RememberModel(Catalog& catalog, const std::string& id) {
  return catalog.SetSetting(kModelSetting, id);
}

ActiveModel::ActiveModel(const std::string& library_folder, ModelPacks packs, std::string asked,
                         EmbedderOptions embedding)
    : packs_(std::move(packs)),
      asked_(std::move(asked)),
      embedding_(std::move(embedding)),
      reader_(library_folder) {}

Result<OpenModel> ActiveModel::Of(Catalog& catalog) {
  if (!asked_.empty()) return Use(asked_);
  VITRINE_TRY_ASSIGN(const std::string id, RememberedModel(catalog));
  Result<OpenModel> model = Use(id);
  if (model) return model;
  // It may have been swapped, and its pack removed, between the two.
  VITRINE_TRY_ASSIGN(const std::string again, RememberedModel(catalog));
  return again == id ? std::move(model) : Use(again);
}

Result<std::string> ActiveModel::IdNow() {
  if (!asked_.empty()) return asked_;
  Result<std::string> id = reader_.With([](Catalog& catalog) { return RememberedModel(catalog); });
  const bool none_yet =
      !id && (id.error().code() == Code::kNotFound || id.error().code() == Code::kUnsupported);
  if (none_yet) return std::string(kDefaultModel);
  return id;
}

Result<OpenModel> ActiveModel::Now() {
  VITRINE_TRY_ASSIGN(const std::string id, IdNow());
  Result<OpenModel> model = Use(id);
  if (model) return model;
  VITRINE_TRY_ASSIGN(const std::string again, IdNow());
  return again == id ? std::move(model) : Use(again);
}

Result<EmbedderOptions> ActiveModel::OptionsNow() {
  VITRINE_TRY_ASSIGN(const std::string id, IdNow());
  EmbedderOptions options = embedding_;
  VITRINE_TRY_ASSIGN(options.pack_folder, packs_.FolderOf(id));
  return options;
}

Result<OpenModel> ActiveModel::Use(const std::string& id) {
  VITRINE_TRY_ASSIGN(const std::string folder, packs_.FolderOf(id));
  const std::int64_t made_at = TimeOf(JoinPath(folder, "pack.json"));
  const std::lock_guard lock(mutex_);
  if (open_.model && open_.folder == folder && open_.made_at == made_at) return open_.model;
  EmbedderOptions options = embedding_;
  options.pack_folder = folder;
  VITRINE_TRY_ASSIGN(std::unique_ptr<Embedder> opened, OpenEmbedder(options));
  open_ = {.folder = folder,
           .made_at = made_at,
           .model = std::make_shared<RememberingEmbedder>(std::move(opened))};
  return open_.model;
}

}  // namespace vitrine
