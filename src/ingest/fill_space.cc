// A step at a time: some pictures are decoded by all threads, then embedded in batches, then recorded in one
// transaction. Decoding and inference each take every core, so that letting them overlap would gain nothing
// on a processor; what is in memory is one step.
#include "ingest/fill_space.h"

#include <utility>

#include "base/try.h"
#include "index/quantise.h"
#include "ingest/step_decoder.h"

namespace vitrine {
namespace {

class Filler {
 public:
  Filler(const FillCatalog& catalog, Decoder& decoder, Embedder& embedder, const FillOptions& options,
         const StopSignal& stop)
      : catalog_(catalog),
        decoder_(decoder, embedder.picture_edge_px(), stop),
        embedder_(embedder),
        space_(embedder.space()),
        options_(options),
        stop_(stop) {}

  Result<FillOutcome> Run() {
    AssetId after{};
    std::uint64_t done = 0;
    while (!stop_.requested()) {
      VITRINE_TRY_ASSIGN(std::vector<DuePicture> tasks, NextStep(after));
      if (tasks.empty()) break;
      decoder_.Decode(tasks, options_.threads);
      if (stop_.requested()) break;  // Some were not decoded: the next run takes the step from its start.
      VITRINE_TRY(EmbedAndRecord(tasks));
      done += tasks.size();
      if (options_.on_step) options_.on_step(done);
    }
    return std::move(outcome_);
  }

 private:
  // The next pictures that are due; those whose files went away meanwhile are none.
  Result<std::vector<DuePicture>> NextStep(AssetId& after) {
    std::vector<DuePicture> tasks;
    VITRINE_TRY(catalog_.read([&](Catalog& catalog) -> Status {
      while (tasks.empty()) {
        VITRINE_TRY_ASSIGN(const std::vector<AssetId> due,
                           catalog.AssetsWithoutVector(space_.id, options_.step, after));
        if (due.empty()) return {};
        after = due.back();
        VITRINE_TRY_ASSIGN(std::vector<AssetRecord> pictures, catalog.AssetsOf(due));
        for (AssetRecord& picture : pictures) tasks.push_back({std::move(picture), {}, {}});
      }
      return {};
    }));
    return tasks;
  }

  Status EmbedAndRecord(std::vector<DuePicture>& tasks) {
    EncodedRows rows{.dimension = space_.dimension};
    std::vector<AssetId> assets;
    for (std::size_t first = 0; first < tasks.size();) {
      std::vector<DuePicture*> batch;
      for (; first < tasks.size() && batch.size() < options_.batch; ++first) {
        if (tasks[first].failure.empty()) batch.push_back(&tasks[first]);
      }
      if (!batch.empty()) VITRINE_TRY(EmbedBatch(batch, assets, rows));
    }
    for (const DuePicture& task : tasks) {
      if (!task.failure.empty()) NoteLeftOut(task, outcome_.left_out, outcome_.failures);
    }
    if (assets.empty()) return {};
    VITRINE_TRY(
        catalog_.write([&](Catalog& catalog) { return catalog.AddVectors(space_.id, assets, rows); }));
    outcome_.embedded += assets.size();
    return {};
  }

  // When the model refuses one picture of several, each is tried alone so that the others pass.
  Status EmbedBatch(std::span<DuePicture* const> batch, std::vector<AssetId>& assets, EncodedRows& rows) {
    std::vector<RgbImage> pictures;
    for (const DuePicture* task : batch) pictures.push_back(task->pixels);
    const Result<Matrix> vectors = embedder_.EmbedPictures(pictures);
    if (!vectors && vectors.error().code() != Code::kInvalidArgument) return vectors.error();
    if (!vectors && batch.size() == 1) {
      batch.front()->failure = vectors.error().message();
      return {};
    }
    if (!vectors) {
      for (std::size_t i = 0; i < batch.size(); ++i)
        VITRINE_TRY(EmbedBatch(batch.subspan(i, 1), assets, rows));
      return {};
    }
    if (vectors->rows() != batch.size() || vectors->columns() != space_.dimension) {
      return Error(Code::kModel, "the model " + space_.model + " gave vectors of another shape than its own");
    }
    const EncodedRows encoded = Encode(*vectors);
    for (std::size_t i = 0; i < batch.size(); ++i) {
      if (!(encoded.scales[i] > 0)) {
        batch[i]->failure = "the model gives no usable vector for it";
        continue;
      }
      assets.push_back(batch[i]->picture.id);
      rows.Append(encoded, i, i + 1);
    }
    return {};
  }

  const FillCatalog& catalog_;
  const StepDecoder decoder_;
  Embedder& embedder_;
  const Space space_;
  const FillOptions& options_;
  const StopSignal& stop_;
  FillOutcome outcome_;
};

}  // namespace

Result<FillOutcome> FillSpace(const FillCatalog& catalog, Decoder& decoder, Embedder& embedder,
                              const FillOptions& options, const StopSignal& stop) {
  return Filler(catalog, decoder, embedder, options, stop).Run();
}

}  // namespace vitrine
