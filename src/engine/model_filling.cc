#include "engine/model_filling.h"

#include <algorithm>
#include <memory>

#include "base/try.h"
#include "engine/reader.h"
#include "image/decoder.h"

namespace vitrine {
namespace {

// Living pictures without a vector.
Result<std::uint64_t> CountDue(Catalog& catalog, const Space& space) {
  VITRINE_TRY(catalog.EnsureSpace(space.id, space.model, space.dimension));
  VITRINE_TRY_ASSIGN(const CatalogCounts counts, catalog.Counts());
  VITRINE_TRY_ASSIGN(const RowSet live, catalog.LiveRows(space.id));
  return counts.assets - std::min<std::uint64_t>(counts.assets, live.Count());
}

}  // namespace

Result<FillOutcome> FillModel(const LibraryOptions& options, Embedder& embedder, const FillingWrite& write,
                              const FillingProgress& progress, const StopSignal& stop) {
  std::uint64_t due = 0;
  VITRINE_TRY(write([&](CatalogGate& gate) {
    return gate.With([&](Catalog& catalog) -> Status {
      VITRINE_TRY_ASSIGN(due, CountDue(catalog, embedder.space()));
      return {};
    });
  }));
  if (due == 0) return FillOutcome();
  DecoderPoolOptions pool;
  pool.worker_program = options.worker_program;
  pool.workers = options.threads;
  pool.allow_svg = options.allow_svg;
  VITRINE_TRY_ASSIGN(const std::unique_ptr<DecoderPool> decoder, DecoderPool::Start(pool));
  SharedReader reader(options.folder);
  const FillCatalog catalog = {
      .read = [&](const auto& ask) { return reader.With([&](Catalog& found) { return ask(found); }); },
      .write =
          [&](const auto& change) { return write([&](CatalogGate& gate) { return gate.With(change); }); }};
  FillOptions filling;
  filling.threads = options.threads;
  filling.batch = embedder.picture_batch();
  filling.on_step = [&](std::uint64_t done) {
    if (progress) progress(std::min(done, due), due);
  };
  if (progress) progress(0, due);
  return FillSpace(catalog, *decoder, embedder, filling, stop);
}

}  // namespace vitrine
