// How fast a pack turns pictures and words into vectors.
//
//   embed_bench [PACK_FOLDER [THREADS [ROUNDS]]]     models/starter, 2 and 20 if not given
//
// Pictures are noise of 504 x 378 pixels, what the decoder leaves of a 12-megapixel photograph. The two
// providers take turns, round by round, each with batches of 1, 4, 8 and 16; their vectors are compared.
// Preprocessing is part of "images_per_second" and is also timed alone. Prints one JSON object; times are
// milliseconds of wall clock, best and median of the rounds.
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <random>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "model/image_tower.h"
#include "model/ort_session.h"
#include "model/pack.h"
#include "model/preprocess.h"
#include "model/text_tower.h"
#include "model/tower_checks.h"

namespace vitrine {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kBatches[] = {1, 4, 8, 16};
constexpr unsigned kSeed = 1;

double MillisecondsSince(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

double Median(std::vector<double> times) {
  std::sort(times.begin(), times.end());
  return times[times.size() / 2];
}

double Best(const std::vector<double>& times) { return *std::min_element(times.begin(), times.end()); }

std::string ProcessorName() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
  }
  return "unknown";
}

std::vector<RgbImage> NoisePictures(std::size_t count) {
  std::mt19937 random(kSeed);
  std::vector<RgbImage> pictures;
  for (std::size_t i = 0; i < count; ++i) {
    RgbImage picture{504, 378, std::vector<std::uint8_t>(std::size_t{504} * 378 * 3)};
    for (std::uint8_t& value : picture.pixels) value = static_cast<std::uint8_t>(random());
    pictures.push_back(std::move(picture));
  }
  return pictures;
}

// One provider with its tower and what was measured of it.
struct Side {
  Provider provider;
  double open_ms = 0;
  std::unique_ptr<const ImageTower> tower;
  std::vector<std::vector<double>> batch_ms{std::size(kBatches)};

  bool Open(const ModelPack& pack, int threads) {
    const Clock::time_point start = Clock::now();
    Result<ImageTower> loaded = ImageTower::Load(pack, {provider, threads});
    open_ms = MillisecondsSince(start);
    if (!loaded) std::fprintf(stderr, "%s\n", loaded.error().message().c_str());
    if (loaded) tower = std::make_unique<const ImageTower>(*std::move(loaded));
    return tower != nullptr;
  }

  void Round(std::span<const RgbImage> pictures) {
    for (std::size_t b = 0; b < std::size(kBatches); ++b) {
      const Clock::time_point start = Clock::now();
      if (tower->Embed(pictures.first(kBatches[b]))) batch_ms[b].push_back(MillisecondsSince(start));
    }
  }

  void Print() const {
    std::printf("  \"%s\": {\"open_ms\": %.0f, \"self_test_cosine\": %.5f, \"images_per_second\": {",
                ProviderName(provider), open_ms, tower->self_test_cosine());
    for (std::size_t b = 0; b < std::size(kBatches); ++b) {
      const double pictures = 1000.0 * static_cast<double>(kBatches[b]);
      std::printf("%s\"batch_%zu\": {\"best\": %.0f, \"median\": %.0f}", b == 0 ? "" : ", ", kBatches[b],
                  pictures / Best(batch_ms[b]), pictures / Median(batch_ms[b]));
    }
    std::printf("}},\n");
  }
};

double LeastCosine(const Side& a, const Side& b, std::span<const RgbImage> pictures) {
  const Result<Matrix> left = a.tower->Embed(pictures);
  const Result<Matrix> right = b.tower->Embed(pictures);
  double least = 1;
  for (std::size_t i = 0; left && right && i < pictures.size(); ++i) {
    least = std::min(least, Cosine(left->row(i), right->row(i)));
  }
  return left && right ? least : -1;
}

void MeasurePreprocessing(const Preprocessing& settings, const RgbImage& picture, int rounds) {
  std::vector<std::byte> tensor(TensorBytes(settings));
  std::vector<double> times;
  for (int i = 0; i < 10 * rounds; ++i) {
    const Clock::time_point start = Clock::now();
    Preprocess(picture, settings, tensor);
    times.push_back(MillisecondsSince(start));
  }
  std::printf("  \"preprocess\": {\"edge_px\": %d, \"best_ms\": %.3f, \"median_ms\": %.3f},\n",
              settings.edge_px, Best(times), Median(times));
}

bool MeasureText(const ModelPack& pack, int threads, int rounds) {
  const Clock::time_point start = Clock::now();
  const Result<TextTower> tower = TextTower::Load(pack, {Provider::kCpu, threads});
  const double open_ms = MillisecondsSince(start);
  if (!tower) return false;
  const std::string query = "two brown dogs running in the deep snow at dusk";  // 10 words: 12 tokens.
  std::vector<double> times;
  for (int i = 0; i < 10 * rounds; ++i) {
    const Clock::time_point begin = Clock::now();
    if (!tower->Embed({&query, 1})) return false;
    times.push_back(MillisecondsSince(begin));
  }
  std::printf("  \"text_12_tokens\": {\"open_ms\": %.0f, \"best_ms\": %.2f, \"p50_ms\": %.2f},\n", open_ms,
              Best(times), Median(times));
  return true;
}

long PeakMegabytes() {
  rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss / 1024;
}

int Run(const std::string& folder, int threads, int rounds) {
  const Result<ModelPack> pack = ModelPack::Load(folder);
  if (!pack) {
    std::fprintf(stderr, "%s\n", pack.error().message().c_str());
    return 7;
  }
  const std::vector<RgbImage> pictures = NoisePictures(16);
  std::printf("{\n  \"processor\": \"%s\", \"threads\": %d, \"rounds\": %d, \"seed\": %u,\n",
              ProcessorName().c_str(), threads, rounds, kSeed);
  std::printf(
      "  \"runtime\": \"%s\", \"model\": \"%s\", \"space\": \"%s\", \"precision\": \"%s\", \"flags\": "
      "\"%s\",\n",
      RuntimeVersion().c_str(), pack->space().model.c_str(), pack->space().id.c_str(),
      pack->image().precision.c_str(), VITRINE_BENCH_FLAGS);
  Side plain{Provider::kCpu};
  Side compiled{Provider::kOpenVino};
  if (!plain.Open(*pack, threads)) return 7;
  std::printf("  \"peak_mb_plain\": %ld,\n", PeakMegabytes());
  const bool both = compiled.Open(*pack, threads);
  for (int i = 0; i < rounds; ++i) {
    plain.Round(pictures);
    if (both) compiled.Round(pictures);
  }
  plain.Print();
  if (both) {
    compiled.Print();
    std::printf("  \"least_cosine_between_providers\": %.5f,\n", LeastCosine(plain, compiled, pictures));
  }
  MeasurePreprocessing(pack->image().preprocessing, pictures[0], rounds);
  if (!MeasureText(*pack, threads, rounds)) return 7;
  std::printf("  \"peak_mb\": %ld\n}\n", PeakMegabytes());
  return 0;
}

}  // namespace
}  // namespace vitrine

int main(int argc, char** argv) {
  return vitrine::Run(argc > 1 ? argv[1] : "models/starter", argc > 2 ? std::atoi(argv[2]) : 2,
                      argc > 3 ? std::atoi(argv[3]) : 20);
}
