// The order of steps is that of trust: the models are tried before a vector is made, vectors are recorded
// before searches are told of them, and the swap is written while nobody else can write. Whatever ends the
// call before that leaves a library that is searched as before.
#include "engine/model_use.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <iterator>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "base/try.h"
#include "engine/active_model.h"
#include "engine/index_keeper.h"
#include "engine/model_filling.h"
#include "model/open.h"

namespace vitrine {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kBetweenTries = std::chrono::milliseconds(200);

enum class Missing : std::uint8_t { kHoldsTheSwap, kIsFine };  ///< Pictures without a vector.

class ModelUse {
 public:
  ModelUse(const LibraryOptions& options, SharedWriter& writer, VectorObserver* observer,
           const StopSignal& stop)
      : options_(options), writer_(writer), observer_(observer), stop_(stop) {}

  Result<UseReport> Run(std::span<const KnownPack> packs, bool now) {
    const Clock::time_point start = Clock::now();
    for (const KnownPack& pack : packs) VITRINE_TRY(Try(pack));
    if (models_.size() == 2 && models_[0]->space().id == models_[1]->space().id) {
      return Error(Code::kInvalidArgument, wanted_.first + " and " + wanted_.second +
                                               " make the same vectors: there is nothing to mix");
    }
    report_.id = wanted_.first;
    report_.with = wanted_.second;
    VITRINE_TRY(LookWhatAnswers());
    if (now && !report_.answers) {
      VITRINE_TRY(KeepVectorFiles());
      VITRINE_TRY_ASSIGN(report_.answers, Swap(Missing::kIsFine));
    }
    VITRINE_TRY(FillAndSwap());
    VITRINE_TRY(CountPictures());
    report_.seconds = std::chrono::duration<double>(Clock::now() - start).count();
    return std::move(report_);
  }

 private:
  Status Try(const KnownPack& pack) {
    Announce("trying the model " + pack.id);
    EmbedderOptions opening = EmbedderOptionsFor(options_);
    opening.pack_folder = pack.folder;
    VITRINE_TRY(InspectModel(opening));
    VITRINE_TRY_ASSIGN(std::unique_ptr<Embedder> model, OpenEmbedder(opening));
    models_.push_back(std::move(model));
    (models_.size() == 1 ? wanted_.first : wanted_.second) = pack.id;
    return {};
  }

  Status LookWhatAnswers() {
    ModelIds before;
    VITRINE_TRY(Write([&](CatalogGate& gate) {
      return gate.With([&](Catalog& catalog) -> Status {
        VITRINE_TRY_ASSIGN(before, RememberedModels(catalog));
        return {};
      });
    }));
    report_.before = before.first;
    report_.before_with = before.second;
    report_.answers = before == wanted_;
    return {};
  }

  // Until no picture is left, or those that are left cannot be had.
  Status FillAndSwap() {
    while (true) {
      VITRINE_TRY(Fill());
      report_.stopped = stop_.requested();
      if (report_.stopped) return {};
      VITRINE_TRY(KeepVectorFiles());
      if (report_.answers || report_.left_out > 0) return {};
      VITRINE_TRY_ASSIGN(report_.answers, Swap(Missing::kHoldsTheSwap));
      if (report_.answers) return {};
    }
  }

  Status Fill() {
    report_.left_out = 0;
    report_.failures.clear();
    const FillingWrite write = [this](const auto& work) { return Write(work); };
    for (const std::unique_ptr<Embedder>& model : models_) {
      const FillingProgress progress = [&](std::uint64_t done, std::uint64_t due) {
        const std::string of = models_.size() > 1 ? " with " + model->space().model : "";
        if (observer_ != nullptr) observer_->OnStep("embedding pictures" + of, done, due);
      };
      VITRINE_TRY_ASSIGN(FillOutcome outcome, FillModel(options_, *model, write, progress, stop_));
      report_.embedded += outcome.embedded;
      report_.left_out = std::max(report_.left_out, outcome.left_out);
      if (report_.failures.size() < outcome.failures.size()) report_.failures = std::move(outcome.failures);
    }
    return {};
  }

  Status KeepVectorFiles() {
    return Write([&](CatalogGate& gate) -> Status {
      for (const std::unique_ptr<Embedder>& model : models_) {
        VITRINE_TRY(KeepIndex(gate, options_.folder, *model, false, observer_));
      }
      return {};
    });
  }

  // Unless pictures without a vector hold it. Nobody else writes meanwhile, so that the look for them and the
  // swap are one.
  Result<bool> Swap(Missing missing) {
    bool complete = true;
    VITRINE_TRY(Write([&](CatalogGate& gate) {
      return gate.With([&](Catalog& catalog) -> Status {
        complete = true;
        for (const std::unique_ptr<Embedder>& model : models_) {
          if (missing == Missing::kIsFine) break;
          VITRINE_TRY_ASSIGN(const std::vector<AssetId> due,
                             catalog.AssetsWithoutVector(model->space().id, 1));
          complete = complete && due.empty();
        }
        return complete ? RememberModels(catalog, wanted_) : Status();
      });
    }));
    return complete;
  }

  Status CountPictures() {
    VITRINE_TRY_ASSIGN(const std::unique_ptr<Catalog> catalog,
                       Catalog::Open(options_.folder, CatalogMode::kRead));
    VITRINE_TRY_ASSIGN(const RowSet live, catalog->LiveRows(models_.front()->space().id));
    report_.pictures = live.Count();
    return {};
  }

  // Changes the library as soon as nobody else writes to it.
  Status Write(const std::function<Status(CatalogGate&)>& work) {
    while (true) {
      const auto lease = writer_.Open(SharedWriter::Missing::kIsMade);
      if (lease) return work(lease->gate());
      if (lease.error().code() != Code::kLocked) return lease.error();
      if (stop_.requested()) return Error(Code::kCancelled, "stopped");
      Announce("waiting for another process that writes to the library");
      std::this_thread::sleep_for(kBetweenTries);
    }
  }

  void Announce(const std::string& step) {
    if (observer_ != nullptr) observer_->OnStep(step, 0, 0);
  }

  const LibraryOptions& options_;
  SharedWriter& writer_;
  VectorObserver* const observer_;
  const StopSignal& stop_;
  std::vector<std::unique_ptr<Embedder>> models_;
  ModelIds wanted_;
  UseReport report_;
};

}  // namespace

Result<UseReport> UseModels(const LibraryOptions& options, SharedWriter& writer,
                            std::span<const KnownPack> packs, bool now, VectorObserver* observer,
                            const StopSignal& stop) {
  return ModelUse(options, writer, observer, stop).Run(packs, now);
}

}  // namespace vitrine
