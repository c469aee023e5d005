#include "engine/model_bench.h"

#include <algorithm>
#include <chrono>
#include <span>
#include <string>
#include <vector>

#include "base/median.h"
#include "base/try.h"
#include "image/pixels.h"
#include "model/tuning.h"
#include "query/sample_captions.h"

namespace vitrine {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kTexts = 32;

// Nothing is to be resized: it is the tower that is measured.
std::vector<RgbImage> SquaresFor(const Embedder& embedder) {
  return NoisePictures(embedder.picture_edge_px(), embedder.picture_edge_px());
}

// Seconds that each of many calls took: one to warm up, which does not count, then until the time is over.
template <typename Call>
Result<std::vector<double>> Times(double seconds, const StopSignal& stop, const Call& call) {
  VITRINE_TRY(call());
  std::vector<double> times;
  const Clock::time_point begin = Clock::now();
  while (times.empty() || std::chrono::duration<double>(Clock::now() - begin).count() < seconds) {
    if (stop.requested()) return Error(Code::kCancelled, "stopped");
    const Clock::time_point start = Clock::now();
    VITRINE_TRY(call());
    times.push_back(std::chrono::duration<double>(Clock::now() - start).count());
  }
  return times;
}

}  // namespace

Status TryWays(const EmbedderOptions& opening, ModelBench& bench) {
  const Result<TuningReport> tuned = TuneModel(opening);
  if (!tuned && tuned.error().code() != Code::kUnsupported) return tuned.error();
  if (!tuned) {
    bench.notes.push_back(tuned.error().message());
    return {};
  }
  const TuningTrial& chosen = tuned->chosen;
  for (const TuningTrial& trial : tuned->trials) {
    bench.ways.push_back({.threads = trial.threads,
                          .batch = trial.batch,
                          .picture_ms = trial.wall_ms,
                          .cpu_ms = trial.cpu_ms,
                          .chosen = trial.threads == chosen.threads && trial.batch == chosen.batch});
  }
  if (!tuned->not_kept.empty()) {
    bench.notes.push_back("which way is best could not be remembered: " + tuned->not_kept);
  }
  return {};
}

Status MeasureModel(Embedder& embedder, double seconds, const StopSignal& stop, ModelBench& bench) {
  const std::vector<RgbImage> pictures = SquaresFor(embedder);
  const std::span<const std::string> captions = SampleCaptions();
  const std::span<const std::string> texts = captions.first(std::min(captions.size(), kTexts));
  const auto embed_pictures = [&](std::size_t count) {
    return [&embedder, some = std::span(pictures).first(count)]() -> Status {
      VITRINE_TRY(embedder.EmbedPictures(some));
      return {};
    };
  };
  const auto embed_texts = [&](std::size_t count) {
    return [&embedder, some = texts.first(count)]() -> Status {
      VITRINE_TRY(embedder.EmbedTexts(some));
      return {};
    };
  };
  VITRINE_TRY_ASSIGN(std::vector<double> times, Times(seconds, stop, embed_pictures(kPictureBatch)));
  bench.pictures_per_second = static_cast<double>(kPictureBatch) / Median(std::move(times));
  VITRINE_TRY_ASSIGN(times, Times(seconds, stop, embed_pictures(1)));
  bench.picture_ms = 1000 * Median(std::move(times));
  VITRINE_TRY_ASSIGN(times, Times(seconds, stop, embed_texts(texts.size())));
  bench.texts_per_second = static_cast<double>(texts.size()) / Median(std::move(times));
  VITRINE_TRY_ASSIGN(times, Times(seconds, stop, embed_texts(1)));
  bench.text_ms = 1000 * Median(std::move(times));
  return {};
}

Result<Pace> ComparePace(Embedder& first, Embedder& second, double seconds, const StopSignal& stop) {
  const std::vector<RgbImage> pictures[] = {SquaresFor(first), SquaresFor(second)};
  std::vector<double> times[2];
  const auto both = [&]() -> Status {
    for (int i = 0; i < 2; ++i) {
      const Clock::time_point start = Clock::now();
      VITRINE_TRY((i == 0 ? first : second).EmbedPictures(std::span(pictures[i]).first(kPictureBatch)));
      times[i].push_back(std::chrono::duration<double>(Clock::now() - start).count());
    }
    return {};
  };
  VITRINE_TRY(Times(seconds, stop, both));
  const auto rate = [](std::vector<double> taken) {
    taken.erase(taken.begin());  // To warm up.
    return static_cast<double>(kPictureBatch) / Median(std::move(taken));
  };
  return Pace(rate(std::move(times[0])), rate(std::move(times[1])));
}

}  // namespace vitrine
