// Joins packs, catalog and filling behind include/vitrine/models.h.
//
// The order of steps in Use() is that of trust: the model is tried before a vector is made, vectors are
// recorded before searches are told of them, and the swap is one setting in the catalog, written while nobody
// else can write. Whatever ends the call before that leaves a library that is searched as before.
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
#include "engine/writer.h"
#include "image/decoder.h"
#include "ingest/fill_space.h"
#include "model/open.h"

namespace vitrine {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double kBenchSeconds = 2;
constexpr auto kBetweenTries = std::chrono::milliseconds(200);

double SecondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

void Announce(VectorObserver* observer, const std::string& step) {
  if (observer != nullptr) observer->OnStep(step, 0, 0);
}

ModelInfo InfoOf(const KnownPack& pack) {
  const PackSummary& summary = pack.summary;
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
  struct Filling;

  EmbedderOptions Embedding(const std::string& pack_folder) const;
  Result<KnownPack> FindSound(const std::string& name) const;
  Status Fill(Filling& filling);
  Result<bool> SwapWhenComplete(Filling& filling);
  Status Swap(Filling& filling);
  Status KeepVectorFiles(Filling& filling);
  Status Write(VectorObserver* observer, const StopSignal& stop,
               const std::function<Status(CatalogGate&)>& work);

  const LibraryOptions options_;
  const ModelPacks packs_;
  SharedWriter writer_{options_.folder};
};

/// What the steps of one Use() share.
struct LocalModels::Filling {
  const KnownPack& pack;
  Embedder& embedder;
  VectorObserver* observer;
  const StopSignal& stop;
  UseReport& report;
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

Result<ModelList> LocalModels::List() {
  ModelList list;
  std::string answers = kDefaultModel;
  std::vector<SpaceRecord> spaces;
  const auto catalog = Catalog::Open(options_.folder, CatalogMode::kRead);
  if (!catalog && catalog.error().code() != Code::kNotFound) return catalog.error();
  if (catalog) {
    VITRINE_TRY_ASSIGN(answers, RememberedModel(**catalog));
    VITRINE_TRY_ASSIGN(spaces, (*catalog)->Spaces());
    VITRINE_TRY_ASSIGN(const CatalogCounts counts, (*catalog)->Counts());
    list.pictures = counts.assets;
  }
  for (const KnownPack& pack : packs_.All()) {
    ModelInfo& info = list.models.emplace_back(InfoOf(pack));
    info.answers = pack.id == answers;
    const auto space = std::ranges::find(spaces, info.space, &SpaceRecord::name);
    if (space == spaces.end()) continue;
    info.pictures = space->vectors;
    spaces.erase(space);
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
  return InfoOf(pack);
}

// Changes the library as soon as nobody else writes to it.
Status LocalModels::Write(VectorObserver* observer, const StopSignal& stop,
                          const std::function<Status(CatalogGate&)>& work) {
  while (true) {
    const auto lease = writer_.Open(SharedWriter::Missing::kIsMade);
    if (lease) return work(lease->gate());
    if (lease.error().code() != Code::kLocked) return lease.error();
    if (stop.requested()) return Error(Code::kCancelled, "stopped");
    Announce(observer, "waiting for another process that writes to the library");
    std::this_thread::sleep_for(kBetweenTries);
  }
}

Status LocalModels::Fill(Filling& filling) {
  const Space& space = filling.embedder.space();
  filling.report.left_out = 0;
  filling.report.failures.clear();
  std::uint64_t due = 0;
  const auto count_due = [&](Catalog& catalog) -> Status {
    VITRINE_TRY(catalog.EnsureSpace(space.id, space.model, space.dimension));
    VITRINE_TRY_ASSIGN(const CatalogCounts counts, catalog.Counts());
    VITRINE_TRY_ASSIGN(const RowSet live, catalog.LiveRows(space.id));
    due = counts.assets - std::min<std::uint64_t>(counts.assets, live.Count());
    return {};
  };
  VITRINE_TRY(Write(filling.observer, filling.stop, [&](CatalogGate& gate) { return gate.With(count_due); }));
  if (due == 0) return {};
  DecoderPoolOptions pool;
  pool.worker_program = options_.worker_program;
  pool.workers = options_.threads;
  pool.allow_svg = options_.allow_svg;
  VITRINE_TRY_ASSIGN(const std::unique_ptr<DecoderPool> decoder, DecoderPool::Start(pool));
  SharedReader reader(options_.folder);
  const FillCatalog catalog = {
      .read = [&](const auto& ask) { return reader.With([&](Catalog& found) { return ask(found); }); },
      .write =
          [&](const auto& change) {
            return Write(filling.observer, filling.stop,
                         [&](CatalogGate& gate) { return gate.With(change); });
          }};
  FillOptions options;
  options.threads = options_.threads;
  options.on_step = [&](std::uint64_t done) {
    if (filling.observer != nullptr) filling.observer->OnStep("embedding pictures", std::min(done, due), due);
  };
  if (filling.observer != nullptr) filling.observer->OnStep("embedding pictures", 0, due);
  VITRINE_TRY_ASSIGN(FillOutcome outcome,
                     FillSpace(catalog, *decoder, filling.embedder, options, filling.stop));
  filling.report.embedded += outcome.embedded;
  filling.report.left_out = outcome.left_out;
  filling.report.failures = std::move(outcome.failures);
  return {};
}

Status LocalModels::KeepVectorFiles(Filling& filling) {
  return Write(filling.observer, filling.stop, [&](CatalogGate& gate) -> Status {
    VITRINE_TRY(KeepIndex(gate, options_.folder, filling.embedder, false, filling.observer));
    return {};
  });
}

Status LocalModels::Swap(Filling& filling) {
  return Write(filling.observer, filling.stop, [&](CatalogGate& gate) {
    return gate.With([&](Catalog& catalog) { return RememberModel(catalog, filling.pack.id); });
  });
}

// Swaps unless pictures without a vector came since the last look. Nobody else writes meanwhile, so that the
// look and the swap are one.
Result<bool> LocalModels::SwapWhenComplete(Filling& filling) {
  bool complete = false;
  VITRINE_TRY(Write(filling.observer, filling.stop, [&](CatalogGate& gate) {
    return gate.With([&](Catalog& catalog) -> Status {
      VITRINE_TRY_ASSIGN(const std::vector<AssetId> due,
                         catalog.AssetsWithoutVector(filling.embedder.space().id, 1));
      complete = due.empty();
      return complete ? RememberModel(catalog, filling.pack.id) : Status();
    });
  }));
  return complete;
}

Result<UseReport> LocalModels::Use(const std::string& name, const UseOptions& options,
                                   VectorObserver* observer, const StopSignal& stop) {
  const Clock::time_point start = Clock::now();
  VITRINE_TRY_ASSIGN(const KnownPack pack, FindSound(name));
  Announce(observer, "trying the model " + pack.id);
  VITRINE_TRY(InspectModel(Embedding(pack.folder)));
  VITRINE_TRY_ASSIGN(const std::unique_ptr<Embedder> embedder, OpenEmbedder(Embedding(pack.folder)));
  UseReport report;
  report.id = pack.id;
  Filling filling{pack, *embedder, observer, stop, report};
  VITRINE_TRY(Write(observer, stop, [&](CatalogGate& gate) {
    return gate.With([&](Catalog& catalog) -> Status {
      VITRINE_TRY_ASSIGN(report.before, RememberedModel(catalog));
      return {};
    });
  }));
  report.answers = report.before == pack.id;
  if (options.now && !report.answers) {
    VITRINE_TRY(KeepVectorFiles(filling));
    VITRINE_TRY(Swap(filling));
    report.answers = true;
  }
  while (true) {
    VITRINE_TRY(Fill(filling));
    report.stopped = stop.requested();
    if (report.stopped) break;
    VITRINE_TRY(KeepVectorFiles(filling));
    if (report.answers || report.left_out > 0) break;
    VITRINE_TRY_ASSIGN(report.answers, SwapWhenComplete(filling));
    if (report.answers) break;
  }
  VITRINE_TRY_ASSIGN(const std::unique_ptr<Catalog> catalog,
                     Catalog::Open(options_.folder, CatalogMode::kRead));
  VITRINE_TRY_ASSIGN(const RowSet live, catalog->LiveRows(embedder->space().id));
  report.pictures = live.Count();
  report.seconds = SecondsSince(start);
  return report;
}

Result<ModelRemoval> LocalModels::Remove(const std::string& name) {
  VITRINE_TRY_ASSIGN(const ModelList list, List());
  auto model = std::ranges::find(list.models, name, &ModelInfo::id);
  if (model == list.models.end()) {
    VITRINE_TRY_ASSIGN(const KnownPack pack, packs_.Find(name));
    model = std::ranges::find(list.models, pack.id, &ModelInfo::id);
    if (model == list.models.end()) return Error(Code::kModel, "the model " + pack.id + " has just gone");
  }
  if (model->answers) {
    return Error(Code::kInvalidArgument,
                 "the model " + model->id +
                     " answers searches; take another one into use first: vitrine model "
                     "use NAME");
  }
  ModelRemoval removal{.id = model->id};
  const Status dropped = writer_.With([&](Catalog& catalog) -> Status {
    // Looked at again now that nobody else can swap.
    VITRINE_TRY_ASSIGN(const std::string answers, RememberedModel(catalog));
    if (answers == model->id) {
      return Error(Code::kLocked, "the model " + model->id + " has just been taken into use; it stays");
    }
    VITRINE_TRY_ASSIGN(const std::vector<SpaceRecord> spaces, catalog.Spaces());
    const auto space = std::ranges::find(spaces, model->space, &SpaceRecord::name);
    if (space == spaces.end()) return {};
    removal.vectors = space->rows;
    return catalog.DropSpace(space->name);
  });
  if (!dropped && dropped.error().code() != Code::kNotFound) return dropped.error();
  if (removal.vectors == 0 && !model->in_library) {
    return Error(Code::kInvalidArgument, "nothing to remove: the model " + model->id +
                                             " comes with the program, and the library has no vectors of it");
  }
  if (!model->space.empty()) {
    RemoveTree(JoinPath(JoinPath(options_.folder, "vectors"), model->space));
    RemoveTree(JoinPath(JoinPath(options_.folder, "tags"), model->space + ".words"));
  }
  if (model->in_library) {
    // Hidden first: a pack that is half gone is never found.
    const std::string leaving = JoinPath(packs_.library_folder(), ".removing-" + model->id);
    RemoveTree(leaving);
    if (rename(model->folder.c_str(), leaving.c_str()) != 0) {
      return ErrnoError("cannot remove the model at", model->folder, errno);
    }
    RemoveTree(leaving);
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
  distilled.report.model = InfoOf(distilled.student);
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
