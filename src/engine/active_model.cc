#include "engine/active_model.h"

#include <algorithm>
#include <filesystem>
#include <limits>
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
constexpr char kSecondSetting[] = "model.mixed_in";

std::int64_t NewestTimeIn(const std::string& folder) {
  std::int64_t newest = std::numeric_limits<std::int64_t>::min();
  std::error_code error;
  std::filesystem::directory_iterator entry(folder, error);
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    std::error_code unknown;
    const auto time = entry->last_write_time(unknown);
    if (!unknown) newest = std::max<std::int64_t>(newest, time.time_since_epoch().count());
  }
  return newest;
}

}  // namespace

EmbedderOptions EmbedderOptionsFor(const LibraryOptions& options) {
  EmbedderOptions embedding;
  embedding.device = options.device;
  embedding.precision = options.precision;
  embedding.cache_folder = JoinPath(DefaultCacheFolder(), "compiled");
  embedding.tuning_folder = JoinPath(DefaultCacheFolder(), "tuning");
  embedding.graph_folder = JoinPath(DefaultCacheFolder(), "graphs");
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

Result<ModelIds> RememberedModels(Catalog& catalog) {
  VITRINE_TRY_ASSIGN(std::optional<std::string> first, catalog.Setting(kModelSetting));
  VITRINE_TRY_ASSIGN(std::optional<std::string> second, catalog.Setting(kSecondSetting));
  return ModelIds{.first = first && !first->empty() ? *std::move(first) : std::string(kDefaultModel),
                  .second = second ? *std::move(second) : std::string()};
}

Status RememberModels(Catalog& catalog, const ModelIds& ids) {
  VITRINE_TRY_ASSIGN(ModelIds now, RememberedModels(catalog));
  if (now.first != ids.first) {
    if (!now.second.empty()) VITRINE_TRY(catalog.SetSetting(kSecondSetting, ""));
    now.second.clear();
    VITRINE_TRY(catalog.SetSetting(kModelSetting, ids.first));
  }
  return now.second == ids.second ? Status() : catalog.SetSetting(kSecondSetting, ids.second);
}

Result<ModelIds> ModelsAsked(const ModelPacks& packs, const std::string& text) {
  Result<std::string> one = packs.FolderOf(text);
  for (std::size_t at = text.find('+'); at != std::string::npos; at = text.find('+', at + 1)) {
    if (one && HoldsPack(*one)) break;
    Result<std::string> first = packs.FolderOf(text.substr(0, at));
    Result<std::string> second = packs.FolderOf(text.substr(at + 1));
    if (!first || !second || !HoldsPack(*first) || !HoldsPack(*second)) continue;
    return ModelIds{.first = *std::move(first), .second = *std::move(second)};
  }
  if (!one) return std::move(one).error();
  return ModelIds{.first = *std::move(one), .second = {}};
}

ActiveModel::ActiveModel(const std::string& library_folder, ModelPacks packs, ModelIds asked,
                         EmbedderOptions embedding)
    : packs_(std::move(packs)),
      asked_(std::move(asked)),
      embedding_(std::move(embedding)),
      reader_(library_folder) {}

Result<AnsweringModels> ActiveModel::Of(Catalog& catalog) {
  if (!asked_.first.empty()) return Use(asked_);
  VITRINE_TRY_ASSIGN(const ModelIds ids, RememberedModels(catalog));
  Result<AnsweringModels> models = Use(ids);
  if (models) return models;
  // They may have been swapped, and a pack removed, between the two.
  VITRINE_TRY_ASSIGN(const ModelIds again, RememberedModels(catalog));
  return again == ids ? std::move(models) : Use(again);
}

Result<ModelIds> ActiveModel::IdsNow() {
  if (!asked_.first.empty()) return asked_;
  Result<ModelIds> ids = reader_.With([](Catalog& catalog) { return RememberedModels(catalog); });
  const bool none_yet =
      !ids && (ids.error().code() == Code::kNotFound || ids.error().code() == Code::kUnsupported);
  if (none_yet) return ModelIds{.first = kDefaultModel, .second = {}};
  return ids;
}

Result<AnsweringModels> ActiveModel::Now() {
  VITRINE_TRY_ASSIGN(const ModelIds ids, IdsNow());
  Result<AnsweringModels> models = Use(ids);
  if (models && models->problem.empty()) return models;
  VITRINE_TRY_ASSIGN(const ModelIds again, IdsNow());
  return again == ids ? std::move(models) : Use(again);
}

Result<std::vector<EmbedderOptions>> ActiveModel::OptionsNow() {
  VITRINE_TRY_ASSIGN(const ModelIds ids, IdsNow());
  std::vector<EmbedderOptions> all;
  for (const std::string& id : {ids.first, ids.second}) {
    if (id.empty()) continue;
    EmbedderOptions& options = all.emplace_back(embedding_);
    VITRINE_TRY_ASSIGN(options.pack_folder, packs_.FolderOf(id));
  }
  return all;
}

// What is open and still wanted stays; the rest goes when its last user does.
Result<AnsweringModels> ActiveModel::Use(const ModelIds& ids) {
  const std::lock_guard lock(mutex_);
  AnsweringModels models;
  VITRINE_TRY_ASSIGN(Open first, OpenOne(ids.first));
  VITRINE_TRY_ASSIGN(models.first, first.model);
  std::vector<Open> open = {std::move(first)};
  if (!ids.second.empty()) {
    Result<Open> second = OpenOne(ids.second);
    const Result<OpenModel> model = second ? second->model : Result<OpenModel>(second.error());
    if (!model) {
      models.problem = model.error().message();
    } else if ((*model)->space().id != models.first->space().id) {
      models.second = *model;
    }
    if (second) open.push_back(*std::move(second));
  }
  open_ = std::move(open);
  return models;
}

Result<ActiveModel::Open> ActiveModel::OpenOne(const std::string& id) const {
  VITRINE_TRY_ASSIGN(const std::string folder, packs_.FolderOf(id));
  const std::int64_t made_at = NewestTimeIn(folder);
  for (const Open& open : open_) {
    if (open.folder == folder && open.made_at == made_at) return open;
  }
  EmbedderOptions options = embedding_;
  options.pack_folder = folder;
  Result<std::unique_ptr<Embedder>> opened = OpenEmbedder(options);
  if (!opened) return Open{.folder = folder, .made_at = made_at, .model = std::move(opened).error()};
  return Open{.folder = folder,
              .made_at = made_at,
              .model = OpenModel(std::make_shared<RememberingEmbedder>(*std::move(opened)))};
}

}  // namespace vitrine
