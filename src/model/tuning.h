// How a tower is best driven on this machine: on how many threads, and with how many pictures at once.
//
// Both depend on the processor, the number of cores and the graph, and neither changes what a vector means.
// They are found by trying for a second or two, once, and remembered in a small file of the cache folder,
// which may be emptied at any time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "image/pixels.h"
#include "model/embedder.h"
#include "vitrine/result.h"

namespace vitrine {

/// A way to drive a tower, and what it cost.
struct TuningTrial {
  int threads = 1;                    ///< Of inference.
  std::size_t batch = kPictureBatch;  ///< Pictures that go through the graph together.
  double wall_ms = 0;                 ///< A picture, preprocessing included; the median of the rounds.
  double cpu_ms = 0;                  ///< Processor time of the whole process for it.
};

/// What a chosen trial holds for.
struct TuningKey {
  std::string processor;  ///< The processor's name.
  int threads = 1;        ///< That may be used.
  std::string tower;      ///< SHA-256 of the image tower.
  std::string provider;   ///< As ProviderName() has it, and whether it computes in bf16.
  std::string runtime;    ///< Name and version.
};

/// The trial that an index run ends soonest with. Decoding and embedding share the cores, so a picture costs
/// the longer of two: its time in the embedding stage, and all the processor time that it needs divided by
/// the cores. Another trial than the first, which is the usual one, has to be 5 % better, so that noise
/// chooses nothing. REQUIRES: at least one trial.
const TuningTrial& ChooseTrial(std::span<const TuningTrial> trials, int cores);

/// Where the chosen trials lie. Thread-safe.
class TuningShelf {
 public:
  /// @param folder  made when needed; empty: nothing is remembered.
  explicit TuningShelf(std::string folder) : folder_(std::move(folder)) {}

  /// None where there is none, it cannot be read, or makes no sense.
  std::optional<TuningTrial> Recall(const TuningKey& key) const;
  /// Errors: kIo, kNoSpace (a cache that cannot be written: everything works without).
  Status Remember(const TuningKey& key, const TuningTrial& chosen) const;

 private:
  std::string folder_;
};

/// 16 pictures of noise to try a tower with.
std::vector<RgbImage> NoisePictures(std::int32_t width_px, std::int32_t height_px);

/// Runs some pictures through a tower, in batches of so many. Errors: kModel.
using TowerRun = std::function<Status(std::size_t pictures, std::size_t batch)>;
/// A tower on so many threads. Errors: kModel.
using TowerOnThreads = std::function<Result<TowerRun>(int threads)>;

/// Whether `other` runs a batch sooner than `now` on this machine: both by turns, three times, and the best
/// time of each counts, which noise can only make longer. An error is no.
bool IsFaster(const TowerRun& other, const TowerRun& now);
/// The same by another clock.
bool IsFaster(const TowerRun& other, const TowerRun& now, const std::function<double()>& clock_ms);

/// Tries all threads, half and a quarter of them with batches of kPictureBatch and twice as many, round by
/// round, for about `seconds` and two rounds at least. The first of the trials is the usual one: all threads,
/// batches of kPictureBatch.
/// Errors: those of the tower on all threads; others are left out.
Result<std::vector<TuningTrial>> TryTunings(const TowerOnThreads& tower, int threads, double seconds);

}  // namespace vitrine
