#include <atomic>
#include <span>
#include <thread>
#include <utility>
#include <vector>

#include "base/try.h"
#include "image/sketch.h"
#include "image/thumbnail_path.h"
#include "ingest/stages.h"

namespace vitrine {
namespace {

constexpr std::size_t kAtOnce = 256;
constexpr std::size_t kPerRun = 20'000;  // Some half a minute: the rest waits for the next run.
constexpr DecodeRequest kAsSmall = {.min_edge_px = 256, .thumbnail_edge_px = 0};

// A sketch without colours where nothing is left to make one of.
Sketch SketchOfFile(RunState& state, const std::string& path) {
  Result<UniqueFd> file = OpenRegularFile(path);
  if (!file) return {};
  const Result<DecodedPicture> decoded = state.rooms.decoder.Decode(*std::move(file), kAsSmall);
  return decoded ? SketchOf(decoded->picture) : Sketch();
}

std::vector<std::pair<AssetId, Sketch>> MakeSketches(RunState& state, std::span<const SketchDue> due) {
  std::vector<std::pair<AssetId, Sketch>> made(due.size());
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t i = next++; i < due.size(); i = next++) {
      made[i] = {due[i].asset,
                 SketchOfFile(state, ThumbnailPath(state.options.thumbs_folder, due[i].content))};
    }
  };
  std::vector<std::jthread> threads;
  for (std::size_t i = 1; i < state.options.decode_threads; ++i) threads.emplace_back(work);
  work();
  threads.clear();
  return made;
}

}  // namespace

Status MakeMissingSketches(RunState& state) {
  if (state.options.thumbs_folder.empty()) return {};
  for (std::size_t done = 0; done < kPerRun && state.control.feeding(); done += kAtOnce) {
    VITRINE_TRY_ASSIGN(const std::vector<SketchDue> due, state.gate.With([](Catalog& catalog) {
      return catalog.AssetsWithoutSketch(kAtOnce);
    }));
    if (due.empty()) return {};
    const auto sketches = MakeSketches(state, due);
    VITRINE_TRY(state.gate.With([&](Catalog& catalog) { return catalog.StoreSketches(sketches); }));
  }
  return {};
}

}  // namespace vitrine
