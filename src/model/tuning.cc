#include "model/tuning.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <utility>

#include "base/file.h"
#include "base/hash.h"
#include "base/median.h"
#include "base/try.h"

namespace vitrine {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::array<std::size_t, 2> kBatches = {kPictureBatch, 2 * kPictureBatch};
constexpr std::size_t kPicturesAtOnce = 2 * kPictureBatch;
constexpr double kLeastGain = 0.05;

// What decoding a picture costs beside: a photograph of 12 megapixels (bench/results/decode.json).
constexpr double kDecodeCpuMs = 12.8;

double CostOf(const TuningTrial& trial, int cores) {
  return std::max(trial.wall_ms, (trial.cpu_ms + kDecodeCpuMs) / cores);
}

double MillisecondsSince(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

double CpuMilliseconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return 1e3 * static_cast<double>(now.tv_sec) + 1e-6 * static_cast<double>(now.tv_nsec);
}

// One way to drive a tower, with the times of its rounds.
struct Contender {
  TuningTrial trial;
  TowerRun run;
  std::vector<double> wall_ms, cpu_ms;

  Status Round() {
    const Clock::time_point start = Clock::now();
    const double cpu_start = CpuMilliseconds();
    VITRINE_TRY(run(kPicturesAtOnce, trial.batch));
    wall_ms.push_back(MillisecondsSince(start) / kPicturesAtOnce);
    cpu_ms.push_back((CpuMilliseconds() - cpu_start) / kPicturesAtOnce);
    return {};
  }

  TuningTrial Measured() const {
    TuningTrial measured = trial;
    measured.wall_ms = Median(wall_ms);
    measured.cpu_ms = Median(cpu_ms);
    return measured;
  }
};

std::string NameOf(const TuningKey& key) {
  const std::string all = key.processor + "\n" + std::to_string(key.threads) + "\n" + key.tower + "\n" +
                          key.provider + "\n" + key.runtime;
  return Hex(Sha256(all)).substr(0, 32) + ".tuning";
}

bool IsSensible(const TuningTrial& trial, const TuningKey& key) {
  return trial.threads >= 1 && trial.threads <= key.threads && trial.batch >= 1 &&
         trial.batch <= kPicturesAtOnce;
}

}  // namespace

const TuningTrial& ChooseTrial(std::span<const TuningTrial> trials, int cores) {
  const TuningTrial* chosen = &trials.front();
  const double most = CostOf(*chosen, cores) * (1 - kLeastGain);
  for (const TuningTrial& trial : trials.subspan(1)) {
    const double cost = CostOf(trial, cores);
    if (cost <= most && cost < CostOf(*chosen, cores)) chosen = &trial;
  }
  return *chosen;
}

std::optional<TuningTrial> TuningShelf::Recall(const TuningKey& key) const {
  if (folder_.empty()) return std::nullopt;
  const Result<std::string> text = ReadFile(JoinPath(folder_, NameOf(key)));
  if (!text) return std::nullopt;
  TuningTrial chosen;
  const int read =
      std::sscanf(text->c_str(), "vitrine tuning 1\nchosen %d threads %zu at once %lf wall_ms %lf cpu_ms\n",
                  &chosen.threads, &chosen.batch, &chosen.wall_ms, &chosen.cpu_ms);
  if (read != 4 || !IsSensible(chosen, key)) return std::nullopt;
  return chosen;
}

Status TuningShelf::Remember(const TuningKey& key, const TuningTrial& chosen) const {
  if (folder_.empty()) return {};
  std::array<char, 512> text{};
  std::snprintf(text.data(), text.size(),
                "vitrine tuning 1\nchosen %d threads %zu at once %.4f wall_ms %.4f cpu_ms\n", chosen.threads,
                chosen.batch, chosen.wall_ms, chosen.cpu_ms);
  VITRINE_TRY(MakeFolders(folder_));
  return WriteFileAtomically(JoinPath(folder_, NameOf(key)), text.data(), Durability::kCache);
}

std::vector<RgbImage> NoisePictures(std::int32_t width_px, std::int32_t height_px) {
  std::vector<RgbImage> pictures(kPicturesAtOnce);
  std::uint32_t grain = 1;
  for (RgbImage& picture : pictures) {
    picture.width_px = width_px;
    picture.height_px = height_px;
    picture.pixels.resize(3 * static_cast<std::size_t>(picture.width_px) *
                          static_cast<std::size_t>(picture.height_px));
    for (std::uint8_t& value : picture.pixels) {
      grain = grain * 1664525 + 1013904223;  // Numerical Recipes' generator.
      value = static_cast<std::uint8_t>(grain >> 24);
    }
  }
  return pictures;
}

bool IsFaster(const TowerRun& other, const TowerRun& now) {
  const Clock::time_point start = Clock::now();
  return IsFaster(other, now, [start] { return MillisecondsSince(start); });
}

bool IsFaster(const TowerRun& other, const TowerRun& now, const std::function<double()>& clock_ms) {
  std::array<const TowerRun*, 2> towers = {&other, &now};
  std::array<double, 2> best_ms = {HUGE_VAL, HUGE_VAL};
  for (int round = 0; round < 3; ++round) {
    for (std::size_t i = 0; i < towers.size(); ++i) {
      const double start_ms = clock_ms();
      if (!(*towers[i])(kPictureBatch, kPictureBatch)) return false;
      best_ms[i] = std::min(best_ms[i], clock_ms() - start_ms);
    }
  }
  return best_ms[0] < best_ms[1];
}

Result<std::vector<TuningTrial>> TryTunings(const TowerOnThreads& tower, int threads, double seconds) {
  std::vector<Contender> contenders;
  for (const int some : {threads, threads / 2, threads / 4}) {
    if (some < 1) break;
    Result<TowerRun> run = tower(some);
    if (!run && contenders.empty()) return std::move(run).error();
    if (!run) continue;
    for (const std::size_t batch : kBatches) {
      contenders.push_back(
          {.trial = {.threads = some, .batch = batch}, .run = *run, .wall_ms = {}, .cpu_ms = {}});
    }
  }
  for (Contender& contender : contenders) {  // Once to warm up; it does not count.
    VITRINE_TRY(contender.run(contender.trial.batch, contender.trial.batch));
  }
  const Clock::time_point start = Clock::now();
  for (int round = 0; round < 2 || std::chrono::duration<double>(Clock::now() - start).count() < seconds;
       ++round) {
    for (Contender& contender : contenders) VITRINE_TRY(contender.Round());
  }
  std::vector<TuningTrial> trials;
  for (const Contender& contender : contenders) trials.push_back(contender.Measured());
  return trials;
}

}  // namespace vitrine
