// Joins packs and catalog behind include/vitrine/models.h.
#include "vitrine/models.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

#include "base/file.h"
#include "base/try.h"
#include "base/utf8.h"
#include "engine/active_model.h"
#include "engine/distilling.h"
#include "engine/index_keeper.h"
#include "engine/installation.h"
#include "engine/model_adding.h"
#include "engine/model_bench.h"
#include "engine/model_packs.h"
#include "engine/model_use.h"
#include "engine/writer.h"
#include "image/decoder.h"
#include "ingest/fill_space.h"
#include "model/open.h"

namespace vitrine {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double kBenchSeconds = 2;

double SecondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

ModelInfo InfoOf(const KnownPack& pack, const PackSummary& summary) {
  return {.id = pack.id,
          .name = summary.name,
          .version = summary.version,
          .licence = summary.licence,
          .origin = summary.origin,
          .folder = pack.folder,
          .space = summary.space.id,
          .dimension = summary.space.dimension,
          .image_precision = summary.image_precision,
          .text_precision = summary.text_precision,
          .in_library = pack.in_library,
          .problem = pack.problem};
}

// Vectors that no pack here could answer with.
ModelInfo InfoOf(const SpaceRecord& space) {
  ModelInfo info;
  info.id = space.name;
  info.name = space.model;
  info.space = space.name;
  info.dimension = space.dimension;
  info.problem = "its pack is not here: add it, or remove its vectors";
  return info;
}

void RemoveTree(const std::string& path) {
  std::error_code ignored;
  std::filesystem::remove_all(path, ignored);
}

class LocalModels final : public Models {
 public:
  explicit LocalModels(LibraryOptions options)
      : options_(std::move(options)), packs_(options_.folder, DefaultModelsFolder()) {}

  Result<ModelList> List() override;
  Result<ModelInfo> Add(const std::string& folder) override;
  Result<UseReport> Use(const std::string& name, const UseOptions& options, VectorObserver* observer,
                        const StopSignal& stop) override;
  Result<ModelRemoval> Remove(const std::string& name) override;
  Result<DistillReport> Distill(const DistillOptions& options, VectorObserver* observer,
                                const StopSignal& stop) override;
  Result<ModelBench> Bench(const std::string& name, const StopSignal& stop) override;

 private:
  EmbedderOptions Embedding(const std::string& pack_folder) const;
  /// What Remove() deletes.
  struct Leaving {
    std::string id;
    std::string folder;               ///< Of the pack; empty for one that stays.
    std::vector<std::string> spaces;  ///< Whose vectors go.
    bool may_answer = false;          ///< The model answers in another precision, and goes on doing so.
  };

  Result<KnownPack> FindSound(const std::string& name) const;
  ModelInfo Describe(const KnownPack& pack, std::vector<SpaceRecord>& spaces) const;
  Result<Leaving> FindLeaving(const std::string& name);

  const LibraryOptions options_;
  const ModelPacks packs_;
  SharedWriter writer_{options_.folder};
};

EmbedderOptions LocalModels::Embedding(const std::string& pack_folder) const {
  EmbedderOptions embedding = EmbedderOptionsFor(options_);
  embedding.pack_folder = pack_folder;
  return embedding;
}

Result<KnownPack> LocalModels::FindSound(const std::string& name) const {
  VITRINE_TRY_ASSIGN(KnownPack pack, packs_.Find(name));
  if (!pack.problem.empty()) return Error(Code::kModel, pack.problem);
  return pack;
}

// The pack in the precision that it would be opened in, with what the library has of it; that is taken out of
// `spaces`.
ModelInfo LocalModels::Describe(const KnownPack& pack, std::vector<SpaceRecord>& spaces) const {
  const auto take = [&spaces](const std::string& id) -> std::optional<std::uint64_t> {
    const auto space = std::ranges::find(spaces, id, &SpaceRecord::name);
    if (space == spaces.end()) return std::nullopt;
    const std::uint64_t vectors = space->vectors;
    spaces.erase(space);
    return vectors;
  };
  if (!pack.problem.empty()) return InfoOf(pack, pack.summary);
  const Result<PackSummary> summary = DescribePack(Embedding(pack.folder));
  ModelInfo info = InfoOf(pack, summary ? *summary : pack.summary);
  if (!summary) info.problem = summary.error().message();
  info.pictures = take(info.space).value_or(0);
  for (const PackSpace& other : pack.summary.spaces) {
    const std::optional<std::uint64_t> vectors = take(other.space);
    if (vectors) info.others.push_back({other.precision, other.space, *vectors});
  }
  return info;
}

Result<ModelList> LocalModels::List() {
  ModelList list;
  ModelIds answering{.first = kDefaultModel, .second = {}};
  std::vector<SpaceRecord> spaces;
  const auto catalog = Catalog::Open(options_.folder, CatalogMode::kRead);
  if (!catalog && catalog.error().code() != Code::kNotFound) return catalog.error();
  if (catalog) {
    VITRINE_TRY_ASSIGN(answering, RememberedModels(**catalog));
    VITRINE_TRY_ASSIGN(spaces, (*catalog)->Spaces());
    VITRINE_TRY_ASSIGN(const CatalogCounts counts, (*catalog)->Counts());
    list.pictures = counts.assets;
  }
  for (const KnownPack& pack : packs_.All()) {
    ModelInfo& info = list.models.emplace_back(Describe(pack, spaces));
    info.mixed_in = pack.id == answering.second;
    info.answers = pack.id == answering.first || info.mixed_in;
  }
  for (const SpaceRecord& space : spaces) {
    list.models.emplace_back(InfoOf(space)).pictures = space.vectors;
  }
  return list;
}

Result<ModelInfo> LocalModels::Add(const std::string& folder) {
  const auto trial = [this](const std::string& copy) -> Status {
    VITRINE_TRY(InspectModel(Embedding(copy)));
    return {};
  };
  VITRINE_TRY_ASSIGN(const KnownPack pack, AddPack(packs_, folder, trial));
  return InfoOf(pack, pack.summary);
}

Result<UseReport> LocalModels::Use(const std::string& name, const UseOptions& options,
                                   VectorObserver* observer, const StopSignal& stop) {
  std::vector<KnownPack> packs(options.with.empty() ? 1 : 2);
  VITRINE_TRY_ASSIGN(packs.front(), FindSound(name));
  if (packs.size() == 2) {
    VITRINE_TRY_ASSIGN(packs.back(), FindSound(options.with));
  }
  return UseModels(options_, writer_, packs, options.now, observer, stop);
}

// What a name means: a model with all its vectors, or the vectors of one precision.
Result<LocalModels::Leaving> LocalModels::FindLeaving(const std::string& name) {
  VITRINE_TRY_ASSIGN(const ModelList list, List());
  for (const ModelInfo& model : list.models) {
    for (const OtherPrecision& other : model.others) {
      if (other.space != name) continue;
      if (model.answers && options_.precision != Precision::kAuto) {
        return Error(Code::kInvalidArgument,
                     "leave --precision out: with it, it does not show which vectors of " + model.id +
                         " answer searches");
      }
      return Leaving{.id = model.id, .folder = {}, .spaces = {name}, .may_answer = true};
    }
  }
  auto model = std::ranges::find(list.models, name, &ModelInfo::id);
  if (model == list.models.end()) {
    VITRINE_TRY_ASSIGN(const KnownPack pack, packs_.Find(name));
    model = std::ranges::find(list.models, pack.id, &ModelInfo::id);
    if (model == list.models.end()) return Error(Code::kModel, "the model " + pack.id + " has just gone");
  }
  if (model->answers) {
    return Error(Code::kInvalidArgument, "the model " + model->id +
                                             " answers searches; take another one into use first: vitrine "
                                             "model use NAME");
  }
  Leaving leaving{.id = model->id, .folder = model->in_library ? model->folder : "", .spaces = {}};
  if (!model->space.empty()) leaving.spaces.push_back(model->space);
  for (const OtherPrecision& other : model->others) leaving.spaces.push_back(other.space);
  return leaving;
}

Result<ModelRemoval> LocalModels::Remove(const std::string& name) {
  VITRINE_TRY_ASSIGN(const Leaving leaving, FindLeaving(name));
  ModelRemoval removal{.id = leaving.id};
  const Status dropped = writer_.With([&](Catalog& catalog) -> Status {
    // Looked at again now that nobody else can swap.
    VITRINE_TRY_ASSIGN(const ModelIds answering, RememberedModels(catalog));
    if (!leaving.may_answer && (answering.first == leaving.id || answering.second == leaving.id)) {
      return Error(Code::kLocked, "the model " + leaving.id + " has just been taken into use; it stays");
    }
    VITRINE_TRY_ASSIGN(const std::vector<SpaceRecord> spaces, catalog.Spaces());
    for (const SpaceRecord& space : spaces) {
      if (std::ranges::find(leaving.spaces, space.name) == leaving.spaces.end()) continue;
      removal.vectors += space.rows;
      VITRINE_TRY(catalog.DropSpace(space.name));
    }
    return {};
  });
  if (!dropped && dropped.error().code() != Code::kNotFound) return dropped.error();
  if (removal.vectors == 0 && leaving.folder.empty()) {
    return Error(Code::kInvalidArgument, "nothing to remove: the model " + leaving.id +
                                             " comes with the program, and the library has no vectors of it");
  }
  for (const std::string& space : leaving.spaces) {
    RemoveTree(JoinPath(JoinPath(options_.folder, "vectors"), space));
    RemoveTree(JoinPath(JoinPath(options_.folder, "tags"), space + ".words"));
  }
  if (!leaving.folder.empty()) {
    // Hidden first: a pack that is half gone is never found.
    const std::string hidden = JoinPath(packs_.library_folder(), ".removing-" + leaving.id);
    RemoveTree(hidden);
    if (rename(leaving.folder.c_str(), hidden.c_str()) != 0) {
      return ErrnoError("cannot remove the model at", leaving.folder, errno);
    }
    RemoveTree(hidden);
    removal.pack_removed = true;
  }
  return removal;
}

Result<DistillReport> LocalModels::Distill(const DistillOptions& options, VectorObserver* observer,
                                           const StopSignal& stop) {
  VITRINE_TRY_ASSIGN(KnownPack teacher, FindSound(options.teacher));
  EmbedderOptions embedding = Embedding(teacher.folder);
  const DistillPlace place{options_, packs_, std::move(teacher), std::move(embedding)};
  VITRINE_TRY_ASSIGN(Distilled distilled, DistillModel(place, options.student, observer, stop));
  distilled.report.model = InfoOf(distilled.student, distilled.student.summary);
  return std::move(distilled.report);
}

Result<ModelBench> LocalModels::Bench(const std::string& name, const StopSignal& stop) {
  VITRINE_TRY_ASSIGN(const KnownPack pack, FindSound(name));
  ModelBench bench;
  bench.id = pack.id;
  const Clock::time_point start = Clock::now();
  VITRINE_TRY_ASSIGN(const ModelReport report, InspectModel(Embedding(pack.folder)));
  bench.load_seconds = SecondsSince(start);
  bench.runtime = report.runtime;
  bench.image_provider = report.image_provider;
  bench.text_provider = report.text_provider;
  bench.picture_cosine = report.picture_cosine;
  bench.sentence_cosine = report.sentence_cosines.empty() ? 1 : std::ranges::min(report.sentence_cosines);
  bench.notes = report.notes;
  VITRINE_TRY(TryWays(Embedding(pack.folder), bench));
  VITRINE_TRY_ASSIGN(const std::unique_ptr<Embedder> embedder, OpenEmbedder(Embedding(pack.folder)));
  VITRINE_TRY(MeasureModel(*embedder, kBenchSeconds, stop, bench));
  return bench;
}

}  // namespace

Result<std::unique_ptr<Models>> Models::Open(const LibraryOptions& options) {
  if (options.folder.empty()) return Error(Code::kInvalidArgument, "no library folder was named");
  LibraryOptions complete = options;
  complete.folder = ResolvedPath(complete.folder);
  if (complete.worker_program.empty()) complete.worker_program = DefaultWorkerProgram();
  if (complete.threads == 0) complete.threads = std::max(1u, std::thread::hardware_concurrency());
  return std::unique_ptr<Models>(std::make_unique<LocalModels>(std::move(complete)));
}

}  // namespace vitrine
